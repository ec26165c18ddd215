"""The outer wall by Docker or Podman: a container with this machine's own system and Python in it.

Its image holds nothing but the names of the system's folders, so that none has to be fetched: what
lies in them is mounted, read-only, as bubblewrap does it. It runs on this machine's kernel only; a
daemon elsewhere, or in a virtual machine as on macOS, cannot mount what is here.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import os
import resource
import shutil
import subprocess
import tarfile
import uuid
from collections.abc import Iterable
from pathlib import Path

from autograder.walls import environment
from autograder.walls.environment import BOXED, SETTINGS, SYSTEM

ENGINES = ("docker", "podman")
SOCKET_FOLDER = "/grader"
MEMORY_BYTES = 4 * 1024**3  # of a worker; the guard ends a submission long before
TMP_BYTES = 512 * 10**6
FILES = 20_000
PROCESSES = 4096  # of a worker, and as many open files for each of them
RIGHTS = (
    *("SETUID", "SETGID"),  # to become the submission's user
    *("SYS_PTRACE", "SYS_NICE", "KILL"),  # to see what memory it has, be faster, and end it
    *("CHOWN", "DAC_OVERRIDE", "FOWNER"),  # to clear away what it left
)
ANSWER_S = 20.0


class ContainerFailed(Exception):
    """Docker or Podman did not do what was asked; the message is theirs."""


@functools.cache
def find_engine() -> tuple[str, str]:
    """The first of Docker and Podman that answers, and why there is none otherwise."""
    found = [name for name in ENGINES if shutil.which(name)]
    reasons = []
    for name in found:
        try:
            _ask(name, "info")
            return name, ""
        except ContainerFailed as error:
            reasons.append(f"{name} does not answer: {error}")
    return "", "; ".join(reasons) or "neither docker nor podman is installed"


def new_name() -> str:
    """A name for a container, to end it by."""
    return f"pruning-labs-{uuid.uuid4().hex[:12]}"


def end(engine: str, name: str) -> None:
    """End a container, where it still runs."""
    with contextlib.suppress(ContainerFailed):
        _ask(engine, "kill", name)


def warm_process_words(engine: str, name: str, data: Path, labkit: Path, socket: Path) -> list[str]:
    """The words before a command that put it into a warm process's container.

    Args:
        engine: One of `ENGINES`.
        name: See `new_name`.
        data: The small data.
        labkit: The folder that holds the student edition of `labkit`.
        socket: A folder, seen as `SOCKET_FOLDER`.

    Raises:
        ContainerFailed: The image cannot be made.
    """
    sights = environment.course_sights(data, labkit) | {SOCKET_FOLDER: socket}
    return [
        *box_words(engine, name),
        *(word for place, source in sights.items() for word in _mount(source, place)),
        *(word for right in RIGHTS for word in ("--cap-add", right)),
        *("--memory", str(MEMORY_BYTES), "--workdir", "/tmp", _image(engine)),
    ]


def box_words(engine: str, name: str) -> list[str]:
    """What every container has: the system and the Python environment, read-only; no network.

    Docker's own filter on system calls is left out, since older ones refuse Landlock; each
    submission gets a filter of ours. SELinux's labels are, since they would hide the system.

    Raises:
        ContainerFailed: The engine does not answer.
    """
    command = [
        *(engine, "run", "--rm", "--name", name, "--hostname", "sandbox"),
        *("--network", "none", "--read-only", "--cap-drop", "ALL", "--pids-limit", str(PROCESSES)),
        *("--security-opt", "no-new-privileges", "--security-opt", "seccomp=unconfined"),
        *("--security-opt", "label=disable", "--shm-size", str(TMP_BYTES)),
        *("--tmpfs", f"/tmp:mode=1777,size={TMP_BYTES}{_files_limit(engine)}"),
    ]
    for kind in ("nofile", "nproc"):  # engines ask for more than they may give
        _, most = resource.getrlimit(getattr(resource, f"RLIMIT_{kind.upper()}"))
        most = PROCESSES if most == resource.RLIM_INFINITY else min(most, PROCESSES)
        command += ["--ulimit", f"{kind}={most}:{most}"]
    for variable, value in BOXED.items():
        command += ["--env", f"{variable}={value}"]
    for place in (*_system_folders(), *SETTINGS):
        if Path(place).exists():
            command += _mount(Path(place), place)
    for folder in environment.environment_folders():
        command += _mount(folder, str(folder))
    for package in environment.hidden_packages(environment.PACKAGE):
        command += ["--tmpfs", f"{package}:ro,size=4k"]
    return command


@functools.cache
def _image(engine: str) -> str:
    """An image with the system's folders and links, and nothing in them; made where it is missing.

    Raises:
        ContainerFailed: It cannot be made.
    """
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for place in map(Path, SYSTEM):
            entry = tarfile.TarInfo(str(place)[1:])
            if place.is_symlink():
                entry.type, entry.linkname = tarfile.SYMTYPE, os.readlink(place)
            elif place.is_dir():
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            else:
                continue
            archive.addfile(entry)
    digest = hashlib.sha256(content.getvalue()).hexdigest()[:12]
    image = f"pruning-labs-empty:{digest}"
    try:
        _ask(engine, "image", "inspect", image)
    except ContainerFailed:
        _ask(engine, "import", "-", image, given=content.getvalue())
    return image


@functools.cache
def _files_limit(engine: str) -> str:
    """How many files there may be, which Podman does not take, also where it is called docker."""
    return "" if b"podman" in _ask(engine, "--version").lower() else f",nr_inodes={FILES}"


def _system_folders() -> Iterable[str]:
    return (place for place in SYSTEM if Path(place).is_dir() and not Path(place).is_symlink())


def _mount(source: Path, target: str) -> list[str]:
    """Quoted, since these words are separated by commas, which a path may hold too."""
    parts = ["type=bind", f"source={source.resolve()}", f"target={target}", "readonly"]
    quoted = (f'"{part}"' if "," in part else part for part in parts)
    return ["--mount", ",".join(quoted)]


def _ask(engine: str, *words: str, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            [engine, *words], input=given, capture_output=True, timeout=ANSWER_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ContainerFailed(str(error)) from None
    if done.returncode:
        raise ContainerFailed(done.stderr.decode(errors="replace").strip()[-300:])
    return done.stdout
