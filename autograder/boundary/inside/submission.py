"""One submission's process: runs no student code itself, starts and ends its notebooks."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
from pathlib import Path
from typing import Any

from autograder.boundary.inside import process
from autograder.boundary.inside.notebook import serve_notebook
from autograder.boundary.wire import Channel, ChannelClosed

SMALL_DATA = {"MNIST": "digits/MNIST", "sst2": "reviews/sst2"}  # as loaders look for them


def serve_submission(channel: Channel, data_dir: str) -> None:
    """Answer requests until the channel closes, then leave no process and no file behind.

    Args:
        channel: Carries `notebook` (with a descriptor), `interrupt` and `end` requests.
        data_dir: The small data that loaders find while grading.
    """
    process.adopt_orphans()
    home = Path(tempfile.mkdtemp(prefix="submission-"))
    notebook_pid = 0
    try:
        while True:
            request = channel.receive(fds=1)
            if request["op"] == "notebook":
                notebook_pid = _fork_notebook(channel, home, data_dir, request)
            elif request["op"] == "interrupt":
                _interrupt(notebook_pid)
            elif request["op"] == "end":
                process.kill_descendants()
            channel.send({})
    except ChannelClosed:
        pass
    finally:
        process.kill_descendants()
        shutil.rmtree(home, ignore_errors=True)


def _interrupt(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGINT)
    except ProcessLookupError:
        return


def _fork_notebook(channel: Channel, home: Path, data_dir: str, request: dict[str, Any]) -> int:
    """Fork; the child serves the descriptor that came with the request and never returns."""
    fd = channel.received_fds.pop()
    folder = home / request["name"]
    pid = os.fork()
    if pid:
        os.close(fd)
        return pid
    process.become_child()
    os.setsid()
    channel.close()
    try:
        _enter_folder(folder, data_dir, request["files"])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        serve_notebook(Channel(socket.socket(fileno=fd)), request["seed"])
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
    os.environ |= {"HOME": str(work), "TMPDIR": str(temporary), "LABKIT_DATA": str(data)}
    tempfile.tempdir = None
