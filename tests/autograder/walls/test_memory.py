"""Memory behind the walls: all of it is counted, and what could not be counted cannot be had."""

from __future__ import annotations

import time

import pytest

from autograder.boundary.errors import NotebookLost
from autograder.boundary.notebook import NotebookSession
from autograder.boundary.session import SubmissionSession
from tests.autograder.walls.attacks import shown

ENDLESS_MEMORY = "import os\nx = []\nwhile True: x.append(bytearray(20_000_000))"
MEMORY_IN_FORKS = (
    "import os, time\nfor _ in range(4): os.fork()\nx = bytearray(90_000_000)\ntime.sleep(60)"
)

# The kernel keeps 213 KB for each socket, and a page for each 2 MB of mapped memory that is read.
MEMORY_IN_SOCKETS = """
import os, socket, time
for _ in range(4):
    os.fork()
kept = []
for _ in range(400):
    for end in (pair := socket.socketpair()):
        end.setblocking(False)
        try:
            while True:
                end.send(b"x" * 65_536)
        except OSError:
            kept.append(end)
time.sleep(60)
"""
MEMORY_IN_TABLES = """
import mmap
NORESERVE = 0x4000
flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NORESERVE
empty = mmap.mmap(-1, 1 << 41, flags=flags, prot=mmap.PROT_READ)
empty.madvise(15)  # no huge pages
for place in range(0, 1 << 41, 1 << 21):
    empty[place]
"""
ALL = [ENDLESS_MEMORY, MEMORY_IN_FORKS, MEMORY_IN_SOCKETS, MEMORY_IN_TABLES]


@pytest.mark.parametrize("attack", ALL, ids=["heap", "forks", "sockets", "page tables"])
def test_memory_is_counted_over_all_processes(
    submission: SubmissionSession, notebook: NotebookSession, attack: str
) -> None:
    with pytest.raises(NotebookLost):
        notebook.execute(attack, 30.0)
    assert submission.why_ended() == "more than 600 MB of memory"


def test_memory_that_copies_share_is_counted_once(notebook: NotebookSession) -> None:
    assert notebook.execute("x = bytearray(b'1') * 300_000_000", 20.0).ok
    copies = [notebook.hold() for _ in range(4)]
    time.sleep(0.5)  # the guard looks every tenth of a second
    assert all(copy.usable for copy in copies)


# What is written there stays when nobody has it mapped, and nothing says whose it is.
OF_NOBODY = {
    "a file without a name": "os.memfd_create('x')",
    "System V": "refused(libc.shmget(0, 4096, 0o1600))",
    "messages of System V": "refused(libc.msgget(0, 0o1600))",
    "semaphores of System V": "refused(libc.semget(0, 1, 0o1600))",
    "a shared mapping": "mmap.mmap(-1, 4096)",
    "a mapping of zeros": "mmap.mmap(os.open('/dev/zero', os.O_RDWR), 4096)",
    "larger sockets": "socket.socketpair()[0].setsockopt(1, socket.SO_SNDBUF, 1_000_000)",
    "a process that hides its files": "refused(libc.prctl(4, 0, 0, 0, 0))",
}
ASKED = """
import ctypes, mmap, os, socket
libc = ctypes.CDLL(None)
def refused(result):
    if result < 0:
        raise PermissionError
try:
    {attack}
    print("there it is")
except OSError:
    print("refused")
"""


@pytest.mark.parametrize("attack", OF_NOBODY.values(), ids=OF_NOBODY)
def test_memory_that_nobody_could_count_is_not_to_be_had(
    notebook: NotebookSession, attack: str
) -> None:
    assert shown(notebook, ASKED.format(attack=attack)) == "refused\n"
