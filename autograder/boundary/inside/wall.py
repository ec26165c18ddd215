"""The inner wall: what one submission's processes can see, reach and use up.

Does: put it around the calling process. Does not: choose one (`autograder.walls` probes what the
machine can give) nor watch what goes on behind it (`guard` does).

`namespaces` is the best one: a machine of its own with nothing in it but a read-only system and a
small writable `/tmp`. `landlock` is the other one: the same files, but among other processes.
"""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder.boundary.inside import landlock, linux, seccomp

NAMESPACES = (
    linux.CLONE_NEWUSER
    | linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWUTS
)
# What libraries ask about the machine, for where no fresh /proc can be mounted.
PROC_FILES = ("cpuinfo", "meminfo", "stat", "loadavg", "uptime", "version")
SYSTEM = (
    *("/usr", "/bin", "/lib", "/lib64", "/sbin", "/opt", "/nix", "/sys/devices/system/cpu"),
    *(f"/etc/{name}" for name in ("ld.so.cache", "localtime", "fonts", "alternatives")),
    *(f"/proc/{name}" for name in PROC_FILES),
)
SHARED_MEMORY = "/dev/shm"
# Without /dev/zero: memory mapped from it can stay when no process has it, and nobody counts it.
DEVICES = ("/dev/null", "/dev/full", "/dev/urandom", "/dev/random")
OPEN_FILES = 1024
SWARM = 8  # times the allowance of processes: what a user's submissions may reach together


@dataclass(frozen=True)
class Allowance:
    """What one submission may use up; see `autograder.grading.limits`.

    Attributes:
        memory_bytes: More than this in all its processes ends it.
        processes: How many processes and threads it may have.
        disk_bytes: Size of what it can write.
        seconds: Wall time, after which it is ended.
    """

    memory_bytes: int
    processes: int
    disk_bytes: int
    seconds: float


def uncover_proc() -> None:
    """As root in a box: mount a `/proc` without covers on it; below it others can be mounted.

    Linux lets a user see in a new `/proc` only what could be seen before. Box makers cover parts of
    it, and only root could do harm there: whoever calls this gives up being root next.
    """
    with contextlib.suppress(OSError):
        linux.mount("proc", "/proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)


def enter_namespaces(allowance: Allowance, below_tmp: Sequence[str]) -> None:
    """Unshare everything; the next fork is process 1 of the new namespaces.

    Args:
        allowance: What may be used up.
        below_tmp: Folders that stay in sight in the new, otherwise empty `/tmp`.

    Raises:
        OSError: This machine does not let ordinary users do it.
    """
    user, group = os.getuid(), os.getgid()
    # Counted within the new user namespace, and by user id, for which reason root has no limit.
    resource.setrlimit(resource.RLIMIT_NPROC, (allowance.processes, allowance.processes))
    linux.unshare(NAMESPACES)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text)
    linux.mount("", "/", linux.MS_REC | linux.MS_PRIVATE)
    size = f"size={allowance.disk_bytes},nr_inodes=20000,mode=0777"
    quiet = linux.MS_NOSUID | linux.MS_NODEV
    _mount_tmp(quiet, size, below_tmp)
    linux.mount("tmpfs", SHARED_MEMORY, quiet, size)
    linux.bind("/dev/null", "/dev/zero")  # see DEVICES


def seal_namespaces(allowance: Allowance) -> None:
    """As process 1 of the new namespaces: see no others, and give up every way back."""
    _mount_proc()
    _limit_resources(allowance)
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_DUMPABLE, 0)  # so that nothing below can trace this process
    seccomp.install()


def seal_with_landlock(
    allowance: Allowance, home: str, readable: Sequence[str], private: bool
) -> None:
    """Without namespaces: only these files, no signals to others, no sockets that are others'.

    Args:
        allowance: What may be used up; processes are counted by the guard.
        home: The one folder that can be written.
        readable: What else than the system can be read.
        private: Whether it may use shared memory and Unix sockets, as `multiprocessing` does:
            nobody else's can be reached from here.

    Raises:
        OSError: The kernel has neither.
    """
    _limit_resources(allowance)
    _limit_swarm(SWARM * allowance.processes)
    resource.setrlimit(resource.RLIMIT_FSIZE, (allowance.disk_bytes, allowance.disk_bytes))
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.drop_capabilities()
    shared = [SHARED_MEMORY] if private else []
    landlock.restrict([*SYSTEM, *readable], [home, *DEVICES], shared)
    seccomp.install(signals=False, unix_sockets=private)


def _mount_tmp(flags: int, size: str, kept: Sequence[str]) -> None:
    folders = {path: os.open(path, os.O_PATH) for path in kept}
    linux.mount("tmpfs", "/tmp", flags, size)
    for path, descriptor in folders.items():
        Path(path).mkdir(parents=True, exist_ok=True)
        linux.bind(f"/proc/self/fd/{descriptor}", path)
        os.close(descriptor)


def _mount_proc() -> None:
    """Only the submission's own processes, read-only; at least some facts about the machine."""
    quiet = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    try:
        linux.mount("proc", "/proc", quiet | linux.MS_RDONLY)
    except OSError:  # parts of it are covered on this machine
        content = {name: _content(f"/proc/{name}") for name in PROC_FILES}
        linux.mount("tmpfs", "/proc", quiet, "size=4m,mode=0755")
        for name, data in content.items():
            Path(f"/proc/{name}").write_bytes(data)


def _limit_resources(allowance: Allowance) -> None:
    whole_seconds = int(allowance.seconds) + 1
    for kind, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, whole_seconds),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        _, most = resource.getrlimit(kind)
        if most != resource.RLIM_INFINITY:
            limit = min(limit, most)
        with contextlib.suppress(ValueError, OSError):  # a container may have set a lower one
            resource.setrlimit(kind, (limit, limit))


def _limit_swarm(most: int) -> None:
    """Bound how many processes this user has, so that the guard can always end them all.

    The limit is the user's, not the submission's: hence so many, and those of now on top. Where a
    user has more than is seen from here, as behind a container's wall, none can be set.
    """
    now = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            now += process.num_threads() if process.uids().real == os.getuid() else 0
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    limit = now + most if hard == resource.RLIM_INFINITY else min(now + most, hard)
    resource.setrlimit(resource.RLIMIT_NPROC, (limit, hard))
    try:
        pid = os.fork()
    except OSError:
        resource.setrlimit(resource.RLIMIT_NPROC, (hard, hard))
        return
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    resource.setrlimit(resource.RLIMIT_NPROC, (limit, limit))


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
