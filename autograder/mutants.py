"""Hidden tests judged by answers whose verdict is known: right ones pass, each wrong one fails.

`autograder/answers/<lab>/<notebook>/<cell>/` holds answers to one task each, as files with the
content of its solution cell (`ex2-prune` for the cell `ex2-prune-task`). `right_*.py` must score
full marks. `wrong_*.py` makes one mistake, which its second line `# fails: test_name` says who must
catch; it must cost nothing elsewhere.
"""

from __future__ import annotations

import copy
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.engine import Job
from autograder.grading.limits import Limits
from autograder.grading.pool import grade_all
from autograder.lab import Exercise, read_lab

ANSWERS = Path(__file__).parent / "answers"
FAILS = re.compile(r"^# fails: (.+)$", re.MULTILINE)
LIMITS = Limits(cell_s=10.0, notebook_s=60.0, test_s=5.0, late_s=1.0)


@dataclass(frozen=True)
class Answer:
    """An answer to one task, or to all tasks of a notebook, whose verdict is known.

    Attributes:
        exercise: The notebook's name.
        task: The `grade_id` of the task's check; empty for the whole notebook.
        name: The file's name without ending; `solution` and `stub` for whole notebooks.
        source: The content of the solution cell; empty for whole notebooks.
        cell: The id of that cell.
    """

    exercise: str
    task: str
    name: str
    source: str = ""
    cell: str = ""

    @property
    def kind(self) -> str:
        """One of `right`, `wrong`, `solution` and `stub`."""
        return self.name.split("_")[0]

    @property
    def must_fail(self) -> list[str]:
        """The hidden tests that must catch it."""
        found = FAILS.search(self.source)
        return [name.strip() for name in found[1].split(",")] if found else []


@dataclass(frozen=True)
class Row:
    """What became of one answer.

    Attributes:
        answer: The answer.
        caught_by: The hidden tests of its task that it failed.
        verdict: `ok`, or what is wrong with the hidden tests.
        messages: The feedback of the failed tests, by test.
    """

    answer: Answer
    caught_by: list[str]
    verdict: str
    messages: dict[str, str]

    @property
    def ok(self) -> bool:
        """Whether the hidden tests judged the answer as they should."""
        return self.verdict == "ok"


def find_answers(
    exercises: Sequence[Exercise], notebook: str | None = None, task: str | None = None
) -> list[Answer]:
    """The answers of a lab, and the solution and the stub of each of its notebooks.

    Args:
        exercises: The lab.
        notebook: Only those of this notebook.
        task: Only those of this task or cell: `ex2-prune`, or `ex2-prune-check`.
    """
    answers = []
    for exercise in exercises:
        if notebook not in (None, exercise.name):
            continue
        if task is None:
            answers += [Answer(exercise.name, "", name) for name in ("solution", "stub")]
        for one in exercise.tasks:
            short = one.grade_id.removesuffix("-check")
            for cell in () if one.manual else one.cells:
                folder = ANSWERS / exercise.lab / exercise.name / cell.removesuffix("-task")
                if task not in (None, short, one.grade_id, folder.name):
                    continue
                answers += [
                    Answer(exercise.name, one.grade_id, path.stem, path.read_text("utf-8"), cell)
                    for path in sorted(folder.glob("*.py"))
                ]
    return answers


def lean_notebook(exercise: Exercise, answer: Answer) -> NotebookNode:
    """The solution notebook with one answer put in, without the cells that show and train.

    Checks before the answer's own are left out, too: nothing that they judge has changed. Where
    the task offers options, one other is kept and the rest are stubs, so that two count.
    """
    source = exercise.student_edition if answer.name == "stub" else exercise.source
    notebook = copy.deepcopy(source)
    notebook.cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    if not answer.task:
        return notebook
    task = next(task for task in exercise.tasks if task.grade_id == answer.task)
    left_out = [cell for cell in task.cells if cell != answer.cell][1:]
    stubs = {cell.id: cell.source for cell in exercise.student_edition.cells}
    sources = {answer.cell: answer.source} | {name: stubs[name] for name in left_out}
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    place = [cell.id for cell in notebook.cells].index(answer.cell)
    before = notebook.cells[:place]
    kept = [cell for cell in before if not cell.metadata["nbgrader"].get("grade")]
    notebook.cells = kept + notebook.cells[len(before) :]
    return notebook


