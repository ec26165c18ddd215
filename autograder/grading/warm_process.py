"""A warm process for a course's notebooks."""

from __future__ import annotations

from autograder.boundary.session import WarmProcess
from autograder.course import Course
from autograder.release.labkit_edition import cached_labkit_edition
from autograder.walls.probing import choose


def open_warm_process(course: Course, isolation: str, cpu: int | None = None) -> WarmProcess:
    """Start one; whether it became ready is for its user to ask.

    Args:
        course: The course folder.
        isolation: What walls to insist on; see `walls.probing.choose`.
        cpu: The CPU that it keeps to once it is warm.

    Raises:
        NoIsolation: There are no such walls here.
        WarmProcessFailed: It did not start.
    """
    walls = choose(isolation)
    labkit, _ = cached_labkit_edition(course.root, course.store)
    return WarmProcess(course.small_data, labkit, walls, cpu=cpu, wait=False)
