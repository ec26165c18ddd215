"""Hidden tests are collected by the task that they judge, each exercise's own."""

from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading.collection import collect_points
from autograder.lab import Exercise

HIDDEN = """
import pytest


@pytest.mark.task("check", points={points})
def test_it(student):
    pass
"""


def exercise(root: Path, lab: str, name: str, points: float) -> Exercise:
    """One whose test file is called as that of every other."""
    file = root / lab / name / "test_it.py"
    file.parent.mkdir(parents=True)
    file.write_text(HIDDEN.format(points=points))
    marks = {"schema_version": 3, "grade_id": "check", "grade": True, "solution": False}
    marks |= {"locked": True, "points": points}
    check = new_code_cell("pass", id="check", metadata={"nbgrader": marks})
    return Exercise(lab, name, new_notebook(cells=[check]), (file,))


def test_files_of_one_name_are_not_taken_for_each_other(tmp_path: Path) -> None:
    places = [("one", "ex1", 1.0), ("one", "ex2", 2.0), ("two", "ex1", 3.0)]
    exercises = [exercise(tmp_path / "hidden_tests", *place) for place in places]
    assert [collect_points(e) for e in exercises] == [{"check": place[2]} for place in places]
