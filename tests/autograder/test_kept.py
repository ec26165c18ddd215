"""What tests of one notebook share is made once, and never reaches the next notebook."""

from __future__ import annotations

import pytest

from autograder.boundary.errors import StudentFault
from autograder.grading.collection import run_hidden_tests
from autograder.lab import Exercise
from autograder.testing.kept import kept


class Fixture:
    """A plugin that stands where the grading of a notebook does."""

    def __init__(self) -> None:
        self.session: pytest.Session | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.session = session


class Request:
    """As much of pytest's request as is needed."""

    def __init__(self, exercise: Exercise) -> None:
        plugin = Fixture()
        run_hidden_tests(exercise, lambda tests: None, plugin)
        assert plugin.session is not None
        self.session = plugin.session


@pytest.fixture
def request_of(exercises: dict[str, Exercise]):
    return lambda: Request(exercises["ex1_base_model"])


def test_made_once_for_a_notebook(request_of):
    request, made = request_of(), []
    for _ in range(3):
        assert kept(request, "thing", lambda: made.append(1) or len(made)) == 1
    assert kept(request, "other", lambda: 7) == 7


def test_a_failure_is_told_to_every_test(request_of):
    request, made = request_of(), []

    def fail() -> None:
        made.append(1)
        raise StudentFault("it raised")

    for _ in range(3):
        with pytest.raises(StudentFault, match="it raised"):
            kept(request, "thing", fail)
    assert made == [1]


def test_nothing_reaches_the_next_notebook(request_of):
    assert kept(request_of(), "thing", lambda: "first") == "first"
    assert kept(request_of(), "thing", lambda: "second") == "second"
