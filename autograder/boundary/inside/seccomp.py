"""A filter on system calls: what no notebook needs is refused with `EPERM`.

Does: close what namespaces and Landlock leave open (sockets other than Unix ones, among them vsock;
new namespaces; reading another process's memory; memory of no process, which nobody could count;
parts of the kernel with a bad record). Does not: list what is allowed: torch and its friends use
hundreds of calls.
"""

from __future__ import annotations

import errno
import mmap
import socket
from typing import Any

from autograder.boundary.inside import linux

REFUSED = (
    # other processes
    "ptrace process_vm_readv process_vm_writev pidfd_getfd pidfd_open kcmp process_madvise "
    # walls
    "unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount "
    "fspick mount_setattr name_to_handle_at open_by_handle_at quotactl "
    # kernel
    "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register add_key "
    "request_key keyctl kexec_load kexec_file_load init_module finit_module delete_module "
    "syslog reboot swapon swapoff acct settimeofday clock_settime adjtimex personality vhangup "
    "lookup_dcookie fanotify_init "
    # memory that stays when no process has it mapped
    "memfd_create memfd_secret shmget shmat msgget semget vmsplice "
    # a larger share of the machine
    "sched_setscheduler sched_setattr sched_setaffinity ioprio_set"
).split()
SHARED_AND_WITHOUT_FILE = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
SIGNALS = "kill tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal".split()


class SeccompMissing(OSError):
    """There is no libseccomp, or the kernel takes no filter."""


def install(signals: bool = True, unix_sockets: bool = True) -> None:
    """Put the filter on this process and all that it starts.

    Args:
        signals: Whether other processes may be sent any: none but a submission's own can be seen.
        unix_sockets: Whether they may be opened: no service of the machine listens within reach.

    Raises:
        SeccompMissing: It cannot be put on.
    """
    try:
        import pyseccomp

        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        refuse = pyseccomp.ERRNO(errno.EPERM)
        for name in [*REFUSED, *(() if signals else SIGNALS)]:
            _add(rules, refuse, name)
        family = pyseccomp.Arg(
            0, pyseccomp.NE, socket.AF_UNIX if unix_sockets else socket.AF_UNSPEC
        )
        _add(rules, refuse, "socket", family)
        flags = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, linux.CLONE_NEWUSER, linux.CLONE_NEWUSER)
        _add(rules, refuse, "clone", flags)
        _refuse_uncounted_memory(rules, refuse)
        # Its arguments lie in memory, where no filter sees them; C libraries fall back to clone.
        _add(rules, pyseccomp.ERRNO(errno.ENOSYS), "clone3")
        rules.load()
    except (ImportError, OSError, RuntimeError) as error:
        raise SeccompMissing(str(error)) from error


def _refuse_uncounted_memory(rules: Any, refuse: int) -> None:
    """What the guard cannot count: by the arguments of calls that are otherwise needed."""
    from pyseccomp import EQ, MASKED_EQ, Arg

    shared = SHARED_AND_WITHOUT_FILE
    _add(rules, refuse, "mmap", Arg(3, MASKED_EQ, shared, shared))
    larger_buffer = Arg(1, EQ, socket.SOL_SOCKET), Arg(2, EQ, socket.SO_SNDBUF)
    _add(rules, refuse, "setsockopt", *larger_buffer)
    hidden_from_the_guard = Arg(0, EQ, linux.PR_SET_DUMPABLE), Arg(1, EQ, 0)
    _add(rules, refuse, "prctl", *hidden_from_the_guard)


def _add(rules: Any, action: int, name: str, *arguments: Any) -> None:
    try:
        rules.add_rule(action, name, *arguments)
    except OSError as error:  # a call that this machine's architecture or library does not know
        if error.errno not in (errno.EFAULT, errno.EINVAL, errno.EDOM, errno.ENOENT):
            raise
