"""What tests of one notebook share is made once, and never reaches the next notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

import pytest

from autograder.boundary.errors import StudentFault
from autograder.grading.collection import collect
from autograder.grading.fixtures import Judge
from autograder.lab import Exercise
from autograder.testing.kept import kept


class Request:
    """As much of pytest's request as is needed."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session


NextNotebook = Callable[[], AbstractContextManager[pytest.FixtureRequest]]


@pytest.fixture
def next_notebook(exercises: dict[str, Exercise]) -> NextNotebook:
    """Begins the next notebook's grading, in the session of all."""

    @contextmanager
    def begin() -> Iterator[pytest.FixtureRequest]:
        tests = collect(exercises["ex1_base_model"])
        with tests.judging(cast(Judge, None)):
            yield cast(pytest.FixtureRequest, Request(tests.items[0].session))

    return begin


def test_made_once_for_a_notebook(next_notebook: NextNotebook) -> None:
    made = []
    with next_notebook() as request:
        for _ in range(3):
            assert kept(request, "thing", lambda: made.append(1) or len(made)) == 1
        assert kept(request, "other", lambda: 7) == 7


def test_a_failure_is_told_to_every_test(next_notebook: NextNotebook) -> None:
    made = []

    def fail() -> None:
        made.append(1)
        raise StudentFault("it raised")

    with next_notebook() as request:
        for _ in range(3):
            with pytest.raises(StudentFault, match="it raised"):
                kept(request, "thing", fail)
    assert made == [1]


def test_nothing_reaches_the_next_notebook(next_notebook: NextNotebook) -> None:
    with next_notebook() as request:
        assert kept(request, "thing", lambda: "first") == "first"
        session = request.session
    with next_notebook() as request:
        assert request.session is session
        assert kept(request, "thing", lambda: "second") == "second"
