"""The outer wall: a box around one warm process, in which nothing of the course can be seen.

Does: start the process with just the Python environment, the boundary's code, the student edition
of labkit and the small data in sight, all read-only, without a network. Does not: keep submissions
of one warm process apart; the inner wall does.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from autograder.boundary.inside.plan import Plan
from autograder.boundary.wire import Channel
from autograder.walls import bubblewrap, container, environment
from autograder.walls.container import SOCKET_FOLDER, ContainerFailed
from autograder.walls.environment import DATA, LABKIT, PACKAGE, SETTLED
from autograder.walls.isolation import Isolation

PASSED_ON = ("PATH", "TMPDIR", "HOME", "MPLCONFIGDIR")
CONTAINER_START_S = 60.0
SOCKET = "socket"


class BoxFailed(Exception):
    """The box did not come up; the message says what it printed."""


@dataclass
class Box:
    """A running warm process.

    Attributes:
        process: The outermost one; killing it ends everything inside.
        printed: A file with what they wrote to stderr.
        kill: What else is needed to end them.
    """

    process: subprocess.Popen[bytes]
    printed: BinaryIO
    kill: Callable[[], None] | None = None

    def end(self) -> str:
        """Kill it and return the end of what it printed."""
        if self.kill and self.process.poll() is None:
            self.kill()
        self.process.kill()
        self.process.wait()
        if self.printed.closed:
            return ""
        self.printed.seek(0)
        text = self.printed.read()[-2000:].decode(errors="replace").strip()
        self.printed.close()
        return text


def open_box(
    isolation: Isolation, data: Path, labkit: Path, probe: bool, cpu: int | None
) -> tuple[Box, Channel]:
    """Start a warm process behind the outer wall.

    Args:
        isolation: Which walls.
        data: The small data that notebooks find.
        labkit: The folder that holds the student edition of `labkit`.
        probe: Start it for probing only.
        cpu: The CPU that it keeps to once it is warm; a container has those of its engine.

    Returns:
        The box, and a channel to the warm process.

    Raises:
        BoxFailed: It cannot be started.
    """
    plan = _plan(isolation, data, labkit, cpu)
    if isolation.outer == "container":
        return _open_container(isolation, plan, data, labkit, probe)
    channel, theirs = Channel.pair()
    with theirs:
        command = _warm_command(str(theirs.fileno()), plan, probe)
        variables = dict(SETTLED)
        if isolation.outer == "bubblewrap":
            words = bubblewrap.warm_process_words(isolation.program, data, labkit)
            command = [*words, *command]
        else:
            variables |= {name: os.environ[name] for name in PASSED_ON if name in os.environ}
            variables["PYTHONPATH"] = str(PACKAGE.parent)
            variables["PATH"] = f"{sys.prefix}/bin:{variables.get('PATH', os.defpath)}"
        return _start(command, variables, theirs.fileno()), channel


def _open_container(
    isolation: Isolation, plan: Plan, data: Path, labkit: Path, probe: bool
) -> tuple[Box, Channel]:
    """A container takes no descriptors: the warm process connects to a socket in a shared folder.

    The folder is gone, and nobody listens there any more, before any student's code runs.
    """
    name = container.new_name()
    with (
        tempfile.TemporaryDirectory(prefix="grader-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener,
    ):
        engine = isolation.program
        try:
            listener.bind(str(Path(folder, SOCKET)))
            listener.listen(1)
            words = container.warm_process_words(engine, name, data, labkit, Path(folder))
        except (OSError, ContainerFailed) as error:
            raise BoxFailed(str(error)) from None
        command = _warm_command(f"{SOCKET_FOLDER}/{SOCKET}", plan, probe)
        box = _start([*words, *command], dict(os.environ))
        box.kill = lambda: container.end(engine, name)
        return box, Channel(_accept(listener, box))


def _accept(listener: socket.socket, box: Box) -> socket.socket:
    deadline = time.monotonic() + CONTAINER_START_S
    listener.settimeout(0.1)
    while time.monotonic() < deadline and box.process.poll() is None:
        try:
            return listener.accept()[0]
        except TimeoutError:
            continue
    raise BoxFailed(box.end())


def _plan(isolation: Isolation, data: Path, labkit: Path, cpu: int | None) -> Plan:
    boxed = isolation.outer != "none"
    sights = environment.course_sights(data, labkit)
    course = sights if boxed else [path.resolve() for path in sights.values()]
    python = environment.environment_folders()
    return Plan(
        data=DATA if boxed else str(data.resolve()),
        labkit=LABKIT if boxed else str(labkit.resolve()),
        inner=isolation.inner,
        user=isolation.user,
        readable=tuple(map(str, (*course, *environment.readable_environment()))),
        below_tmp=tuple(str(folder) for folder in python if folder.is_relative_to("/tmp")),
        private=isolation.outer == "container",
        cpu=None if isolation.outer == "container" else cpu,
    )


def _warm_command(channel: str, plan: Plan, probe: bool) -> list[str]:
    wish = ["probe"] if probe else []
    module = "autograder.boundary.inside.warm"
    return [sys.executable, "-P", "-m", module, *wish, channel, plan.to_json()]


def _start(command: list[str], variables: dict[str, str], *fds: int) -> Box:
    printed = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the box)
    process = subprocess.Popen(
        command,
        pass_fds=fds,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=printed,
        start_new_session=True,  # Ctrl-C is the grader's to handle
    )
    return Box(process, printed)
