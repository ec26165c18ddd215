"""What a submission could do behind the walls of this machine: tried, not assumed.

Stands in the place of a notebook's process and tries what hostile notebooks try. Each attempt gets
the same aims: `secret` (a file outside), `port` (a listening one of this machine), `victim` (the
number of a process outside); it succeeds by not raising.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from autograder.boundary.inside import linux
from autograder.boundary.wire import Channel

AF_VSOCK = 40
FORKS = 2_000
SIGNAL = "signal other processes"  # the grader sees for itself whether one arrived


def serve_probe(channel: Channel, seed: int) -> None:
    """Answer requests `{"try": name, ...aims}` until the channel closes."""
    while True:
        request = channel.receive()
        action = ATTEMPTS[request.pop("try")]
        channel.send({"succeeded": _succeeds(partial(action, **request))})


def _succeeds(action: Callable[[], Any]) -> bool:
    try:
        action()
    except Exception:  # whatever stops it, it is stopped
        return False
    return True


def _read(secret: str, **_: Any) -> None:
    Path(secret).read_bytes()


def _write(secret: str, **_: Any) -> None:
    """Succeeds where one of some well-known places can be written."""
    places = [Path(secret).parent, Path("/"), Path("/usr/local"), Path("/dev"), Path("/var/tmp")]
    for place in places:
        with contextlib.suppress(OSError):
            mark = place / f".probe-{os.getpid()}"
            mark.write_text("")
            mark.unlink()
            return
    raise OSError("nowhere")


def _connect(port: int, **_: Any) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as ours:
        ours.settimeout(1.0)
        ours.connect(("127.0.0.1", port))


def _send_udp(**_: Any) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.sendto(b"x", ("127.0.0.1", 9))


def _open_vsock(**_: Any) -> None:
    socket.socket(AF_VSOCK, socket.SOCK_STREAM).close()


def _see(victim: int, **_: Any) -> None:
    Path(f"/proc/{victim}/cmdline").read_bytes()


def _signal(victim: int, **_: Any) -> None:
    os.kill(victim, signal.SIGTERM)


def _unshare(**_: Any) -> None:
    linux.unshare(linux.CLONE_NEWUSER)


def _fork_without_end(**_: Any) -> None:
    """Fork sleepers until the machine refuses."""
    started = []
    try:
        for _number in range(FORKS):
            pid = os.fork()
            if pid == 0:
                signal.pause()
                os._exit(0)
            started.append(pid)
    finally:
        for pid in started:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


ATTEMPTS: dict[str, Callable[..., None]] = {
    "read a file of the grader's": _read,
    "write outside its own folder": _write,
    "connect by TCP": _connect,
    "send by UDP": _send_udp,
    "open a vsock": _open_vsock,
    "look at other processes": _see,
    SIGNAL: _signal,
    "open namespaces of its own": _unshare,
    "start processes without end": _fork_without_end,
}
