"""One notebook's process: executes cells, and forks a snapshot of itself for each hidden test."""

from __future__ import annotations

import os
import random
import signal
import socket
import sys
from typing import Any

import numpy as np
import torch

from autograder.boundary.inside import process
from autograder.boundary.inside.shell import NotebookShell, execute_cell, start_shell
from autograder.boundary.inside.snapshot import serve_snapshot
from autograder.boundary.wire import Channel, ChannelClosed


def serve_notebook(channel: Channel, seed: int) -> None:
    """Answer requests until the channel closes.

    Args:
        channel: Carries `cell`, `snapshot` (with a descriptor) and `drop` requests.
        seed: Reseeds the random generators, which the fork would otherwise share.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    shell = start_shell()
    snapshot_pid = 0
    while True:
        request = _receive(channel)
        reply: dict[str, Any] = {}
        if request["op"] == "cell":
            reply = execute_cell(shell, request["source"])
        elif request["op"] == "snapshot":
            snapshot_pid = _fork_snapshot(channel, shell)
        elif request["op"] == "drop":
            process.kill_group(snapshot_pid)
        channel.send(reply)


def _receive(channel: Channel) -> dict[str, Any]:
    """Wait for a request; an interrupt meant for a cell that has just ended is let go."""
    while True:
        try:
            return channel.receive(fds=1)
        except KeyboardInterrupt:
            continue


def _fork_snapshot(channel: Channel, shell: NotebookShell) -> int:
    """Fork; the child serves the descriptor that came with the request and never returns."""
    fd = channel.received_fds.pop()
    pid = os.fork()
    if pid:
        os.close(fd)
        return pid
    process.become_child()
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    channel.close()
    try:
        serve_snapshot(Channel(socket.socket(fileno=fd)), shell.user_ns)
    except ChannelClosed:
        pass
    except BaseException as error:  # the trusted side sees a closed channel and says so
        print(f"snapshot: {error!r}", file=sys.__stderr__)
    finally:
        os._exit(0)
