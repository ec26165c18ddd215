"""Finds the submission that a receipt is about, among what a student handed in.

Does: look where submissions are kept, and compare digests. Does not: execute anything. The folder's
name is of the signed receipt, and is checked all the same before it becomes a path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.collecting.placing import BEFORE
from autograder.course import Course
from autograder.errors import CourseError
from autograder.submissions import Submission


def find_submission(
    course: Course,
    lab: str,
    student: str,
    digests: dict[str, str],
    read: Callable[[Path], Submission],
    folder: Path | None = None,
) -> tuple[Path, Submission]:
    """The submission whose notebooks have just these digests.

    Args:
        course: The course folder.
        lab: The lab.
        student: Whose.
        digests: Of the rebuilt cells of each notebook, by its name.
        read: Reads a folder.
        folder: The only place to look; None for where submissions are kept.

    Raises:
        CourseError: There is none.
    """
    places = [_given(folder)] if folder else list(_kept(course, lab, student))
    differences = []
    for place in places:
        submission = read(place)
        found = {name: parts["notebook"] for name, parts in submission.parts.items()}
        if found == digests:
            return place, submission
        differences.append(f"{place} ({_difference(digests, found)})")
    if not differences:
        raise CourseError(
            f"Nothing that {student} handed in for {lab} is left in {course.submitted} or "
            f"{course.build / BEFORE}: say where the graded submission is with --submission FOLDER."
        )
    raise CourseError(
        f"The submission that the receipt is about is not here any more; what is here differs: "
        f"{', '.join(differences)}. Say where the graded one is with --submission FOLDER."
    )


def safe_name(name: str) -> bool:
    """Whether a name can only be that of a folder's direct entry."""
    return name not in ("", ".", "..") and not {"/", "\\", "\0"} & set(name)


def _kept(course: Course, lab: str, student: str) -> Iterator[Path]:
    """The current submission, then those before it, the latest first."""
    if not safe_name(student) or not safe_name(lab):
        raise CourseError(f"The receipt is of {student!r}, which is no name of a student's folder.")
    current = course.submitted / student / lab
    if current.is_dir():
        yield current
    before = course.build / BEFORE / student / lab
    yield from sorted((path for path in before.glob("*") if path.is_dir()), reverse=True)


def _given(folder: Path) -> Path:
    real = folder.resolve()
    if not real.is_dir():
        raise CourseError(f"--submission {folder} is no folder: expected one with notebooks in it.")
    if len(real.parts) < 3:
        raise CourseError(f"--submission {real} lies too high: put the notebooks two folders deep.")
    return real


def _difference(wanted: dict[str, str], found: dict[str, str]) -> str:
    words = [f"{name} is missing" for name in wanted if name not in found]
    words += [f"{name} was not graded" for name in found if name not in wanted]
    words += [f"another {name}" for name in wanted if name in found and wanted[name] != found[name]]
    return ", ".join(words)
