"""Puts a student's submission in its place, whole or not at all, and keeps the one before.

Does: write below `build/submitted` and `build/collected-before`. Does not: decide what is taken.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from autograder.collecting.choosing import Refused
from autograder.collecting.reading import UnreadableSubmission
from autograder.collecting.times import timestamp_text
from autograder.course import Course
from autograder.late import TIMESTAMP, UnreadableTimestamp, read_timestamp

BEFORE = "collected-before"
NEW, REPLACED, SAME, MOVED, OLDER = (
    "new",
    "replaced",
    "as it was",
    "time corrected",
    "kept a later one",
)


def place(
    course: Course,
    lab: str,
    student: str,
    files: Mapping[str, bytes],
    received: dt.datetime,
    exact: bool,
    dry_run: bool = False,
) -> str:
    """Make a submission the student's current one.

    Args:
        course: The course folder.
        lab: The lab.
        student: A safe id.
        files: Contents by name in the lab's folder; names are safe.
        received: When it came.
        exact: Whether the instructor gave that time. Otherwise the same files keep the earliest
            time that they came with, and a submission that came later is never replaced.
        dry_run: Only say what would happen.

    Returns:
        What happened, one of the words above.

    Raises:
        Refused: The student's folder is a link.
        OSError: Nothing can be written there; what was there is as it was.
    """
    folder = course.submitted / student / lab
    if folder.parent.is_symlink() or folder.is_symlink():
        raise Refused(f"would go to {folder}, where a symbolic link is")
    before = _time_of(folder)
    what = _what(folder, files, received.replace(microsecond=0), before, exact)
    if not dry_run:
        if what == MOVED:
            _write(folder / f".{TIMESTAMP}", timestamp_text(received).encode())
            os.replace(folder / f".{TIMESTAMP}", folder / TIMESTAMP)
        elif what in (NEW, REPLACED):
            _exchange(course, folder, dict(files), received)
    return what


def _what(
    folder: Path,
    files: Mapping[str, bytes],
    received: dt.datetime,
    before: dt.datetime | None,
    exact: bool,
) -> str:
    if not os.path.lexists(folder):
        return NEW
    if _holds(folder, files):
        other = before != received if exact else before is None or received < before
        return MOVED if other else SAME
    return OLDER if not exact and before and received < before else REPLACED


def _time_of(folder: Path) -> dt.datetime | None:
    try:
        return read_timestamp(folder)
    except (UnreadableTimestamp, UnreadableSubmission):
        return None


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Whether a folder holds just these files, beside its time."""
    there = set()
    for place_, _, names in os.walk(folder):
        for name in names:
            path = Path(place_) / name
            key = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file():
                return False
            if key != TIMESTAMP:
                there.add(key)
    return there == files.keys() and all(
        (folder / key).stat().st_size == len(content) and (folder / key).read_bytes() == content
        for key, content in files.items()
    )


def _exchange(course: Course, folder: Path, files: dict[str, bytes], received: dt.datetime) -> None:
    """Write the new folder beside the old one, then let them change places."""
    arriving = folder.with_name(f".{folder.name}.arriving")
    if arriving.exists():
        shutil.rmtree(arriving)  # of a run that was stopped
    files[TIMESTAMP] = timestamp_text(received).encode()
    try:
        for name, content in files.items():
            _write(arriving / name, content)
        if os.path.lexists(folder):
            _keep(course, folder)
        os.rename(arriving, folder)
    except OSError:
        shutil.rmtree(arriving, ignore_errors=True)
        raise


def _keep(course: Course, folder: Path) -> None:
    """Move the submission before to `build/collected-before/<student>/<lab>/<time>/`."""
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    kept = course.build / BEFORE / folder.parent.name / folder.name / now
    number = 1
    while os.path.lexists(kept):
        number += 1
        kept = kept.with_name(f"{now}-{number}")
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder, kept)  # links in it are moved as links


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
