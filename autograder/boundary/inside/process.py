"""What a forked child does first, and how a group of processes is ended."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def become_child() -> None:
    """Die with the parent (Linux), so that a killed grader leaves nothing running."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies (Linux), to be able to end them."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, int(value), 0, 0, 0)


def kill_group(pid: int) -> None:
    """Kill a child and its process group, and wait for the child."""
    if pid <= 0:
        return
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def kill_descendants() -> None:
    """Kill everything below this process and wait until it is gone."""
    import psutil

    for _ in range(100):
        below = psutil.Process().children(recursive=True)
        if not below:
            return
        for child in below:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        psutil.wait_procs(below, timeout=0.1)
