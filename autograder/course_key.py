"""The course key: a secret of the course that receipts are signed with and variants come from.

Does: make it once, read it, and compute keyed digests with it. Does not: know what is signed.
Whoever checks a receipt is the course itself, so one secret for signing and checking is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from filelock import FileLock

from autograder.course import Course
from autograder.errors import CourseError

KEY_BYTES = 32


def key_path(course: Course) -> Path:
    """Where the key lies: `build/course.key`."""
    return course.build / "course.key"


def make_key(course: Course) -> bytes:
    """The course's key; made where there is none yet.

    Raises:
        CourseError: There is a file, but it cannot be read or is no key.
    """
    path = key_path(course)
    if not os.path.lexists(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock")):  # of two processes one makes it
            if not os.path.lexists(path):
                _write_private(path, secrets.token_bytes(KEY_BYTES))
    return read_key(course)


def read_key(course: Course) -> bytes:
    """The course's key.

    Raises:
        CourseError: There is none, it cannot be read, or the file is no key.
    """
    path = key_path(course)
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        raise CourseError(
            f"There is no course key at {path}, so nothing that was made with it can be checked: "
            "put back the copy that was kept with the gradebook."
        ) from None
    except OSError as error:
        raise CourseError(
            f"The course key {path} cannot be read ({error.strerror}): give the user who grades "
            "the right to read it, and nobody else."
        ) from error
    if len(key) != KEY_BYTES:
        raise CourseError(
            f"The course key {path} is damaged: expected {KEY_BYTES} bytes, found {len(key)}. "
            "Put back the copy that was kept with the gradebook."
        )
    return key


def keyed_digest(key: bytes, purpose: str, data: bytes) -> bytes:
    """HMAC-SHA256 of data; digests for one purpose say nothing about those for another."""
    return hmac.new(key, purpose.encode() + b"\0" + data, hashlib.sha256).digest()


def key_name(key: bytes) -> str:
    """A short public name of a key, which tells it from another one and gives nothing away."""
    return keyed_digest(key, "name", b"").hex()[:16]


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
