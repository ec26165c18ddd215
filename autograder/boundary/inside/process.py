"""How a process starts, what a forked child does first, and how a group of them is ended."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import time
from collections.abc import Iterator

from autograder.boundary.inside import linux

LEAVE_S = 0.5


@contextlib.contextmanager
def imports_that_stay() -> Iterator[None]:
    """A block that imports what is used to the end: no garbage is looked for in it, then or later.

    Looking took a fifth of the time; nearly all that is made stays.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def keep_to(cpu: int | None) -> None:
    """Keep this process, and all that it starts, on one CPU; None leaves it all of them."""
    if cpu is not None:
        os.sched_setaffinity(0, {cpu})


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
