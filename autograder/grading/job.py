"""What a worker is given: the notebooks of one submission, as plain data.

Apart from the engine, which imports torch and pytest: who hands out jobs needs neither.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograder.grading.limits import Limits


@dataclass(frozen=True)
class Job:
    """The notebooks of one submission that have no result yet, as plain data.

    Attributes:
        student: Whose they are; for progress and messages only.
        lab: The lab.
        seed: Of the grading.
        limits: Time limits.
        notebooks: For each: the result's key, the exercise's name, the rebuilt notebook.
        handed_in: All rebuilt notebooks of the submission, for those that carry functions over.
        scores: Points by exercise and task of those that have a result already.
        variant: The student's `variant.json`, made anew; empty where the lab has no variants.
    """

    student: str
    lab: str
    seed: int
    limits: Limits
    notebooks: tuple[tuple[str, str, dict[str, Any]], ...]
    handed_in: dict[str, dict[str, Any]] = field(default_factory=dict)
    scores: dict[str, dict[str, float]] = field(default_factory=dict)
    variant: str = ""
