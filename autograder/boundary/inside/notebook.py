"""One notebook's process: executes cells, and at each check forks a copy of itself that waits.

The copy is `held` until the notebook has run to its end; only then do hidden tests use it, in forks
of it. So nothing that runs beside a hidden test can still write into the notebook.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.boundary.inside import process
from autograder.boundary.inside.randomness import RandomState, random_state
from autograder.boundary.inside.shell import NotebookShell, execute_cell, inherited_shell
from autograder.boundary.inside.snapshot import serve_snapshot
from autograder.boundary.wire import Channel, ChannelClosed


def serve_notebook(channel: Channel, seed: int) -> None:
    """Answer requests until the channel closes.

    Args:
        channel: Carries `cell` and `hold` (with a descriptor) requests.
        seed: Reseeds the random generators, which the fork would otherwise share.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    shell = inherited_shell()
    while True:
        request = _receive(channel)
        reply: dict[str, Any] = {}
        if request["op"] == "cell":
            reply = execute_cell(shell, request["source"])
        elif request["op"] == "hold":
            _fork(channel, partial(serve_held, shell=shell, state=random_state()))
        channel.send(reply)


def serve_held(channel: Channel, shell: NotebookShell, state: RandomState) -> None:
    """Wait as the notebook was at a check; fork for hidden tests.

    Args:
        channel: Carries `snapshot` (with a descriptor), `drop` and `here` requests.
        shell: Of the notebook.
        state: Of the notebook's random generators.
    """
    snapshot_pid, serve = 0, partial(serve_snapshot, namespace=shell.user_ns, state=state)
    while True:
        request = channel.receive(fds=1)
        reply: dict[str, Any] = {}
        if request["op"] == "snapshot":
            snapshot_pid = _fork(channel, serve, die_together=True)
        elif request["op"] == "drop" and snapshot_pid:
            reply = process.end_child(snapshot_pid)
        channel.send(reply)


def _receive(channel: Channel) -> dict[str, Any]:
    """Wait for a request; an interrupt meant for a cell that has just ended is let go."""
    while True:
        try:
            return channel.receive(fds=1)
        except KeyboardInterrupt:
            continue


def _fork(channel: Channel, serve: Callable[[Channel], None], die_together: bool = False) -> int:
    """Fork; the child serves the descriptor that came with the request and never returns."""
    fd = channel.received_fds.pop()
    pid = os.fork()
    if pid:
        with contextlib.suppress(OSError):  # here too: a signal to this group may come at once
            os.setpgid(pid, pid)
        os.close(fd)
        return pid
    if die_together:
        process.become_child()
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    channel.close()
    try:
        serve(Channel(socket.socket(fileno=fd)))
    except ChannelClosed:
        pass
    except BaseException as error:  # the trusted side sees a closed channel and says so
        print(f"{serve}: {error!r}", file=sys.__stderr__)
    finally:
        os._exit(0)
