"""A box for graders that run students' code unprotected, so that they can be measured at all.

Bubblewrap without a network, a read-only system, the course on a tmpfs, another user id, limits on
processes, time, file size and memory. Does not: know any grader, or protect this autograder, which
brings walls of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).parents[1]
WALL_S, MEMORY_BYTES, TAIL_BYTES = 180, 6 * 10**9, 1_000_000
LIMITS = "prlimit --nproc=256 --nofile=1024 --fsize=500000000 --cpu=170 --as=20000000000 --core=0"
OTHER_USER = "setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs"


def box(course: Path, python: Path, script: str) -> tuple[str, str]:
    """Run a shell script in the box, on a copy of a course folder.

    Returns:
        What it printed at the end, and why it was killed (empty when it ended by itself).
    """
    root = os.geteuid() == 0
    for path in (course, *course.rglob("*")):
        if (path.is_dir() or path.is_file()) and not path.is_symlink():
            path.chmod(0o755)  # for the other user id
    inside = f"{OTHER_USER if root else ''} {LIMITS} sh -c".split()
    command = [*_walls(course, python, root), *inside, f"cp -r /in/. /course; cd /course; {script}"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    tail = bytearray()
    reader = threading.Thread(target=_read_tail, args=(process, tail), daemon=True)
    reader.start()
    why = _watch(process)
    reader.join(10)
    return bytes(tail).decode(errors="replace"), why


def _walls(course: Path, python: Path, root: bool) -> list[str]:
    """The bubblewrap command up to what runs in it."""
    places = [Path(sys.base_prefix), Path(sys.prefix), python.parents[1]]
    walls = ["bwrap", "--die-with-parent", "--new-session", "--clearenv"]
    names = ("ipc", "pid", "net", "uts") if root else ("all",)
    walls += [f"--unshare-{name}" for name in names]
    for name in ("bin", "lib", "lib64"):
        walls += ["--symlink", f"usr/{name}", f"/{name}"]
    walls += ["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc", "--proc", "/proc"]
    walls += ["--dev", "/dev"]
    for size, folder in ((10**9, "/course"), (3 * 10**8, "/tmp"), (10**8, "/dev/shm")):
        walls += ["--perms", "1777", "--size", str(size), "--tmpfs", folder]
    for folder in sorted({parent for place in places for parent in place.parents}):
        if str(folder) != "/" and not folder.is_relative_to("/usr"):
            walls += ["--perms", "0755", "--dir", str(folder)]
    for place in places:
        walls += ["--ro-bind", str(place), str(place)]
    walls += ["--ro-bind", str(course), "/in"]
    walls += ["--perms", "0755", "--dir", "/modules"]
    walls += ["--ro-bind", str(REPOSITORY / "labkit"), "/modules/labkit"]
    path = f"{python.parent}:{Path(sys.prefix) / 'bin'}:/usr/bin"
    settings = {"PATH": path, "HOME": "/tmp", "LABKIT_DATA": "/in/data", "OMP_NUM_THREADS": "1"}
    settings |= {"PYTHONPATH": "/modules", "LABKIT_QUICK": "1"}
    for name, value in settings.items():
        walls += ["--setenv", name, value]
    return [*walls, "--remount-ro", "/", "--chdir", "/course"]


def _read_tail(process: subprocess.Popen[bytes], tail: bytearray) -> None:
    assert process.stdout
    while chunk := process.stdout.read1(1 << 16):
        tail += chunk
        del tail[:-TAIL_BYTES]


def _watch(process: subprocess.Popen[bytes]) -> str:
    """Wait; kill the box when it takes too long or too much memory, and say why."""
    deadline = time.monotonic() + WALL_S
    outer = psutil.Process(process.pid)
    while process.poll() is None:
        used = 0
        for child in outer.children(recursive=True):
            try:
                used += child.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        why = "memory" if used > MEMORY_BYTES else "time" if time.monotonic() > deadline else ""
        if why:
            process.kill()  # everything inside dies with it
            process.wait()
            return f"killed: {why}"
        time.sleep(0.2)
    return ""
