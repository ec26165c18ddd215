"""From hidden tests to the points of a task, also where a task offers options of which some count.

Tests that name an option (`@task("ex3-options-check", points=0.25, option="A")`) are added up for
each option. As many of the best options count as fit into the task's points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograder.grading.result import TestResult

ROUNDING = 6


def options_of(points: Sequence[tuple[str, float]]) -> dict[str, float]:
    """The most that each option gives.

    Args:
        points: The option (empty for none) and the points of each test.
    """
    totals: dict[str, float] = {}
    for option, most in points:
        if option:
            totals[option] = totals.get(option, 0.0) + most
    return {option: round(total, ROUNDING) for option, total in totals.items()}


def total_points(points: Sequence[tuple[str, float]], task_points: float) -> float:
    """What the tests of a task give together, with as many options as fit.

    Options of unequal worth, or a number of them that does not fill the task, give a total that
    differs from `task_points`.
    """
    options = options_of(points)
    alone = sum(most for option, most in points if not option)
    if not options or len(set(options.values())) > 1:
        return round(alone + sum(options.values()), ROUNDING)
    worth = next(iter(options.values()))
    return round(alone + worth * _how_many(task_points - alone, worth), ROUNDING)


def score(results: Sequence[TestResult], task_points: float) -> tuple[float, list[TestResult]]:
    """Add up the tests of one task.

    Args:
        results: The verdicts on the task's tests.
        task_points: What the task gives at most.

    Returns:
        The points, and the results with those of the options that do not count marked.
    """
    options = options_of([(r.option, r.points) for r in results])
    if not options:
        return _sum(results), list(results)
    alone = [r for r in results if not r.option]
    worth = max(options.values())
    count = _how_many(task_points - sum(r.points for r in alone), worth)
    earned = {name: _sum([r for r in results if r.option == name]) for name in options}
    best = sorted(options, key=lambda name: -earned[name])[:count]
    marked = [replace(r, counts=not r.option or r.option in best) for r in results]
    return _sum([r for r in marked if r.counts]), marked


def is_settled(
    verdicts: Sequence[TestResult], points: Sequence[tuple[str, float]], task_points: float
) -> bool:
    """Whether no further option can add to a task: as many as count have all that there is.

    Args:
        verdicts: On whole options of the task, and on its tests without one.
        points: The option (empty for none) and the points of each test of the task.
        task_points: What the task gives at most.
    """
    options = options_of(points)
    if not options:
        return False
    worth = max(options.values())
    count = _how_many(task_points - sum(most for option, most in points if not option), worth)
    full = [name for name in options if _sum([r for r in verdicts if r.option == name]) >= worth]
    return len(full) >= count


def _how_many(points: float, worth: float) -> int:
    return int(points / worth + 1e-6)


def _sum(results: Sequence[TestResult]) -> float:
    return round(sum(result.points for result in results if result.passed), ROUNDING)
