"""What a grading run is asked to do, whom it tells, and what it says that it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from autograder.batch.changes import Changes
from autograder.grading.pool import Pool
from autograder.submissions import Submission


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes:
        workers: Processes that execute notebooks on this machine.
        seed: Inputs are drawn from it; None takes the recorded one.
        fresh: Draw a new seed, so that everything is graded anew.
        pool: Makes other workers than those.
        isolation: What walls to insist on; see `walls.probing.choose`.
        confirm: Asked, with what would change, before anything is recorded.
        waiting: Told whom we wait for where another grader is at work; None does not wait.
    """

    workers: int = 2
    seed: int | None = None
    fresh: bool = False
    pool: Callable[[], Pool] | None = None
    confirm: Callable[[Changes], bool] | None = None
    waiting: Callable[[str], None] | None = None
    isolation: str = "auto"


@dataclass
class GradingRun:
    """What a grading run did.

    Attributes:
        submissions: Everybody with a folder for the lab.
        seed: That inputs were drawn from.
        log: The run's diary.
        executed: Whose notebooks were executed now.
        shared: Who got all new results from equal notebooks of somebody else.
        recorded: Whose grades were written now.
        failed: Why somebody could not be graded or recorded, by student.
        changes: What recording changed, or would have changed.
        committed: False where somebody was asked and did not want grades to be written.
        seconds: Wall time.
    """

    submissions: list[Submission]
    seed: int
    log: Path
    executed: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    committed: bool = True
    seconds: float = 0.0


class Progress(Protocol):
    """Told what goes on; the command line draws bars from it."""

    def start(self, what: str, total: int) -> None:
        """A new stage begins."""

    def step(self, student: str, note: str = "") -> None:
        """One of the stage's items is done."""
