"""Reads zips that strangers made.

Does: list a zip's members with what is wrong with each, and read single members within limits that
are counted while reading; what a header claims is believed in nothing. Does not: write any file, or
open a zip inside a zip.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from autograder.collecting.reading import KINDS, size
from autograder.collecting.times import DosTime

CHUNK_BYTES = 1 << 16
END, END_64, END_BYTES = b"PK\x05\x06", b"PK\x06\x07", 22
ENCRYPTED = 0x1 | 0x40
UTF8 = 0x800
LONGEST_PART = 255  # bytes
# What zipfile raises for bytes that are not as they should be.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)


class UnsafeZip(Exception):
    """Why nothing is taken from a zip: one clause, such as "is no zip"."""


class TooLarge(UnsafeZip):
    """A member is larger than a file of its kind may be."""


@dataclass(frozen=True)
class Limits:
    """What a zip may hold.

    Attributes:
        directory_bytes: Its table of contents, which is read as a whole; None: unlimited.
        members: Files and folders.
        total_bytes: Everything read, unpacked.
        ratio: Unpacked to packed bytes of one member.
        ratio_from_bytes: Members below this size may have any ratio.
    """

    directory_bytes: int | None = 4_000_000
    members: int = 30_000
    total_bytes: int = 200_000_000
    ratio: float = 200.0
    ratio_from_bytes: int = 10_000_000


STUDENTS = Limits()
BULK = Limits(directory_bytes=None, members=200_000, total_bytes=200_000_000_000)


@dataclass(frozen=True)
class Member:
    """One file in a zip.

    Attributes:
        path: Its name, NFC, without `.` and empty parts.
        problem: Why it must not be taken, in one clause; empty where it may.
        date_time: When it was written, as the zip says.
        info: What zipfile knows of it.
    """

    path: str
    problem: str
    date_time: DosTime
    info: zipfile.ZipInfo


class SafeZip:
    """An open zip of a stranger's.

    Args:
        source: Its bytes, or its path.
        limits: What it may hold.

    Raises:
        UnsafeZip: It is no zip, or its table of contents is too large.
    """

    def __init__(self, source: bytes | Path, limits: Limits = STUDENTS) -> None:
        self._limits = limits
        self._left_bytes = limits.total_bytes
        file: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        self._file = file
        try:
            self._size_bytes = file.seek(0, io.SEEK_END)
            _check_directory(file, self._size_bytes, limits)
            self._archive = zipfile.ZipFile(file)
            if len(self._archive.infolist()) > limits.members:
                raise UnsafeZip(f"holds more than {limits.members} files")
        except UnsafeZip:
            file.close()
            raise
        except DAMAGED:
            file.close()
            raise UnsafeZip("is no zip, or a damaged one") from None
        self.members = _members(self._archive.infolist())

    def __enter__(self) -> SafeZip:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()
        self._file.close()

    def read(self, member: Member, limit_bytes: int) -> bytes:
        """Unpack one member in memory.

        Args:
            member: One without a problem.
            limit_bytes: The largest size that a file of its kind may have.

        Raises:
            TooLarge: It unpacks to more than that.
            UnsafeZip: It has a problem, is damaged, or breaks a limit of the whole zip.
        """
        if member.problem:
            raise UnsafeZip(f"holds {member.path}, which {member.problem}")
        packed = max(1, min(member.info.compress_size, self._size_bytes))
        content = bytearray()
        try:
            with self._archive.open(member.info) as file:
                while chunk := file.read(CHUNK_BYTES):
                    content += chunk
                    self._count(len(chunk), len(content), packed, member, limit_bytes)
        except DAMAGED:
            raise UnsafeZip(f"holds {member.path}, which is damaged") from None
        return bytes(content)

    def _count(
        self, new_bytes: int, so_far: int, packed: int, member: Member, limit_bytes: int
    ) -> None:
        limits = self._limits
        self._left_bytes -= new_bytes
        if self._left_bytes < 0:
            raise UnsafeZip(f"unpacks to more than {size(limits.total_bytes)}")
        if so_far > limits.ratio_from_bytes and so_far > limits.ratio * packed:
            raise UnsafeZip(
                f"holds {member.path}, which unpacks to more than {limits.ratio:g} times its size"
            )
        if so_far > limit_bytes:
            raise TooLarge(f"holds {member.path}, which is larger than {size(limit_bytes)}")


def unpack(
    source: bytes | Path,
    wanted: Callable[[str], bool],
    limit_bytes: int,
    limits: Limits = STUDENTS,
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Unpack the wanted files of a zip in memory: all of them, or none.

    Args:
        source: The zip's bytes, or its path.
        wanted: Told each path; says whether it is taken.
        limit_bytes: The largest size of one file.
        limits: Of the whole zip.

    Returns:
        Contents by path; why others must not be taken, by path.

    Raises:
        UnsafeZip: It is no zip, breaks a limit, or a wanted file has a problem.
    """
    with SafeZip(source, limits) as archive:
        chosen = [member for member in archive.members if wanted(member.path)]
        files = {member.path: archive.read(member, limit_bytes) for member in chosen}
        others = (member for member in archive.members if not wanted(member.path))
        return files, {member.path: member.problem for member in others if member.problem}


