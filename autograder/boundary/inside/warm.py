"""The warm process: imports everything once, runs no student code, forks for each submission.

Started as `python -m autograder.boundary.inside.warm SOCKET PLAN`; see `plan`. The socket is the
number of a descriptor, or a path to connect to. As `probe SOCKET PLAN` it imports nothing and its
notebooks only try what the walls let through.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from functools import partial

from autograder.boundary.inside import process, warming
from autograder.boundary.inside.guard import guard_submission
from autograder.boundary.inside.plan import Plan
from autograder.boundary.inside.submission import Serve, make_home, start_submission
from autograder.boundary.inside.wall import Allowance
from autograder.boundary.wire import Channel, ChannelClosed


def main(connected: socket.socket, plan: Plan, probe: bool = False) -> None:
    """Warm up, say so, then fork a submission for each request until the channel closes."""
    process.become_child()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    if plan.user and plan.inner == "namespaces":
        process.become_user(plan.user)
    sys.path.insert(0, plan.labkit)
    serve = _serve_probe() if probe else _serve_notebook()
    channel = Channel(connected)
    channel.send({"ready": True})
    while True:
        try:
            request = channel.receive(fds=2)
        except ChannelClosed:
            return
        submission_fd, guard_fd = channel.received_fds
        allowance = Allowance(**request["allowance"])
        pid = os.fork()
        if pid == 0:
            process.become_child()
            channel.close()
            try:
                guard, home = Channel(socket.socket(fileno=guard_fd)), make_home(plan)
                start = partial(start_submission, submission_fd, plan, allowance, serve, home)
                guard_submission(guard, allowance, start, (submission_fd,), home)
            finally:
                os._exit(0)
        os.close(submission_fd)
        os.close(guard_fd)
        os.waitpid(pid, 0)


def _connect(word: str) -> socket.socket:
    if word.isdecimal():
        return socket.socket(fileno=int(word))
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connected.connect(word)
    return connected


def _serve_notebook() -> Serve:
    warming.warm_up()
    from autograder.boundary.inside.notebook import serve_notebook

    return serve_notebook


def _serve_probe() -> Serve:
    from autograder.boundary.inside.probe import serve_probe

    warming.import_all(warming.FOR_WALLS)
    return serve_probe


if __name__ == "__main__":
    *wish, word, text = sys.argv[1:]
    main(_connect(word), Plan.from_json(text), probe=wish == ["probe"])
