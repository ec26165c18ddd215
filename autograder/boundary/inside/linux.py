"""The few calls of Linux that Python's `os` does not have, each raising `OSError` where refused.

Does: name them. Does not: decide which to use (`wall` does).
"""

from __future__ import annotations

import ctypes
import os
import sys

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 0x1, 0x2, 0x4, 0x8
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

MADV_COLLAPSE = 25

LAST_CAPABILITY = 63
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Give this process namespaces of its own."""
    _check(_libc.unshare(flags))


def mount(kind: str, target: str, flags: int = 0, options: str = "") -> None:
    """Mount a file system of a kind (`tmpfs`, `proc`), or change one that is (an empty kind)."""
    source = kind.encode() or None
    _check(_libc.mount(source, target.encode(), source, flags, options.encode() or None))


def bind(source: str, target: str) -> None:
    """Show a folder, with what is mounted below it, at another place."""
    _check(_libc.mount(source.encode(), target.encode(), None, MS_BIND | MS_REC, None))


def prctl(option: int, value: int = 0) -> None:
    """Set an attribute of this process; does nothing where there is no Linux."""
    if sys.platform == "linux":
        _check(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0))


def madvise(address: int, length: int, advice: int) -> None:
    """Say how some of this process's memory should be kept."""
    _check(_libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), advice))


def syscall(number: int, *arguments: object) -> int:
    """A system call that the C library has no function for."""
    return _check(int(_libc.syscall(number, *arguments)))


def drop_capabilities() -> None:
    """Give up every capability, in the bounding set too, for this process and all it starts."""
    for capability in range(LAST_CAPABILITY + 1):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # not ours to drop, or the kernel knows fewer
            continue
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, (ctypes.c_uint32 * 6)()))


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