def _check_directory(file: BinaryIO, size_bytes: int, limits: Limits) -> None:
    """Refuse a huge table of contents, which zipfile would read into memory before all else."""
    if limits.directory_bytes is None:
        return
    start = max(0, size_bytes - END_BYTES - (1 << 16) - 20)
    file.seek(start)
    tail = file.read()
    end = len(tail) - END_BYTES
    if end < 0 or tail[end : end + 4] != END or tail[-2:] != b"\0\0":
        end = tail.rfind(END)  # a comment follows, as zipfile looks for it
    if end < 0 or len(tail) < end + END_BYTES:
        raise UnsafeZip("is no zip, or a damaged one")
    if tail[max(0, end - 20) : end].startswith(END_64):
        raise UnsafeZip("is in a format (zip64) that only zips of more than 4 GB need")
    (claimed,) = struct.unpack_from("<L", tail, end + 12)
    if claimed > limits.directory_bytes:
        raise UnsafeZip(f"has a table of contents of more than {size(limits.directory_bytes)}")


def _members(infos: list[zipfile.ZipInfo]) -> list[Member]:
    paths = [_path(info) for info in infos]
    exact = Counter(paths)
    folded = Counter(path.casefold() for path in exact)
    members = []
    for info, path in zip(infos, paths, strict=True):
        problem = _problem(info, path)
        if not problem and exact[path] > 1:
            problem = "is there twice"
        if not problem and folded[path.casefold()] > 1:
            problem = "differs from another only in upper and lower case"
        if not (info.is_dir() and not problem):
            members.append(Member(path, problem, info.date_time, info))
    return members


def _path(info: zipfile.ZipInfo) -> str:
    """The name as it was written: before zipfile cuts it at a NUL, and in UTF-8 if it is any."""
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")  # macOS writes UTF-8 and does not say so
        except UnicodeError:
            name = info.orig_filename
    kept = [part for part in name.split("/") if part not in ("", ".")]
    absolute = "/" if name.startswith("/") else ""
    return unicodedata.normalize("NFC", absolute + "/".join(kept))


def _problem(info: zipfile.ZipInfo, path: str) -> str:
    """Why a member must not be taken, whatever else the zip holds."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    parts = path.split("/")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return KINDS.get(kind, "is no ordinary file")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in path):
        return "has control characters in its name"
    if "\\" in path:
        return "has a backslash in its name"
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "has an absolute path"
    if ".." in parts:
        return "leads out of its folder"
    if any(len(part.encode()) > LONGEST_PART for part in parts):
        return "has too long a name"
    if info.flag_bits & ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that is not taken (expected: deflate)"
    return ""
