"""A lab as bytes: all that a worker elsewhere needs to grade it, and nothing else.

Packed the same way each time and named by its digest. It holds the source notebooks (a later one
needs an earlier one's reference answers), the lab's hidden tests with their helpers, the student
edition of labkit and the small data. Nothing of any student, no gradebook.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from autograder.course import Course
from autograder.lab import HELPERS
from autograder.release.labkit_edition import cached_labkit_edition

EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip has times; these should not make two of equal content
LIMIT_BYTES = 500_000_000
CODE = ("boundary", "grading", "walls")  # what decides a result, beside what travels


class DamagedBundle(ValueError):
    """A bundle that is not what its name says, or holds what no bundle holds."""


def pack(course: Course, lab: str) -> bytes:
    """Pack a lab; equal labs give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, path in sorted(_files(course, lab)):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def digest(bundle: bytes) -> str:
    """The name of a bundle."""
    return hashlib.sha256(bundle).hexdigest()


def unpack(bundle: bytes, name: str, folder: Path) -> Path:
    """Unpack a bundle into a folder of its name, which is a course folder for `Engine`.

    Args:
        bundle: The bytes.
        name: Its digest.
        folder: Where unpacked bundles are kept.

    Raises:
        DamagedBundle: The bytes have another digest, or a file would lie outside.
    """
    if digest(bundle) != name:
        raise DamagedBundle("The lab arrived damaged: its digest is another one.")
    root = folder / f"lab-{name[:16]}"
    if root.exists():
        return root
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".lab-", dir=folder))
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            _check(archive)
            archive.extractall(beside)
        beside.chmod(0o755)
        os.replace(beside, root)
    except OSError:
        if not root.exists():  # else another thread was first; both made the same
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return root


def code_version() -> str:
    """A digest of the grader's own code, which has to be the same on every machine."""
    package = HELPERS.parent
    found = hashlib.sha256()
    paths = [path for name in CODE for path in (package / name).rglob("*.py")]
    for path in sorted([*paths, package / "intake.py", package / "lab.py"]):
        found.update(f"{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes())
    return found.hexdigest()


def _files(course: Course, lab: str) -> Iterator[tuple[str, Path]]:
    labkit, _ = cached_labkit_edition(course.root, course.store)
    yield from _below("labkit", labkit / "labkit", "*")
    yield from _below("data", course.small_data, "*")
    yield from _below(f"labs/{lab}", course.labs / lab, "*.ipynb")
    yield from _below(f"hidden_tests/{lab}", course.hidden_tests / lab, "*.py")
    yield from _below("autograder/testing", HELPERS, "*.py")


def _below(name: str, folder: Path, pattern: str) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob(pattern):
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
            yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _check(archive: zipfile.ZipFile) -> None:
    if sum(entry.file_size for entry in archive.infolist()) > LIMIT_BYTES:
        raise DamagedBundle(f"A lab of more than {LIMIT_BYTES // 10**6} MB is no lab.")
    for name in archive.namelist():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise DamagedBundle(f"A lab has no file {name!r}.")
