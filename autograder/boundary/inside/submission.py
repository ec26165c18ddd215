"""One submission's first process: runs no student code itself, starts and interrupts its notebook.

Behind the inner wall it is process 1, so everything below it ends with it. Its guard stands
outside.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autograder.boundary.inside import linux, process, wall
from autograder.boundary.inside.places import Places
from autograder.boundary.inside.plan import Plan
from autograder.boundary.wire import Channel, ChannelClosed

SMALL_DATA = {"MNIST": "digits/MNIST", "sst2": "reviews/sst2"}  # as loaders look for them
LEAST_BYTES, LEAST_FILES = 1_000_000, 100
Serve = Callable[[Channel, int], None]
Serves = Mapping[str, Serve]


def make_home(plan: Plan) -> Path | None:
    """A folder for a submission that gets no `/tmp` of its own; see `clear_away`."""
    if plan.inner == "namespaces":
        return None
    home = Path(tempfile.mkdtemp(prefix="submission-"))
    if plan.user and os.getuid() == 0:
        os.chown(home, plan.user, plan.user)
    return home


def clear_away(home: Path | None, plan: Plan) -> None:
    """Remove what a submission wrote to where it outlives it; none of its processes is left."""
    if home:
        _remove(home)
    if plan.private:
        for entry in os.scandir(wall.SHARED_MEMORY):
            with contextlib.suppress(OSError):
                if entry.stat(follow_symlinks=False).st_uid == plan.user:
                    os.unlink(entry.path)


def _remove(home: Path) -> None:
    """With the system's tools: a hostile tree can be too deep for Python's, or closed to us."""
    for words in (["rm", "-rf"], ["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
        if home.exists():
            subprocess.run([*words, "--", str(home)], stderr=subprocess.DEVNULL, check=False)


def start_submission(
    fd: int, plan: Plan, allowance: wall.Allowance, serves: Serves, home: Path | None
) -> None:
    """Put the inner wall around this process and serve the descriptor; never returns.

    Args:
        fd: A socket to the trusted side.
        plan: Which wall, and where data lie.
        allowance: What may be used up.
        serves: What a process may do with its channel and seed, by name: be a notebook, or else.
        home: What `make_home` made.
    """
    if plan.inner == "namespaces":
        wall.enter_namespaces(allowance, plan.below_tmp)
        pid = os.fork()
        if pid:
            os.close(fd)
            os.waitpid(pid, 0)
            os._exit(0)
        process.become_child()
        wall.seal_namespaces(allowance)
    elif plan.user and os.getuid() == 0:
        process.become_user(plan.user)
    home = home or Path(tempfile.mkdtemp(prefix="submission-"))
    if plan.inner == "landlock":
        wall.seal_with_landlock(allowance, str(home), plan.readable, plan.private)
    signal.signal(signal.SIGCHLD, _take_leave)
    places = Places(home) if plan.inner == "namespaces" else None
    _serve_submission(Channel(socket.socket(fileno=fd)), home, plan.data, serves, places)
    os._exit(0)


def _take_leave(*_: object) -> None:
    """Wait for whatever has ended, orphans too, so that its CPU time is counted above."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _serve_submission(
    channel: Channel, home: Path, data: str, serves: Serves, places: Places | None
) -> None:
    """Answer requests until the channel closes: about what it forks, and about room to write."""
    forked = 0
    while True:
        try:
            request = channel.receive(fds=1)
        except ChannelClosed:
            return
        reply: dict[str, Any] = {}
        if request["op"] == "fork":
            forked = _fork(channel, home, data, request, serves)
        elif request["op"] == "interrupt" and forked:
            reply = process.send_signal(forked, signal.SIGINT)
        elif request["op"] == "stop" and forked:
            reply = process.send_signal(forked, signal.SIGKILL)
        elif request["op"] == "disk":
            reply = {"full": _is_full(home)}
        elif request["op"] == "tidy":
            reply = {"tidy": places is not None and places.tidy()}
        channel.send(reply)


def _is_full(home: Path) -> bool:
    """Whether nothing more can be written: then nothing that runs here can be relied on."""
    for place in (home, Path(wall.SHARED_MEMORY)):
        with contextlib.suppress(OSError):
            left = os.statvfs(place)
            if left.f_bavail * left.f_frsize < LEAST_BYTES or left.f_ffree < LEAST_FILES:
                return True
    return False


def _fork(channel: Channel, home: Path, data: str, request: dict[str, Any], serves: Serves) -> int:
    """Fork; the child serves the descriptor that came with the request and never returns."""
    fd = channel.received_fds.pop()
    folder = home / request["name"]
    pid = os.fork()
    if pid:
        os.close(fd)
        return pid
    process.become_child()
    linux.prctl(linux.PR_SET_DUMPABLE, 1)  # so that the guard can read what memory it shares
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    channel.close()
    try:
        _enter_folder(folder, data, request["files"])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        serves[request["serve"]](Channel(socket.socket(fileno=fd)), request["seed"])
    except (ChannelClosed, KeyboardInterrupt):
        pass
    finally:
        os._exit(0)


def _enter_folder(folder: Path, data_dir: str, files: dict[str, bytes]) -> None:
    """A working, home and temporary folder of the notebook's own, with the small data beside."""
    work, temporary = folder / "work", folder / "tmp"
    work.mkdir(parents=True)
    temporary.mkdir()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    os.chdir(work)
    data = work / "data"
    data.mkdir()
    for name, place in SMALL_DATA.items():
        (data / name).symlink_to(Path(data_dir) / place)
    for name, content in files.items():
        (work / name).write_bytes(content)
    os.environ |= {
        "HOME": str(work),
        "TMPDIR": str(temporary),
        "MPLCONFIGDIR": str(temporary),
        "LABKIT_DATA": str(data),
        "LABKIT_QUICK": "1",  # few batches; see labkit.quick
    }
    tempfile.tempdir = None
