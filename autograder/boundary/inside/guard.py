"""The guard of one submission: stands outside its wall, sees all its processes, ends them.

A student's code can neither see nor signal it. It watches memory, processes and wall time, ends the
submission at a limit or when the trusted side asks, and says why. There is no process of the
submission left when it ends.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import psutil

from autograder.boundary.inside import process
from autograder.boundary.inside.wall import Allowance
from autograder.boundary.wire import Channel, ChannelClosed

INTERVAL_S = 0.1
MEGABYTE = 1_000_000
FEW_FILES = 200  # open in all processes of a submission
SOCKET_BYTES = 300_000  # Linux lets 213 KB wait in one, if nobody asks for more
END_S = 60.0


def guard_submission(
    channel: Channel,
    allowance: Allowance,
    start: Callable[[], None],
    theirs: tuple[int, ...],
    clear_away: Callable[[], None],
) -> None:
    """Fork the submission, watch it until it ends or must end, then clear up.

    Args:
        channel: To the trusted side, which may ask for a signal to one of its processes, for
            all of the time once more, and for the end, and gets `{"ended": why}`.
        allowance: What the submission may use up.
        start: What the fork does; it never returns.
        theirs: Descriptors that the fork has and this process closes.
        clear_away: Removes what outlives the submission.
    """
    process.adopt_orphans()
    inherited = _own_memory(os.getpid())
    pid = os.fork()
    if pid == 0:
        process.become_child()
        channel.close()
        try:
            start()
        except BaseException:  # the grader's log says why no submission starts here
            traceback.print_exc()
        finally:
            os._exit(1)
    for descriptor in theirs:
        os.close(descriptor)
    process.hurry()
    reason = _watch(channel, pid, allowance, inherited)
    _end(pid)
    clear_away()
    with contextlib.suppress(ChannelClosed):
        channel.send({"ended": reason})


def _watch(channel: Channel, pid: int, allowance: Allowance, inherited: int) -> str:
    """Look every tenth of a second; why the submission has ended or must end."""
    deadline = time.monotonic() + allowance.seconds
    while time.monotonic() < deadline:
        if channel.wait(INTERVAL_S):
            wish = _obey(channel)
            if wish == "end":
                return ""
            if wish == "renew":
                deadline = time.monotonic() + allowance.seconds
        if os.waitpid(pid, os.WNOHANG)[0]:
            return "its process ended"
        family = _family()
        count = sum(_threads(member.pid) for member in family)
        if count > allowance.processes:
            return f"more than {allowance.processes} processes and threads"
        if _memory(family, inherited, allowance.memory_bytes) > allowance.memory_bytes:
            return f"more than {allowance.memory_bytes // MEGABYTE} MB of memory"
    return f"more than {allowance.seconds:g} s in all"


def _obey(channel: Channel) -> str:
    """What the trusted side wishes: `end`, also where it is gone, or `renew`.

    Or `signal`, which is sent at once: the submission's own wall refuses it.
    """
    try:
        request = channel.receive()
    except ChannelClosed:
        return "end"
    if request["op"] == "signal" and any(m.pid == request["pid"] for m in _family()):
        process.send_signal(request["pid"], request["number"])
    return str(request["op"])


def _family() -> list[psutil.Process]:
    try:
        return psutil.Process().children(recursive=True)
    except psutil.Error:
        return []


def _memory(family: list[psutil.Process], inherited: int, limit: int) -> int:
    """What the submission has beyond the warm process: counted roughly, at the limit exactly."""
    buffers = _socket_memory(family)
    rough = buffers + sum(max(0, _own_memory(member.pid) - inherited) for member in family)
    if rough <= limit:
        return rough
    total = buffers - inherited
    for member in family:
        exact = _proportional_memory(member.pid)
        total += max(0, _own_memory(member.pid) - inherited) if exact is None else exact
    return total


def _own_memory(pid: int) -> int:
    """Memory of a process in bytes, also where it shares it with a fork, and its page tables."""
    wanted = ("RssAnon:", "RssShmem:", "VmSwap:", "VmPTE:")
    return _sum_of_lines(f"/proc/{pid}/status", wanted) or 0


def _proportional_memory(pid: int) -> int | None:
    """The same, with what is shared divided among those who share it; None where it is hidden."""
    shares = _sum_of_lines(f"/proc/{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:", "SwapPss:"))
    tables = _sum_of_lines(f"/proc/{pid}/status", ("VmPTE:",))
    return None if shares is None or tables is None else shares + tables


def _socket_memory(family: list[psutil.Process]) -> int:
    """What the kernel may keep for sockets; none is looked for among a few files."""
    files = [f"/proc/{m.pid}/fd/{name}" for m in family for name in _names(f"/proc/{m.pid}/fd")]
    if len(files) <= FEW_FILES:
        return 0
    sockets = set()
    for file in files:
        with contextlib.suppress(OSError):
            target = os.readlink(file)
            if target.startswith("socket:"):
                sockets.add(target)
    return len(sockets) * SOCKET_BYTES


def _sum_of_lines(path: str, names: tuple[str, ...]) -> int | None:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return None
    found = [line.split() for line in lines if line.startswith(names)]
    return sum(int(words[1]) * 1024 for words in found)


def _threads(pid: int) -> int:
    return len(_names(f"/proc/{pid}/task"))


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _end(pid: int) -> None:
    """Kill everything below this process until nothing is left; process 1 takes its own along.

    All are stopped before any is killed: what is stopped starts no others in the meantime.
    """
    deadline = time.monotonic() + END_S
    while (family := _family()) and time.monotonic() < deadline:
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for member in family:
                with contextlib.suppress(psutil.Error):
                    member.send_signal(number)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.005)
