"""Grades a receipt's submission once more, never from the store, and compares verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.course_key import read_key
from autograder.errors import CourseError
from autograder.grading.keys import REASONS, key_parts
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.grading.starting import start_engine
from autograder.lab import Exercise, read_lab
from autograder.receipts.content import FORMAT, stated
from autograder.receipts.finding import find_submission
from autograder.receipts.keeping import given
from autograder.receipts.signing import read_sealed
from autograder.release.labkit_edition import cached_labkit_edition
from autograder.submissions import Reader, Submission

TINY = 1e-9
OF_THE_SUBMISSION = ("notebook", "carried", "seed", "variant")


@dataclass(frozen=True)
class Verdict:
    """One task or hidden test: points, or whether it passed, then and now; None where absent."""

    name: str
    receipt: float | bool | None
    now: float | bool | None

    @property
    def same(self) -> bool:
        """Whether both are there and equal."""
        if self.receipt is None or self.now is None:
            return False
        return abs(float(self.receipt) - float(self.now)) <= TINY


@dataclass
class Replay:
    """What grading again gave.

    Attributes:
        receipt: The file.
        content: What stands in it; its signature holds.
        submission: The folder that was graded again.
        tasks: Points of each task with hidden tests.
        tests: Each hidden test; its name is the notebook's and its own.
        by_hand: Tasks that a person grades; not compared.
        differences: One sentence for what is not as it was and does not forbid a replay.
    """

    receipt: Path
    content: dict[str, Any]
    submission: Path
    tasks: list[Verdict] = field(default_factory=list)
    tests: list[Verdict] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether every verdict is as it was."""
        return all(verdict.same for verdict in (*self.tasks, *self.tests))


def replay(
    course: Course, path: Path, folder: Path | None = None, isolation: str = "auto"
) -> Replay:
    """Grade what a receipt is about once more, with its seed and its limits.

    Args:
        course: The course folder.
        path: The receipt, or a student's folder of receipts for the newest.
        folder: Where the submission is; None to look where submissions are kept.
        isolation: What walls to insist on; see `walls.probing.choose`.

    Raises:
        CourseError: The receipt is not sound, the lab is another one by now, or the submission is
            not to be found.
    """
    path = given(course, path)
    content = read_sealed(read_key(course), path)
    if stated(content, "format", int) != FORMAT:
        raise CourseError(
            f"{path} has format {content['format']}, and this version of the autograder reads "
            f"format {FORMAT}: replay it with the version that wrote it."
        )
    lab, student = stated(content, "lab", str), stated(content, "student", str)
    seed = stated(content, "seed", int)
    exercises = read_lab(course.labs, lab)
    limits = _limits(content)
    notebooks = stated(content, "notebooks", dict)
    _require_same_lab(course, exercises, content, limits)
    reader = Reader(course, exercises, seed, limits)
    digests = {name: each["parts"]["notebook"] for name, each in notebooks.items()}
    place, submission = find_submission(
        course, lab, student, digests, lambda place: reader.read(student, place), folder
    )
    _require_same_parts(notebooks, submission)
    results = _grade(course, reader, submission, isolation)
    done = Replay(path, content, place)
    for exercise in exercises:
        if exercise.name in results:
            _compare(done, exercise, notebooks[exercise.name], results[exercise.name])
    done.differences = list(dict.fromkeys(_differences(content, submission, results, limits)))
    return done


def _limits(content: dict[str, Any]) -> Limits:
    try:
        return Limits(**stated(content, "limits", dict))
    except TypeError:
        raise CourseError(
            "This grade cannot be replayed: limits changed since, in kind. Install the version "
            "of the autograder that wrote the receipt."
        ) from None


def _require_same_lab(
    course: Course, exercises: list[Exercise], content: dict[str, Any], limits: Limits
) -> None:
    """Name everything that a verdict depends on, beside the submission, and that has changed."""
    notebooks = content["notebooks"]
    names = {*notebooks, *stated(content, "not_handed_in", list)}
    now = {exercise.name: exercise for exercise in exercises}
    changed = [f"{name}: no notebook of the lab any more" for name in names - now.keys()]
    changed += [f"{name}: new in the lab" for name in now.keys() - names]
    _, labkit = cached_labkit_edition(course.root, course.store)
    for name in notebooks.keys() & now.keys():
        old, exercise = notebooks[name]["parts"], now[name]
        new = key_parts(exercise.student_edition, exercise, labkit, content["seed"], limits)
        words = [
            REASONS.get(part, f"{part} changed")
            for part in new
            if part not in OF_THE_SUBMISSION and old.get(part) != new[part]
        ]
        changed += [f"{name}: {', '.join(words)}"] if words else []
    if changed:
        raise CourseError(
            f"This grade cannot be replayed as it was given: {'; '.join(sorted(changed))}. Check "
            "out the lab and the autograder as they were, or grade anew with `autograder grade`."
        )


def _require_same_parts(notebooks: dict[str, Any], submission: Submission) -> None:
    """Name what the submission's results depend on and that no other check has looked at."""
    for name, new in submission.parts.items():
        old = notebooks[name]["parts"]
        words = [
            REASONS.get(part, f"{part} changed")
            for part in dict.fromkeys([*old, *new])
            if old.get(part) != new.get(part)
        ]
        if words:
            raise CourseError(
                f"This grade cannot be replayed as it was given: {name}: {', '.join(words)}."
            )


def _grade(
    course: Course, reader: Reader, submission: Submission, isolation: str
) -> dict[str, NotebookResult]:
    """The results by notebook; nothing is looked up."""
    job = reader.job(submission, lambda key: None)
    assert job is not None, "a receipt names one notebook at least"
    engine = start_engine(course.root, isolation)
    try:
        found = engine.grade(job)
    finally:
        engine.close()
    return {name: NotebookResult.from_json(found[key]) for name, key in submission.keys.items()}


def _compare(done: Replay, exercise: Exercise, old: dict[str, Any], result: NotebookResult) -> None:
    tasks = dict.fromkeys([*old["scores"], *result.scores])
    done.tasks += [Verdict(t, old["scores"].get(t), result.scores.get(t)) for t in tasks]
    done.by_hand += [task.grade_id for task in exercise.tasks if task.manual]
    before = {f"{exercise.name}: {test['id']}": test["passed"] for test in old["tests"]}
    now = {f"{exercise.name}: {test.id}": test.passed for test in result.tests}
    done.tests += [Verdict(n, before.get(n), now.get(n)) for n in dict.fromkeys([*before, *now])]


def _differences(
    content: dict[str, Any],
    submission: Submission,
    results: dict[str, NotebookResult],
    limits: Limits,
) -> Iterator[str]:
    if limits != Limits():
        today = asdict(Limits())
        names = [name for name, value in asdict(limits).items() if value != today.get(name)]
        yield f"limits are others today ({', '.join(names)}); those of the receipt were used."
    for name, result in results.items():
        old = content["notebooks"][name]
        for what, version in result.versions.items():
            before = old["versions"].get(what, "not known")
            if before != version:
                yield f"{what} was {before} and is {version}."
        if old["isolation"] != result.isolation:
            yield f"walls were “{old['isolation']}” and are “{result.isolation}”."
        if old["file_sha256"] and old["file_sha256"] != submission.files.get(name):
            yield f"{name}.ipynb is another file with the same cells."
