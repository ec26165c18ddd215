"""What a forked child does first, and how a group of processes is ended."""

from __future__ import annotations

import contextlib
import os
import signal

from autograder.boundary.inside import linux


def become_child() -> None:
    """Die with the parent (Linux), so that a killed grader leaves nothing running."""
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies (Linux), to be able to end them."""
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)


def hurry() -> None:
    """Come before hundreds of processes of a submission, where this user may."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -20)


def become_user(user: int) -> None:
    """As root: become an ordinary user and group of that number, for good."""
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    linux.prctl(linux.PR_SET_DUMPABLE, 1)  # else its /proc belongs to root, and no namespace opens
    become_child()  # a change of user forgets it


def kill_group(pid: int) -> None:
    """Kill a child and its process group, and wait for the child."""
    if pid <= 0:
        return
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)
