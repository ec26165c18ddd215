"""Starts an engine: its warm process warms up while this process imports what grading needs."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.boundary.errors import WarmProcessFailed
from autograder.boundary.inside.process import imports_that_stay
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.warm_process import open_warm_process

if TYPE_CHECKING:
    from autograder.grading.engine import Engine


def start_engine(root: Path, isolation: str = "auto", cpu: int | None = None) -> Engine:
    """An engine in this process, which then uses one thread.

    Nothing is raised: what keeps the warm process from starting is told with the first job.

    Args:
        root: The course folder.
        isolation: What walls to insist on.
        cpu: The CPU that its warm process keeps to once it is warm.
    """
    warm = None
    with contextlib.suppress(CourseError, WarmProcessFailed):
        warm = open_warm_process(Course(root), isolation, cpu)
    with imports_that_stay():
        import torch

        from autograder.grading.engine import Engine

    torch.set_num_threads(1)
    return Engine(root, isolation, warm, cpu)
