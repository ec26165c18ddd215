"""Release a lab: build its student edition and refuse it when a check fails."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from autograder.boundary.session import WarmProcess
from autograder.course import Course
from autograder.errors import CourseError
from autograder.lab import read_lab
from autograder.release.build import build_release
from autograder.release.checks import leak_problems, point_problems, score_problems
from autograder.release.labkit_edition import cached_labkit_edition


def release_lab(
    course: Course, lab: str, tell: Callable[[str], None], check_scores: bool = True
) -> tuple[Path, Path]:
    """Build and check the student edition of a lab.

    Args:
        course: The course folder.
        lab: The lab.
        tell: Told of each stage.
        check_scores: Also run the solution and the stub through the hidden tests.

    Returns:
        The folder of the student edition and its zip.

    Raises:
        CourseError: A check failed; nothing is left that could be handed out by mistake.
    """
    exercises = read_lab(course.labs, lab)
    tell("Comparing points in headings, cells and hidden tests")
    _refuse(lab, [p for exercise in exercises for p in point_problems(exercise)])
    if check_scores:
        labkit, _ = cached_labkit_edition(course.root, course.store)
        warm = WarmProcess(course.small_data, labkit)
        try:
            for exercise in exercises:
                tell(f"Grading the solution and the stub of {exercise.name}")
                _refuse(lab, score_problems(exercise, exercises, warm, secrets.randbits(48)))
        finally:
            warm.close()
    tell("Building the student edition")
    folder, archive = build_release(course, lab, exercises)
    tell("Looking for answers and hidden tests that would leak")
    leaks = leak_problems(folder, exercises, course.root / "labkit")
    if leaks:
        shutil.rmtree(folder)
        archive.unlink()
    _refuse(lab, leaks)
    return folder, archive


def _refuse(lab: str, problems: list[str]) -> None:
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise CourseError(f"{lab} cannot be released:\n{listed}")
