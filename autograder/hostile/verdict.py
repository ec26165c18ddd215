"""What grading a hostile sample should give, what it gave, and the differences.

Does: compare plain data. Does not: grade, or read the gradebook.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

VERDICTS = {
    "Z": "that task scores 0, the others as earned",
    "N": "the rest of that notebook scores 0, what was earned before it stays",
    "W": "graded as if nothing had happened",
    "F": "full marks, and nothing to warn of",
}
TOLERANCE = 1e-6
UNDUE = "not handed in: "  # the one warning that an honest sample may cause: it is short


@dataclass(frozen=True)
class Expected:
    """What is due to a sample.

    Attributes:
        verdict: A letter of `VERDICTS`.
        points: By `grade_id`, of every task that no person grades.
        warning: A regular expression that one of the instructor's warnings must match; empty where
            the attack leaves nothing that could be warned of.
    """

    verdict: str
    points: dict[str, float]
    warning: str = ""


@dataclass(frozen=True)
class Outcome:
    """What grading gave.

    Attributes:
        points: By `grade_id`; None where a grade waits for a person.
        warnings: What the instructor is told about this submission.
        failed: Why it could not be graded; empty when it was.
    """

    points: dict[str, float | None]
    warnings: list[str] = field(default_factory=list)
    failed: str = ""


def judge(expected: Expected, actual: Outcome) -> list[str]:
    """The differences between the verdict and the outcome, as sentences; none when it is right.

    A task that the gradebook does not know counts as 0: it was not handed in.
    """
    found = [f"not graded: {actual.failed}"] if actual.failed else []
    for task, points in expected.points.items():
        got = actual.points.get(task, 0.0)
        if got is None:
            found.append(f"{task}: {points:g} expected, but it waits for a person")
        elif abs(got - points) > TOLERANCE:
            found.append(f"{task}: {points:g} expected, got {got:g}")
    return found + _warning_differences(expected, actual.warnings)


def _warning_differences(expected: Expected, warnings: list[str]) -> list[str]:
    found = [f"a warning is not one line: {w[:80]!r}" for w in warnings if not w.isprintable()]
    if expected.warning and not any(re.search(expected.warning, w) for w in warnings):
        found.append(f"no warning matches {expected.warning!r} among {warnings}")
    if expected.verdict == "F" and not expected.warning:
        found += [f"an honest student is warned of: {w}" for w in warnings if UNDUE not in w]
    return found
