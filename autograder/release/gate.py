"""The gate before a release: no right answer fails, no mutant survives or costs points elsewhere.

That takes minutes, so a lab that is through gets a certificate in the store, named by the digest of
all that it depends on. With a valid one the gate opens at once; without, what has no verdict yet is
run, and a stopped run goes on where it was.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.store import write_atomically
from autograder.grading.warm_process import open_warm_process
from autograder.lab import Exercise
from autograder.mutants.answers import Answer, answers_folder, find_answers
from autograder.mutants.judge import Row
from autograder.mutants.run import Progress, judge_answers
from autograder.mutants.verdicts import Verdicts
from autograder.release.checks import score_problems

WHOLE = "whole_notebook"  # the name under which the verdict on a complete notebook is kept


class LabRefused(CourseError):
    """A lab may not be released.

    Attributes:
        rows: The answers that the hidden tests judge wrongly; empty where something else is wrong.
    """

    def __init__(self, lab: str, problems: Sequence[str], rows: Sequence[Row] = ()) -> None:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"{lab} cannot be released:\n{listed}")
        self.rows = list(rows)


def certify(
    course: Course, exercises: Sequence[Exercise], progress: Progress, workers: int = 2
) -> dict[str, Any]:
    """Open the gate for a lab, or say why it stays shut.

    Args:
        course: The course folder.
        exercises: The lab.
        progress: Told of each answer that is judged.
        workers: How many processes run answers.

    Returns:
        The certificate: what was checked, when, and with how many answers.

    Raises:
        LabRefused: A solution, a stub or an answer is not judged as it should be.
    """
    verdicts, answers = (
        Verdicts(course, exercises),
        find_answers(exercises, folder=answers_folder(course)),
    )
    digest = verdicts.digest(answers)
    path = verdicts.certificate(digest)
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        pass
    _check_notebooks(course, exercises, verdicts, progress)
    rows = judge_answers(course, exercises, answers, progress, workers)
    bad = [row for row in rows if not row.ok]
    if bad:
        raise LabRefused(exercises[0].lab, [_sentence(row) for row in bad], bad)
    certificate = _certificate(exercises, answers, digest)
    write_atomically(path, json.dumps(certificate, indent=1))
    return certificate


def _check_notebooks(
    course: Course, exercises: Sequence[Exercise], verdicts: Verdicts, progress: Progress
) -> None:
    """Grade each notebook's solution and stub as they are handed in, every cell of them."""
    whole = {exercise.name: Answer(exercise.name, "", WHOLE) for exercise in exercises}
    left = [exercise for exercise in exercises if not verdicts.get(whole[exercise.name])]
    if not left:
        return
    progress.start("Solutions and stubs of whole notebooks", len(left))
    warm = open_warm_process(course, "any")
    try:
        warm.wait_until_ready()
        for exercise in left:
            problems = score_problems(exercise, exercises, warm, secrets.randbits(48))
            if problems:
                raise LabRefused(exercise.lab, problems)
            verdicts.put(Row(whole[exercise.name], [], "ok", {}))
            progress.step(exercise.name)
    finally:
        warm.close()


def _sentence(row: Row) -> str:
    answer = row.answer
    where = answer.cell.removesuffix("-task") or answer.exercise
    return f"{where}: {answer.name} {row.verdict}"


def _certificate(
    exercises: Sequence[Exercise], answers: Sequence[Answer], digest: str
) -> dict[str, Any]:
    kinds = Counter(answer.kind for answer in answers)
    tasks = {
        task.grade_id: Counter(a.kind for a in answers if a.task == task.grade_id)
        for exercise in exercises
        for task in exercise.tasks
        if not task.manual
    }
    return {
        "lab": exercises[0].lab,
        "digest": digest,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "right_answers": kinds["right"],
        "mutants": kinds["wrong"],
        "tasks": {name: {"right": n["right"], "wrong": n["wrong"]} for name, n in tasks.items()},
        "tasks_without_answers": [
            name for name, n in tasks.items() if not (n["right"] and n["wrong"])
        ],
    }
