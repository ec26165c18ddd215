"""Landlock: which files a process may reach, where there are no namespaces (Linux 5.13 and later).

Does: restrict this process and all that it starts, for good. Does not: hide processes, limit memory
or close Unix sockets (`seccomp` and another user id do).

Source: Documentation/userspace-api/landlock.rst of the Linux kernel.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

from autograder.boundary.inside import linux

# The same numbers on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION = 1
PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_FILE, MAKE_FILE = 1 << 5, 1 << 8
TRUNCATE, DEVICE_IOCTL = 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
SHARE = READ_FILE | WRITE_FILE | REMOVE_FILE | MAKE_FILE | TRUNCATE
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | DEVICE_IOCTL  # what a single file can have
ALL_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many rights on files each version knows
TCP = 0b11  # bind and connect; since version 4
SCOPES = 0b11  # abstract Unix sockets and signals of others; since version 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("tcp", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Landlock's version on this kernel; 0 where it has none."""
    try:
        return linux.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str], shared: Iterable[str] = ()) -> None:
    """Allow nothing on files but to read some and to write some; no TCP where it can say that.

    Needs `no_new_privs`.

    Args:
        readable: Files and folders to read and execute, with all below.
        writable: The same, to do anything with.
        shared: Folders to keep files in, which cannot be listed.

    Raises:
        OSError: The kernel cannot do it.
    """
    known = version()
    everything = (1 << ALL_BY_ABI.get(known, 16)) - 1
    rules = _Ruleset(everything, TCP if known >= 4 else 0, SCOPES if known >= 6 else 0)
    size = 8 if known < 4 else 16 if known < 6 else 24
    ruleset = linux.syscall(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    for path in readable:
        _allow(ruleset, path, READ & everything)
    for path in writable:
        _allow(ruleset, path, everything)
    for path in shared:
        _allow(ruleset, path, SHARE & everything)
    linux.syscall(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no right
    rule = _PathBeneath(rights if os.path.isdir(path) else rights & OF_FILES, parent)
    linux.syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(parent)
