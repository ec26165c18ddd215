"""Release a lab: build its student edition and refuse it when a check fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.course import Course
from autograder.lab import Exercise, read_lab
from autograder.mutants.run import Progress, Silent
from autograder.release.build import build_release
from autograder.release.checked import checked_path, write_checked
from autograder.release.checks import leak_problems, point_problems
from autograder.release.gate import LabRefused, certify


def release_lab(
    course: Course,
    lab: str,
    tell: Callable[[str], None],
    check_scores: bool = True,
    progress: Progress | None = None,
    workers: int = 2,
) -> tuple[Path, Path]:
    """Build and check the student edition of a lab.

    Args:
        course: The course folder.
        lab: The lab.
        tell: Told of each stage.
        check_scores: Also run solutions, stubs, right answers and mutants through the hidden
            tests, unless a certificate says that this very lab is through.
        progress: Told of each answer that is run.
        workers: How many processes run answers.

    Returns:
        The folder of the student edition and its zip; `<lab>.checked.json` beside it says what was
        checked.

    Raises:
        LabRefused: A check failed; nothing is left that could be handed out by mistake.
    """
    exercises = read_lab(course.labs, lab)
    try:
        return _release(course, exercises, tell, check_scores, progress or Silent(), workers)
    except LabRefused:
        _withdraw(course, lab)
        raise


def _release(
    course: Course,
    exercises: list[Exercise],
    tell: Callable[[str], None],
    check_scores: bool,
    progress: Progress,
    workers: int,
) -> tuple[Path, Path]:
    lab, certificate = exercises[0].lab, None
    tell("Comparing points in headings, cells and hidden tests")
    _refuse(lab, [p for exercise in exercises for p in point_problems(exercise)])
    if check_scores:
        tell("Testing the hidden tests with right answers and mutants")
        certificate = certify(course, exercises, progress, workers)
        for task in certificate["tasks_without_answers"]:
            tell(f"{task} lacks a right answer or a mutant: nobody tests its hidden tests")
    tell("Building the student edition")
    checked_path(course, lab).unlink(missing_ok=True)
    folder, archive = build_release(course, lab, exercises)
    tell("Looking for answers and hidden tests that would leak")
    _refuse(lab, leak_problems(folder, exercises, course.root / "labkit"))
    write_checked(course, lab, archive, certificate)
    return folder, archive


def _refuse(lab: str, problems: Sequence[str]) -> None:
    if problems:
        raise LabRefused(lab, problems)


def _withdraw(course: Course, lab: str) -> None:
    """Remove what this or an earlier release left: it does not fit the lab any more."""
    folder = course.build / "release" / lab
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_suffix(".zip").unlink(missing_ok=True)
    checked_path(course, lab).unlink(missing_ok=True)
