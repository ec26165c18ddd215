"""One writer: who grades a course holds its lock, and says who that is."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.store import write_atomically

POLL_S = 0.5


@contextlib.contextmanager
def one_grader(course: Course, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the course's lock: two graders at once would write over each other.

    The operating system lets go of it when its holder dies, whatever of.

    Args:
        course: The course folder.
        waiting: Told whom we wait for; None does not wait.

    Raises:
        CourseError: Another grader is at work, and we do not wait.
    """
    course.build.mkdir(exist_ok=True)
    lock = FileLock(course.build / ".grading.lock")
    holder = course.build / ".grading.json"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = _describe(holder)
        if waiting is None:
            raise CourseError(
                f"Another grading of {course.root} is running{who}; wait for it to end, then call "
                "again, or say `autograder grade --wait`."
            ) from None
        waiting(f"Waiting for another grading of {course.root}{who}.")
        lock.acquire(poll_interval=POLL_S)
    try:
        write_atomically(holder, json.dumps(_ourselves()))
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _ourselves() -> dict[str, object]:
    since = dt.datetime.now().astimezone().isoformat(" ", "seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since}


def _describe(holder: Path) -> str:
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
        return f": process {told['pid']} on {told['host']}, since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
