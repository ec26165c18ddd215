"""The warm process: imports everything once, runs no student code, forks for each submission.

Started as `python -m autograder.boundary.inside.warm SOCKET PLAN`; see `plan`. The socket is the
number of a descriptor, or a path to connect to. As `probe SOCKET PLAN` it imports nothing and its
notebooks only try what the walls let through.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from dataclasses import replace
from functools import partial

import psutil

from autograder.boundary.inside import process, warming
from autograder.boundary.inside.guard import guard_submission
from autograder.boundary.inside.hugepages import gather_into_huge_pages
from autograder.boundary.inside.plan import Plan
from autograder.boundary.inside.submission import Serves, clear_away, make_home, start_submission
from autograder.boundary.inside.wall import Allowance, uncover_proc
from autograder.boundary.wire import Channel, ChannelClosed


def main(connected: socket.socket, plan: Plan, probe: bool = False) -> None:
    """Warm up, say so, then fork a submission for each request until the channel closes."""
    process.become_child()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    if plan.user and plan.inner == "namespaces":
        uncover_proc()
        process.become_user(plan.user)
    sys.path.insert(0, plan.labkit)
    serves = _ready_to_probe() if probe else _ready_to_serve()
    process.keep_to(plan.cpu)
    channel = Channel(connected)
    channel.send({"ready": True})
    while True:
        try:
            request = channel.receive(fds=2)
        except ChannelClosed:
            _wait_for_guards()
            return
        _wait_for_guards(os.WNOHANG)
        submission_fd, guard_fd = channel.received_fds
        allowance = Allowance(**request["allowance"])
        own = replace(plan, private=plan.private and not request["beside"])
        pid = os.fork()
        if pid == 0:
            process.become_child()
            channel.close()
            try:
                guard, home = Channel(socket.socket(fileno=guard_fd)), make_home(own)
                start = partial(start_submission, submission_fd, own, allowance, serves, home)
                clear = partial(clear_away, home, own)
                guard_submission(guard, allowance, start, (submission_fd,), clear)
            finally:
                os._exit(0)
        os.close(submission_fd)
        os.close(guard_fd)


def _wait_for_guards(options: int = 0) -> None:
    """Until each has cleared up and left; with WNOHANG take leave of those that have."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass


def _connect(word: str) -> socket.socket:
    if word.isdecimal():
        return socket.socket(fileno=int(word))
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connected.connect(word)
    return connected


def _ready_to_serve() -> Serves:
    warming.warm_up()
    gather_into_huge_pages()
    from autograder.boundary.inside.notebook import serve_notebook
    from autograder.boundary.inside.onnx_file import serve_onnx

    own_bytes = psutil.Process().memory_info().vms
    return {
        "notebook": serve_notebook,
        "onnx": partial(serve_onnx, inherited_bytes=own_bytes),
    }


def _ready_to_probe() -> Serves:
    from autograder.boundary.inside.probe import serve_probe

    warming.import_all(warming.FOR_WALLS)
    return {"notebook": serve_probe}


if __name__ == "__main__":
    *wish, word, text = sys.argv[1:]
    main(_connect(word), Plan.from_json(text), probe=wish == ["probe"])
