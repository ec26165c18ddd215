"""The tests of a task that offers options: option by option, until no further one can add to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from autograder.grading.collection import option_of, points_of
from autograder.grading.result import TestResult
from autograder.grading.scoring import is_settled

Run = Callable[[pytest.Item], TestResult]


def judge_options(
    items: Sequence[pytest.Item], task_points: float, every: bool, run: Run
) -> tuple[list[TestResult], list[str]]:
    """Run a task's tests, first those of no option, then each option as a whole.

    Args:
        items: The tests.
        task_points: What the task gives at most.
        every: Judge also options that cannot add to its points any more.
        run: Gives the verdict of one test.

    Returns:
        The verdicts, and the options that were left out.
    """
    worth = [(option_of(item), points_of(item)) for item in items]
    verdicts: list[TestResult] = []
    left_out: list[str] = []
    for option in sorted({name for name, _ in worth}):
        if not every and is_settled(verdicts, worth, task_points):
            left_out.append(option)
        else:
            verdicts += [run(item) for item in items if option_of(item) == option]
    return verdicts, left_out
