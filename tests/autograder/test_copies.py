"""Tests of a check share a copy of the student's process; one that fails has one of its own."""

from pathlib import Path

import pytest

from autograder.boundary.session import WarmProcess
from autograder.grading.notebook import grade_notebook
from autograder.grading.result import NotebookResult
from tests.autograder.one_task import one_task

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
    exercise = one_task(folder, HIDDEN, f"{DRAW}\ncalls = []\n{double}", points=1)
    return grade_notebook(warm, exercise.source, exercise, seed=1)


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
