"""Tests of a check share a copy of the student's process; one that fails has one of its own."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.boundary.session import WarmProcess
from autograder.grading.notebook import grade_notebook
from autograder.grading.result import NotebookResult
from autograder.lab import Exercise

HIDDEN = '''
import pytest

from autograder.testing.kept import kept

SEEN = []


@pytest.mark.task("check", points=1)
@pytest.mark.parametrize("number", range(1, 6))
def test_double(student, number):
    """double(number) is twice the number."""
    value = student.double(number)
    assert value == 2 * number, f"{value} is not twice {number}"


@pytest.mark.task("check", points=1)
@pytest.mark.parametrize("number", range(2))
def test_draw(student, number):
    """The same random numbers come in each test and in each grading with that seed."""
    SEEN.append((student.draw(), student.draw()))
    assert SEEN[0] == SEEN[-1] and SEEN[0][0] != SEEN[0][1], str(SEEN)


@pytest.mark.task("check", points=1)
@pytest.mark.parametrize("part", ["sign", "size"])
def test_kept(student, request, part):
    """What several tests look at, -100, is made once."""
    value = kept(request, "value", lambda: student.double(-50))
    assert value < 0 if part == "sign" else value == -100, f"{value} has another {part}"
'''
DRAW = "import random, torch\ndef draw(): return random.random() + float(torch.rand(()))"


def graded(warm: WarmProcess, folder: Path, double: str) -> NotebookResult:
    """What a notebook of one task gets whose function `double` is this."""
    hidden = folder / "lab" / "test_copies_ex1.py"
    hidden.parent.mkdir()
    hidden.write_text(HIDDEN)
    marks = {"schema_version": 3, "grade_id": "check", "grade": True, "solution": False}
    marks |= {"locked": True, "points": 1}
    check = new_code_cell("pass", id="check", metadata={"nbgrader": marks})
    task = new_code_cell(f"{DRAW}\ncalls = []\n{double}", id="task")
    notebook = new_notebook(cells=[task, check])
    return grade_notebook(warm, notebook, Exercise("lab", "ex1", notebook, (hidden,)), seed=1)


def failed(result: NotebookResult) -> list[str]:
    """The names of the tests that were not passed."""
    return [test.id for test in result.tests if not test.passed]


def test_right_answers_share_one_copy(warm: WarmProcess, tmp_path: Path) -> None:
    counts = "def double(x):\n    calls.append(x)\n    return 2 * x if len(calls) in (x, 6) else 0"
    result = graded(warm, tmp_path, counts)
    assert failed(result) == [], result.tests


@pytest.mark.parametrize(
    "fault",
    [
        "raise ValueError",
        "import os; os._exit(1)",
        "calls.append(0); return 0",
        "calls.append(0); return 2 * x",
    ],
)
def test_what_goes_wrong_costs_no_other_test(warm: WarmProcess, tmp_path: Path, fault: str) -> None:
    spoilt = "def double(x):\n    if calls: raise RuntimeError\n"
    result = graded(warm, tmp_path, f"{spoilt}    if x == 3: {fault}\n    return 2 * x")
    harmless = fault.endswith("return 2 * x")
    assert failed(result) == ([] if harmless else ["test_double[3]"]), result.tests
    assert result.warnings == []


def test_what_tests_share_is_made_anew_for_one_that_is_run_again(
    warm: WarmProcess, tmp_path: Path
) -> None:
    spoilt = "def double(x):\n    calls.append(x)\n    return 2 * x if len(calls) < 6 else -1"
    result = graded(warm, tmp_path, spoilt)
    assert failed(result) == [], result.tests


def test_only_what_a_copy_of_its_own_says_is_told(warm: WarmProcess, tmp_path: Path) -> None:
    says = "def double(x):\n    calls.append(x)\n    return -len(calls) if x == 5 else 2 * x"
    result = graded(warm, tmp_path, says)
    assert failed(result) == ["test_double[5]"]
    (message,) = [test.message for test in result.tests if not test.passed]
    assert "-1 is not twice 5" in message
