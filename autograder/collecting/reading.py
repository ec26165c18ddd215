"""Opens files of submissions, where anything may lie in a file's place.

Does: read one ordinary file below `build/submitted`, or say in one clause why not. It follows no
link, waits for no pipe, and looks at the size before it reads. Does not: look at the content.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KINDS = {
    stat.S_IFLNK: "is a symbolic link",
    stat.S_IFDIR: "is a folder",
    stat.S_IFIFO: "is a named pipe",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFBLK: "is a device",
    stat.S_IFCHR: "is a device",
}
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class UnreadableSubmission(Exception):
    """Why a submitted file is not read: one clause, such as "is a symbolic link"."""


class NotHandedIn(UnreadableSubmission):
    """There is no such file."""


def read_submitted(path: Path, limit_bytes: int) -> bytes:
    """Read a notebook of a submission if it is an ordinary file.

    Args:
        path: `build/submitted/<student>/<lab>/<file>`. The folders of student and lab must be
            real ones; what lies above them is the instructor's and may be a link.
        limit_bytes: The largest size that is read.

    Raises:
        NotHandedIn: There is nothing at that place.
        UnreadableSubmission: There is something, but it is no ordinary file, is too large, or
            cannot be read.
    """
    try:
        with _folder_of(path) as folder:
            content = _read(path.name, folder, limit_bytes)
        if path.lstat().st_nlink > 1 and not _is_first_name(path):
            raise UnreadableSubmission("is another student's file (a hard link)")
        return content
    except FileNotFoundError:
        raise NotHandedIn("was not handed in") from None
    except OSError as error:
        raise UnreadableSubmission(f"cannot be read ({error.strerror})") from None


def problem_of(found: os.stat_result, limit_bytes: int, is_notebook: bool = False) -> str:
    """What keeps a file from being read; empty for an ordinary small one.

    Args:
        found: What `lstat` or `fstat` says of it.
        limit_bytes: The largest size that is read.
        is_notebook: Whether it is only ever read as a notebook. Then it may have another name, lest
            a link of one student costs another their work; see `read_submitted`.
    """
    if not stat.S_ISREG(found.st_mode):
        return KINDS.get(stat.S_IFMT(found.st_mode), "is no ordinary file")
    if found.st_nlink != 1 and not is_notebook:
        return "has another name elsewhere (a hard link)"
    if found.st_size > limit_bytes:
        return f"is larger than {size(limit_bytes)}"
    return ""


def _is_first_name(path: Path) -> bool:
    """Whether a file with several names got this one first, as the times of its folders tell."""
    mine, lab = path.lstat(), path.parent.name
    others = (p for p in path.parents[2].glob(f"*/{lab}/*.ipynb") if p != path)
    same = [p for p in others if p.lstat().st_ino == mine.st_ino]
    made = path.parent.stat().st_mtime_ns
    return all(made < other.parent.stat().st_mtime_ns for other in same)


def size(count_bytes: int) -> str:
    """A size for a sentence: `50 MB`, or `100 bytes` where it is less than one."""
    return f"{count_bytes / 1e6:g} MB" if count_bytes >= 1e6 else f"{count_bytes} bytes"


@contextmanager
def _folder_of(path: Path) -> Iterator[int]:
    """The open folder that a file lies in, reached step by step so that no step is a link."""
    student, lab = path.parents[1].name, path.parents[0].name
    opened = [os.open(path.parents[2], os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    try:
        for name in (student, lab):
            if stat.S_ISLNK(os.stat(name, dir_fd=opened[-1], follow_symlinks=False).st_mode):
                raise UnreadableSubmission("lies in a folder that is a symbolic link")
            opened.append(os.open(name, FOLDER, dir_fd=opened[-1]))
        yield opened[-1]
    finally:
        for number in opened:
            os.close(number)


def _read(name: str, folder: int, limit_bytes: int) -> bytes:
    # Looked at before it is opened, since opening a device can do something, and again after,
    # since it may have been exchanged in between.
    _insist(os.stat(name, dir_fd=folder, follow_symlinks=False), limit_bytes)
    number = os.open(name, FILE, dir_fd=folder)
    with os.fdopen(number, "rb") as file:
        _insist(os.fstat(number), limit_bytes)
        content = file.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise UnreadableSubmission(f"is larger than {size(limit_bytes)}")
    return content


def _insist(found: os.stat_result, limit_bytes: int) -> None:
    problem = problem_of(found, limit_bytes, is_notebook=True)
    if problem:
        raise UnreadableSubmission(problem)
