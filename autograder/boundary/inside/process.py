"""What a forked child does first, and how a group of processes is ended."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from autograder.boundary.inside import linux

LEAVE_S = 0.5


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


def send_signal(pid: int, number: int) -> dict[str, int]:
    """Signal a child, or kill it with its process group.

    Returns:
        Nothing; where the wall refuses signals, whose it is to be: the guard sends it then.
    """
    for send in (os.killpg, os.kill) if number == signal.SIGKILL else (os.kill,):
        try:
            send(pid, number)
        except PermissionError:
            return {"refused": pid}
        except ProcessLookupError:
            pass
    return {}


def end_child(pid: int) -> dict[str, int]:
    """Kill a child and its process group, and wait for the child; returns as `send_signal`."""
    refused = send_signal(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        if not refused:
            os.waitpid(pid, 0)
        deadline = time.monotonic() + LEAVE_S  # nobody needs it: it may be leaving by itself
        while refused and not os.waitpid(pid, os.WNOHANG)[0]:
            if time.monotonic() > deadline:
                return refused
            time.sleep(0.002)
    return {}
