"""The outer wall: a box around one warm process, in which nothing of the course can be seen.

Does: start the process with just the Python environment, the boundary's code, the student edition
of labkit and the small data in sight, all read-only, without a network. Does not: keep submissions
of one warm process apart; the inner wall does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from autograder.boundary.inside.plan import Plan
from autograder.walls.environment import files_without, hidden_packages
from autograder.walls.isolation import Isolation

PACKAGE = Path(__file__).parents[1]
CODE, LABKIT, DATA = "/code", "/labkit", "/data"
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/sbin", "/opt", "/nix")
SETTINGS = ("ld.so.cache", "localtime", "fonts", "alternatives")
TMP_BYTES = 256 * 1024 * 1024
SETTLED = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
}
PASSED_ON = ("PATH", "TMPDIR", "HOME", "MPLCONFIGDIR")


@dataclass
class Box:
    """A running warm process.

    Attributes:
        process: The outermost one; killing it ends everything inside.
        printed: A file with what they wrote to stderr.
    """

    process: subprocess.Popen[bytes]
    printed: BinaryIO

    def end(self) -> str:
        """Kill it and return the end of what it printed."""
        self.process.kill()
        self.process.wait()
        if self.printed.closed:
            return ""
        self.printed.seek(0)
        text = self.printed.read()[-2000:].decode(errors="replace").strip()
        self.printed.close()
        return text


def open_box(isolation: Isolation, data: Path, labkit: Path, fd: int, probe: bool) -> Box:
    """Start a warm process behind the outer wall.

    Args:
        isolation: Which walls.
        data: The small data that notebooks find.
        labkit: The folder that holds the student edition of `labkit`.
        fd: Its socket to the trusted side.
        probe: Start it for probing only.
    """
    boxed = isolation.outer == "bubblewrap"
    plan = Plan(
        data=DATA if boxed else str(data.resolve()),
        labkit=LABKIT if boxed else str(labkit.resolve()),
        inner=isolation.inner,
        user=isolation.user,
        boxed=boxed,
        readable=readable_files(data, labkit),
        below_tmp=tuple(str(f) for f in environment_folders() if f.is_relative_to("/tmp")),
    )
    module = "autograder.boundary.inside.warm"
    wish = ["probe"] if probe else []
    command = [sys.executable, "-P", "-m", module, *wish, str(fd), plan.to_json()]
    environment = dict(SETTLED)
    if boxed:
        command = [*bubblewrap_command(isolation.bwrap, data, labkit), *command]
    else:
        environment |= {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment["PYTHONPATH"] = str(PACKAGE.parent)
    printed = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the box)
    process = subprocess.Popen(
        command,
        pass_fds=(fd,),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=printed,
    )
    return Box(process, printed)


def bubblewrap_command(bwrap: str, data: Path, labkit: Path) -> list[str]:
    """The words before a command that put it into a warm process's box."""
    return [
        *box_words(bwrap),
        *("--setenv", "PYTHONPATH", f"{CODE}:{LABKIT}", "--setenv", "MPLCONFIGDIR", "/tmp"),
        *show(PACKAGE / "boundary", f"{CODE}/autograder/boundary"),
        *show(PACKAGE / "__init__.py", f"{CODE}/autograder/__init__.py"),
        *show(labkit / "labkit", f"{LABKIT}/labkit"),
        *show(data, DATA),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--"),
    ]


def box_words(bwrap: str) -> list[str]:
    """What every box has: the system and the Python environment, read-only; no network."""
    command = [
        *(bwrap, "--die-with-parent", "--new-session", "--clearenv"),
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
        *("--unshare-cgroup-try", "--hostname", "sandbox"),
    ]
    if os.getuid() != 0:
        command.append("--unshare-user")
    for name, value in (SETTLED | {"PATH": "/usr/bin:/bin", "HOME": "/tmp"}).items():
        command += ["--setenv", name, value]
    for place in SYSTEM:
        command += _system_folder(Path(place))
    for place in (*(f"/etc/{name}" for name in SETTINGS), "/sys/devices/system/cpu"):
        if Path(place).exists():
            command += show(Path(place), place)
    command += ["--proc", "/proc", "--dev", "/dev"]
    for place in ("/tmp", "/dev/shm"):
        command += ["--perms", "1777", "--size", str(TMP_BYTES), "--tmpfs", place]
    for folder in environment_folders():  # after /tmp, since some lie there
        command += show(folder, str(folder))
    for package in hidden_packages(PACKAGE):
        command += ["--tmpfs", str(package), "--remount-ro", str(package)]
    return command


def show(source: Path, target: str, how: str = "--ro-bind") -> list[str]:
    """Show something at a place whose parents everybody may pass through."""
    parents = [str(p) for p in reversed(Path(target).parents) if str(p) != "/"]
    made = [word for p in parents for word in ("--perms", "0755", "--dir", p)]
    return [*made, how, str(source.resolve()), target]


def environment_folders() -> list[Path]:
    """The folders of this Python and its packages that do not lie in the system's own."""
    paths = sysconfig.get_paths()
    wanted = {sys.prefix, sys.base_prefix, paths["stdlib"], paths["platlib"], paths["purelib"]}
    folders = sorted(Path(name).resolve() for name in wanted)
    return [
        folder
        for folder in dict.fromkeys([*(Path(sys.prefix),), *folders])
        if not any(_is_within(folder, Path(place)) for place in SYSTEM)
        and not any(_is_within(folder, other) and folder != other for other in folders)
    ]


def readable_files(data: Path, labkit: Path) -> tuple[str, ...]:
    """What a submission may read behind Landlock, apart from the system."""
    places = [data.resolve(), (labkit / "labkit").resolve(), PACKAGE / "boundary"]
    hidden = hidden_packages(PACKAGE)
    for folder in environment_folders():
        places += files_without(folder, hidden)
    return tuple(str(place) for place in places)


def _system_folder(path: Path) -> list[str]:
    if path.is_symlink():
        return ["--symlink", os.readlink(path), str(path)]
    return ["--ro-bind", str(path), str(path)] if path.is_dir() else []


def _is_within(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder) or path.is_relative_to(folder.resolve())
