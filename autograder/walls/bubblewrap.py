"""The outer wall by bubblewrap: namespaces in which only the system and Python can be seen."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.walls import environment
from autograder.walls.environment import BOXED, SETTINGS, SYSTEM

TMP_BYTES = 256 * 1024 * 1024


def warm_process_words(bwrap: str, data: Path, labkit: Path) -> list[str]:
    """The words before a command that put it into a warm process's box."""
    sights = environment.course_sights(data, labkit)
    return [
        *box_words(bwrap),
        *(word for place, source in sights.items() for word in show(source, place)),
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
    for name, value in BOXED.items():
        command += ["--setenv", name, value]
    for place in SYSTEM:
        command += _system_folder(Path(place))
    for place in (*SETTINGS, "/sys/devices/system/cpu"):
        if Path(place).exists():
            command += show(Path(place), place)
    command += ["--proc", "/proc", "--dev", "/dev"]
    for place in ("/tmp", "/dev/shm"):
        command += ["--perms", "1777", "--size", str(TMP_BYTES), "--tmpfs", place]
    for folder in environment.environment_folders():  # after /tmp, since some lie there
        command += show(folder, str(folder))
    for package in environment.hidden_packages(environment.PACKAGE):
        command += ["--tmpfs", str(package), "--remount-ro", str(package)]
    return command


def show(source: Path, target: str, how: str = "--ro-bind") -> list[str]:
    """Show something at a place whose parents everybody may pass through."""
    parents = [str(p) for p in reversed(Path(target).parents) if str(p) != "/"]
    made = [word for p in parents for word in ("--perms", "0755", "--dir", p)]
    return [*made, how, str(source.resolve()), target]


def _system_folder(path: Path) -> list[str]:
    if path.is_symlink():
        return ["--symlink", os.readlink(path), str(path)]
    return ["--ro-bind", str(path), str(path)] if path.is_dir() else []
