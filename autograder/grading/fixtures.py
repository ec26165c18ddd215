"""A pytest plugin: what hidden tests can ask for, and who learns how they end.

The plugin stays with pytest's session; one notebook after the other is judged through it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, cast

import pytest

if TYPE_CHECKING:  # `autograder release` collects hidden tests before it needs torch
    import torch

    from autograder.boundary.session import Examine
    from autograder.boundary.student import Student


class Judge(Protocol):
    """The grading of one notebook, as its hidden tests see it."""

    examine: Examine

    def student(self) -> Student:
        """The notebook, for a test that begins."""

    def generator(self, test: str) -> torch.Generator:
        """What a test of that name draws its inputs from."""

    def note(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Take down how a part of a test ended."""


class Fixtures:
    """The fixtures of hidden tests.

    Attributes:
        judge: The notebook that is being graded; None between two.
    """

    judge: Judge | None = None

    @pytest.fixture
    def student(self) -> Student:
        """The student's notebook, in a copy of its process; see `grading.copies`."""
        return self._judge.student()

    @pytest.fixture
    def examine(self) -> Examine:
        """What looks at files that the student's code wrote, apart from it and from us."""
        return self._judge.examine

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> torch.Generator:
        """A generator whose seed follows from the grading's seed and the test's name."""
        return self._judge.generator(request.node.name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Pass on how a part of a test ended; pytest's own report would print every frame."""
        self._judge.note(item, call)
        outcome: Literal["passed", "failed"] = "failed" if call.excinfo else "passed"
        when = cast(Literal["setup", "call", "teardown"], call.when)
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, when)

    @property
    def _judge(self) -> Judge:
        if self.judge is None:
            raise RuntimeError("no notebook is being graded")
        return self.judge
