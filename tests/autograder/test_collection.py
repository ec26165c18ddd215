"""Hidden tests are collected by the task that they judge, each exercise's own."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.errors import HiddenTestsBroken
from autograder.grading.collection import collect, collect_points
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


def test_settings_for_other_tests_do_not_reach_hidden_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--color=yes -k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    assert collect_points(exercise(tmp_path / "hidden_tests", "set", "ex1", 1.0)) == {"check": 1.0}


def test_the_file_of_another_course_is_not_taken_for_this_one(tmp_path: Path) -> None:
    """Python has imported a module of that name already."""
    places = [(tmp_path / name / "hidden_tests", points) for name, points in (("a", 1), ("b", 2))]
    exercises = [exercise(place, "same", "ex1", points) for place, points in places]
    assert [collect_points(e)["check"] for e in exercises] == [1, 2]
    assert [collect_points(e)["check"] for e in exercises] == [1, 2]


def test_a_file_is_collected_once(tmp_path: Path) -> None:
    one = exercise(tmp_path / "hidden_tests", "once", "ex1", 1.0)
    assert collect(one) is collect(one)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("def test_it():\n    pass\n\nimport no_such_module", "does not collect: .*no_such_module"),
        ("x = 1", "there are no tests"),
        ("def test_it():\n    pass", "names no task of ex1"),
    ],
)
def test_what_does_not_collect_is_told_each_time(tmp_path: Path, content: str, said: str) -> None:
    one = exercise(tmp_path / "hidden_tests", tmp_path.name, "ex1", 1.0)
    one.hidden_tests[0].write_text(content)
    for _ in range(2):
        with pytest.raises(HiddenTestsBroken, match=f"(?s){said}"):
            collect_points(one)
