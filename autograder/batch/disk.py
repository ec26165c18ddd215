"""A full disk: noticed before a grade is written, and told in one sentence where it is not."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import CourseError

# What recording one student writes is far less; the gradebook's own journal is a part of it.
MARGIN_BYTES = 32_000_000
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
WORDS = (*(os.strerror(number) for number in FULL), "database or disk is full", "disk I/O error")


class DiskFull(CourseError):
    """There is no room for what grading writes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The disk that holds {folder} is full. Nothing is half written: grades that were "
            "recorded stand. Make room, then give the same command again."
        )


def require_space(folder: Path) -> None:
    """Make sure that a grade can be written as a whole.

    Raises:
        DiskFull: There is less room than one could need.
    """
    if shutil.disk_usage(folder).free < MARGIN_BYTES:
        raise DiskFull(folder)


def says_full(text: str) -> bool:
    """Whether an error that another program tells in words is about a full disk."""
    return any(words in text for words in WORDS)


@contextlib.contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Turn the operating system's word for a full disk into a sentence.

    Raises:
        DiskFull: That is what happened in the block.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(folder) from error
        raise
