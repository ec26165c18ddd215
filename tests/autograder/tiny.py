"""The smallest course that can be graded: one lab, two notebooks, a hidden test each."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.course import CONFIG_NAME, Course, put_scripts_on_path
from autograder.release.build import generate_assignment

REPOSITORY = Path(__file__).parents[2]
LAB = "tiny"
COMMAND = [sys.executable, "-m", "autograder.cli"]
PLAIN = os.environ | {"COLUMNS": "160", "TERM": "dumb", "NO_COLOR": "1"}
HIDDEN = '''
import pytest


@pytest.mark.task("{exercise}-check", points=1)
def test_{name}(student):
    """{name} multiplies by {factor}."""
    value = student.{name}(21)
    assert value == 21 * {factor}, "it must be {factor} times as much"
'''
EXERCISES = {"ex1": ("double", 2), "ex2": ("triple", 3)}


def make_course(folder: Path, prepare: Callable[[Path], None] | None = None) -> Course:
    """A released course in a folder of its own; `prepare` changes it before its release."""
    put_scripts_on_path()
    if prepare is None:
        shutil.copytree(_released(), folder, symlinks=True, dirs_exist_ok=True)
        return Course(folder)
    return _make(folder, prepare)


@functools.cache
def _released() -> Path:
    """What unchanged courses are copies of: making the gradebook takes seconds."""
    place = tempfile.TemporaryDirectory(prefix="tiny-")
    atexit.register(place.cleanup)
    return _make(Path(place.name, "course"), lambda folder: None).root


def _make(folder: Path, prepare: Callable[[Path], None]) -> Course:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("labkit", "data"):
        (folder / name).symlink_to(REPOSITORY / name)
    (folder / CONFIG_NAME).write_bytes((REPOSITORY / CONFIG_NAME).read_bytes())
    (folder / "labs" / LAB).mkdir(parents=True)
    (folder / "hidden_tests" / LAB).mkdir(parents=True)
    for exercise, (name, factor) in EXERCISES.items():
        notebook = new_notebook(cells=_cells(exercise, name, factor))
        nbformat.write(notebook, folder / "labs" / LAB / f"{exercise}.ipynb")
        write_hidden_test(Course(folder), exercise, factor)
    prepare(folder)
    course = Course(folder)
    generate_assignment(course, LAB)
    return course


def write_hidden_test(course: Course, exercise: str, factor: int) -> None:
    """Write, or change, what an exercise's hidden test expects."""
    name = EXERCISES[exercise][0]
    text = HIDDEN.format(exercise=exercise, name=name, factor=factor)
    (course.hidden_tests / LAB / f"test_{exercise}.py").write_text(text, encoding="utf-8")


def _cells(exercise: str, name: str, factor: int) -> list[nbformat.NotebookNode]:
    def settings(kind: str, **more: object) -> dict[str, object]:
        grade_id = f"{exercise}-{kind}"
        graded, solution = kind == "check", kind == "task"
        told = {"grade_id": grade_id, "grade": graded, "solution": solution, "locked": graded}
        return {"nbgrader": {"schema_version": 3, **told, **more}}

    answer = (
        f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {factor} * x\n    ### END SOLUTION"
    )
    check = new_code_cell(f"assert callable({name})", metadata=settings("check", points=1))
    check.id = f"{exercise}-check"
    task = new_code_cell(answer, metadata=settings("task"), id=f"{exercise}-task")
    return [new_markdown_cell(f"## {name} (1 point)", id=f"{exercise}-text"), task, check]


def hand_in(course: Course, student: str, extra: str = "", **factors: object) -> None:
    """Hand in both notebooks; `ex1=5` answers with another factor, `ex1="…"` with that source."""
    folder = course.submitted / student / LAB
    folder.mkdir(parents=True, exist_ok=True)
    for exercise, (name, factor) in EXERCISES.items():
        answer = factors.get(exercise, factor)
        text = answer if isinstance(answer, str) else f"def {name}(x):\n    return {answer} * x"
        cells = _cells(exercise, name, factor)
        cells[1].source = f"{text}\n{extra}"
        nbformat.write(new_notebook(cells=cells), folder / f"{exercise}.ipynb")


def grades(course: Course) -> dict[str, dict[str, float | None]]:
    """Everybody's points in the gradebook, by task."""
    with Gradebook(str(course.nbgrader_config(LAB).CourseDirectory.db_url)) as gradebook:
        return {
            submission.student.id: {
                grade.name: None if grade.needs_manual_grade else grade.score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in gradebook.assignment_submissions(LAB)
        }


def call(course: Course, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `autograder` in the course folder."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=course.root, env=PLAIN, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip


def start(course: Course, *arguments: str) -> subprocess.Popen[str]:
    """Start `autograder` in the course folder, as the leader of a group of processes."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=course.root, env=PLAIN, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
