"""What one notebook may leave behind a wall, removed before the student's next one starts there.

Does: say whether all is as it was, by counts of the kernel's own, from which nothing can hide: the
children of process 1, the files of each file system. Does not: clear away what outlives a
submission (`submission` does).
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import NamedTuple

from autograder.boundary.inside.wall import SHARED_MEMORY

TEMPORARY = "/tmp"
LEAVE_S, PAUSE_S = 0.5, 0.004


class _State(NamedTuple):
    """Of one folder: which it is, who may do what there, and how full its file system is."""

    inode: int
    mode: int
    attributes: tuple[str, ...]
    files: int
    bytes_used: int


class Places:
    """What process 1 of new namespaces sees before any of a student's code has run.

    Args:
        home: The folder that holds those of notebooks, empty.
    """

    def __init__(self, home: Path) -> None:
        self._folders = [str(home), TEMPORARY, SHARED_MEMORY]
        self._before = {folder: frozenset(os.listdir(folder)) for folder in self._folders}
        self._states = self._look()

    def tidy(self) -> bool:
        """Wait until every process has left, remove what is new; whether all is as it was."""
        if not _is_alone():
            return False
        try:
            for folder, before in self._before.items():
                _remove_others(folder, before)
            return self._look() == self._states
        except (OSError, RecursionError):  # a folder closed to us, or too deep
            return False

    def _look(self) -> list[_State]:
        return [_state(folder) for folder in self._folders]


def _is_alone() -> bool:
    """Whether process 1 has no child: whatever else lives in its namespace descends from one."""
    deadline = time.monotonic() + LEAVE_S
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(PAUSE_S)
        except ChildProcessError:
            return True
    return False


def _remove_others(folder: str, before: frozenset[str]) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name not in before:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    os.unlink(entry.path)


def _state(folder: str) -> _State:
    entry, system = os.lstat(folder), os.statvfs(folder)
    return _State(
        entry.st_ino,
        entry.st_mode,
        tuple(os.listxattr(folder, follow_symlinks=False)),
        system.f_files - system.f_ffree,
        (system.f_blocks - system.f_bfree) * system.f_frsize,
    )
