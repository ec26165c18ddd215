"""Options of a task: the best count, and what cannot add anything any more is not judged."""

from pathlib import Path

import pytest

from autograder.boundary.session import WarmProcess
from autograder.grading.notebook import grade_notebook
from autograder.grading.result import NotebookResult
from autograder.lab import Exercise
from tests.autograder.one_task import one_task

HIDDEN = '''
import pytest


@pytest.mark.task("check", points=0.5)
def test_common(student):
    """common() is True."""
    assert student.common() is True, "no"


@pytest.mark.task("check", points=0.5, option="C")
def test_c(student):
    """c() is 3."""
    assert student.c() == 3, "not three"


@pytest.mark.task("check", points=0.25, option="A")
@pytest.mark.parametrize("part", [0, 1])
def test_a(student, part):
    """a() is 1."""
    assert student.a()[part] == 1, "not one"


@pytest.mark.task("check", points=0.5, option="B")
def test_b(student):
    """b() is 2."""
    assert student.b() == 2, "not two"
'''


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    return one_task(tmp_path, HIDDEN, "", points=1.5)


def graded(
    warm: WarmProcess, exercise: Exercise, every_option: bool = False, **answers: object
) -> NotebookResult:
    """What a notebook gets whose functions return these values."""
    values = {"common": True, "a": [1, 1], "b": 2, "c": 3} | answers
    notebook = exercise.source.copy()
    notebook.cells[0].source = "\n".join(f"def {n}(): return {v!r}" for n, v in values.items())
    return grade_notebook(warm, notebook, exercise, seed=1, every_option=every_option)


def judged(result: NotebookResult) -> str:
    return "".join(sorted({test.option for test in result.tests}))


def shown(result: NotebookResult) -> str:
    return str(result.notebook.cells[-1].outputs[-1].data)


def test_an_option_that_could_not_add_anything_is_not_judged(warm, exercise) -> None:
    result = graded(warm, exercise, c=0)
    assert result.scores == {"check": 1.5}
    assert judged(result) == "AB" and result.unchecked == {"check": ["C"]}
    assert "Option C was not checked: your other options already have all" in shown(result)
    assert NotebookResult.from_json(result.to_json()).unchecked == result.unchecked


@pytest.mark.parametrize("broken", [{"a": [1, 0]}, {"b": 0}])
def test_an_option_that_can_add_something_is_judged(warm, exercise, broken) -> None:
    result = graded(warm, exercise, **broken)
    assert result.scores == {"check": 1.5}
    assert judged(result) == "ABC"
    assert "was not checked" not in shown(result)


def test_what_is_common_to_all_options_does_not_settle_them(warm, exercise) -> None:
    result = graded(warm, exercise, common=False)
    assert result.scores == {"check": 1.0}
    assert judged(result) == "AB"


def test_every_option_is_judged_before_a_release(warm, exercise) -> None:
    result = graded(warm, exercise, every_option=True, c=0)
    assert judged(result) == "ABC"
    assert [test.id for test in result.tests if not test.passed] == ["test_c"]