def judge(answer: Answer, exercise: Exercise, result: dict[str, Any]) -> Row:
    """Compare what grading said of an answer with what it should say."""
    tasks = [task for task in exercise.tasks if not task.manual]
    first = next((i for i, task in enumerate(tasks) if task.grade_id == answer.task), 0)
    lost = {t.grade_id: t.points - result["scores"].get(t.grade_id, 0.0) for t in tasks[first:]}
    failed = {test["id"]: test for test in result["tests"] if not test["passed"]}
    own = [name for name, test in failed.items() if answer.task in ("", test["task"])]
    messages = {name: test["message"] for name, test in failed.items()}
    verdict = "; ".join(_complaints(answer, lost, own)) or "ok"
    if result["warnings"]:
        verdict = f"warned: {result['warnings'][0]}"
    return Row(answer, own, verdict, messages)


def _complaints(answer: Answer, lost: dict[str, float], own: list[str]) -> Iterator[str]:
    losers = [name for name, points in lost.items() if points > 1e-6]
    if answer.kind in ("right", "solution") and losers:
        yield f"loses points in {', '.join(losers)}"
    if answer.kind == "stub" and len(losers) < len(lost):
        yield "the stub scores points"
    if answer.kind != "wrong":
        return
    if not answer.must_fail:
        yield "its second line does not say `# fails: test_name`"
    if answer.task not in losers:
        yield "survives"
    elif set(answer.must_fail) - set(own):
        yield f"not caught by {', '.join(sorted(set(answer.must_fail) - set(own)))}"
    others = [name for name in losers if name != answer.task]
    if others:
        yield f"costs points in {', '.join(others)}"


def run_answers(
    course: Course, lab: str, answers: Sequence[Answer], workers: int = 2, seed: int | None = None
) -> Iterator[Row]:
    """Grade answers, in the order in which they are finished.

    Args:
        course: Where the lab is.
        lab: The lab.
        answers: Which ones, of `find_answers`.
        workers: How many processes.
        seed: Draws the hidden tests' inputs; a new one where None.
    """
    exercises = {exercise.name: exercise for exercise in read_lab(course.labs, lab)}
    seed = secrets.randbelow(2**31) if seed is None else seed
    jobs = []
    for number, answer in enumerate(answers):
        notebook = lean_notebook(exercises[answer.exercise], answer)
        jobs.append(
            Job(
                answer.name,
                lab,
                seed,
                LIMITS,
                ((str(number), answer.exercise, notebook),),
                {name: each.source for name, each in exercises.items()},
                {name: each.full_marks for name, each in exercises.items()},
            )
        )
    for job, results in grade_all(course.root, jobs, workers):
        key = job.notebooks[0][0]
        answer = answers[int(key)]
        if results is None:
            yield Row(answer, [], "its worker died", {})
        else:
            yield judge(answer, exercises[answer.exercise], results[key])


def run_mutants(
    lab: str,
    notebook: str | None = None,
    task: str | None = None,
    workers: int = 2,
    seed: int | None = None,
    console: Console | None = None,
) -> list[Row]:
    """Judge a lab's hidden tests by all its answers, with a progress bar.

    Args:
        lab: The lab.
        notebook: Only this notebook.
        task: Only this task, such as `ex2-prune`.
        workers: How many processes.
        seed: Draws the hidden tests' inputs; a new one where None.
        console: Where the bar goes.

    Returns:
        One row for each answer, in the order of tasks; those with `ok` False need mending.

    Raises:
        CourseError: There is no such lab, or there are no answers.
    """
    course = Course.find()
    answers = find_answers(read_lab(course.labs, lab), notebook, task)
    if not answers:
        raise CourseError(f"There are no answers of {notebook or task or lab} in {ANSWERS / lab}.")
    rows: dict[Answer, Row] = {}
    with Progress(console=console) as progress:
        bar = progress.add_task(f"Answers to {lab}", total=len(answers))
        for row in run_answers(course, lab, answers, workers, seed):
            rows[row.answer] = row
            progress.advance(bar)
    return [rows[answer] for answer in answers]


def mutants_table(rows: Sequence[Row]) -> Table:
    """The rows as a table to print; what needs mending is red."""
    table = Table("task", "answer", "kind", "caught by", "verdict", title="Answers")
    for row in rows:
        task = row.answer.cell.removesuffix("-task") or row.answer.exercise
        caught = "all" if row.answer.kind == "stub" else ", ".join(row.caught_by)
        style = None if row.ok else "red"
        table.add_row(task, row.answer.name, row.answer.kind, caught, row.verdict, style=style)
    bad = sum(not row.ok for row in rows)
    table.caption = f"{len(rows)} answers, {bad} judged wrongly"
    return table
