"""Answers whose verdict is known: where they lie, and the notebook that one is graded in."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder.course import Course
from autograder.lab import Exercise

ANSWERS = Path(__file__).parents[1] / "answers"
FAILS = re.compile(r"^# fails: (.+)$", re.MULTILINE)


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

    @property
    def about(self) -> str:
        """Its first line: the style of a right answer, the mistake of a wrong one."""
        lines = self.source.strip().splitlines()
        return lines[0].strip('"# ') if lines else ""


def answers_folder(course: Course) -> Path:
    """Where a course's answers lie, by lab: its own folder `answers/`, else this package's."""
    own = course.root / "answers"
    return own if own.is_dir() else ANSWERS


def find_answers(
    exercises: Sequence[Exercise],
    notebook: str | None = None,
    task: str | None = None,
    folder: Path | None = None,
) -> list[Answer]:
    """The answers of a lab, and the solution and the stub of each of its notebooks.

    Args:
        exercises: The lab.
        notebook: Only those of this notebook.
        task: Only those of this task or cell: `ex2-prune`, or `ex2-prune-check`.
        folder: Where answers lie, by lab; else those of this package.
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
                here = (folder or ANSWERS) / exercise.lab / exercise.name
                here /= cell.removesuffix("-task")
                if task not in (None, short, one.grade_id, here.name):
                    continue
                answers += [
                    Answer(exercise.name, one.grade_id, path.stem, path.read_text("utf-8"), cell)
                    for path in sorted(here.glob("*.py"))
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
