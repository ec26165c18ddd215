"""What the instructor got: a bulk zip, a folder, or single files, as a list of pieces.

Does: list the files with the time of each. Does not: open students' zips, or decide whose they are.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.collecting.choosing import JUNK
from autograder.collecting.names import CANVAS, MOODLE, Naming
from autograder.collecting.reading import FILE, problem_of, size
from autograder.collecting.times import file_time, member_time
from autograder.collecting.unzip import BULK, Member, SafeZip, TooLarge, UnsafeZip
from autograder.errors import CourseError

STUDENT_ZIP_BYTES = 300_000_000
MOST_FILES = 200_000
FILE_CLOCK = "the time of the file on disk"
MEMBER_CLOCK = "the time of the file in the bulk zip"


@dataclass(frozen=True)
class Piece:
    """One file that the instructor got.

    Attributes:
        path: Its path in the source, parts divided by `/`.
        problem: Why it must not be opened, in one clause; empty where it may.
        received: When it came, in UTC.
        clock: Which clock said so.
        archive: The zip that it lies in, or the path on disk.
        member: Its place in that zip.
    """

    path: str
    problem: str
    received: dt.datetime
    clock: str
    archive: SafeZip | Path
    member: Member | None = None

    @property
    def is_zip(self) -> bool:
        """Whether its name says that it is a zip."""
        return self.path.lower().endswith(".zip")

    def read(self, limit_bytes: int) -> bytes:
        """Its content.

        Raises:
            UnsafeZip: It is no ordinary file, is too large, or is damaged.
        """
        if self.problem:
            raise UnsafeZip(self.problem)
        if isinstance(self.archive, SafeZip):
            assert self.member is not None
            return self.archive.read(self.member, limit_bytes)
        return _read_from_disk(self.archive, limit_bytes)


@contextlib.contextmanager
def opened(source: Path, naming: Naming, zone: ZoneInfo) -> Iterator[tuple[list[Piece], Naming]]:
    """The pieces of a source, and how to find out whose each is.

    Raises:
        CourseError: There is no such file or folder, or it is nothing that can be collected.
    """
    if source.is_dir():
        yield list(_in_folder(source)), naming.in_folders()
    elif not source.is_file():
        raise CourseError(f"There is no {source}; expected a zip, a notebook or a folder of them.")
    elif source.suffix.lower() == ".ipynb" or naming.owner(source.name):
        yield [_on_disk(source, source.name)], naming
    elif source.suffix.lower() != ".zip":
        raise CourseError(f"{source} is neither a zip nor a notebook nor a folder of them.")
    else:
        with _bulk(source) as archive:
            if _holds_submissions(archive, naming):
                yield [_in_zip(archive, m, source, zone) for m in archive.members], naming
            else:
                yield [_on_disk(source, source.name)], naming


@contextlib.contextmanager
def _bulk(source: Path) -> Iterator[SafeZip]:
    try:
        archive = SafeZip(source, BULK)
    except UnsafeZip as problem:
        raise CourseError(f"{source} {problem}.") from None
    with archive:
        yield archive


def _holds_submissions(archive: SafeZip, naming: Naming) -> bool:
    """Whether a zip without a student's name is many students' zips or folders."""
    return any(
        member.path.lower().endswith(".zip")
        or any(CANVAS.fullmatch(p) or MOODLE.fullmatch(p) for p in member.path.split("/"))
        or (naming.pattern is not None and naming.pattern.search(member.path))
        for member in archive.members
        if not JUNK & set(member.path.split("/"))
    )


def _in_zip(archive: SafeZip, member: Member, source: Path, zone: ZoneInfo) -> Piece:
    received, clock = member_time(member.date_time, zone), MEMBER_CLOCK
    if received is None:
        received, clock = file_time(source), FILE_CLOCK
    return Piece(member.path, member.problem, received, clock, archive, member)


def _on_disk(path: Path, name: str) -> Piece:
    found = path.lstat()
    problem = problem_of(found, STUDENT_ZIP_BYTES)
    return Piece(name, problem, file_time(path), FILE_CLOCK, path)


def _in_folder(folder: Path) -> Iterator[Piece]:
    """Every file below a folder; no link is followed."""
    count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - JUNK)
        for name in sorted(names):
            path = Path(place) / name
            count += 1
            if count > MOST_FILES:
                raise CourseError(f"{folder} holds more than {MOST_FILES} files.")
            yield _on_disk(path, path.relative_to(folder).as_posix())


def _read_from_disk(path: Path, limit_bytes: int) -> bytes:
    try:
        number = os.open(path, FILE)
        with os.fdopen(number, "rb") as file:
            found = os.fstat(number)
            if not stat.S_ISREG(found.st_mode):
                raise UnsafeZip("is no ordinary file")
            content = file.read(limit_bytes + 1)
    except OSError as error:
        raise UnsafeZip(f"cannot be read ({error.strerror})") from None
    if len(content) > limit_bytes:
        raise TooLarge(f"is larger than {size(limit_bytes)}")
    return content
