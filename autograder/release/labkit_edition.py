"""labkit without what a lab asks students to write.

Grading runs notebooks on this edition too: the full labkit holds the answers.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import ClearSolutions

STUB = (
    'raise NotImplementedError("This is yours to write in the lab: '
    "labkit's own version stays with the instructors.\")"
)


def strip_solutions(source: str) -> str:
    """Replace each marked region of a Python file by a stub, with nbgrader's own stripper."""
    if "### BEGIN SOLUTION" not in source:
        return source
    settings = {"solution": True, "grade": False, "grade_id": "labkit", "schema_version": 3}
    cell = new_code_cell(source, metadata={"nbgrader": settings})
    resources = ResourcesDict()
    resources["language"] = "python"
    cell, _ = ClearSolutions(code_stub={"python": STUB}).preprocess_cell(cell, resources, 0)
    return str(cell.source)


def labkit_digest(root: Path) -> str:
    """A digest of every file of labkit's student edition."""
    digest = hashlib.sha256(STUB.encode())
    for path in _files(root):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def write_labkit_edition(root: Path, destination: Path) -> None:
    """Write the stripped package to `destination/labkit`.

    Args:
        root: The course folder that holds `labkit/`.
        destination: A folder; it is made where it is missing.
    """
    for path in _files(root):
        target = destination / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".py":
            target.write_text(strip_solutions(path.read_text("utf-8")), encoding="utf-8")
        else:
            shutil.copyfile(path, target)


def cached_labkit_edition(root: Path, cache: Path) -> tuple[Path, str]:
    """The folder that holds the stripped labkit, made once for each version, and its digest."""
    digest = labkit_digest(root)
    folder = cache / f"labkit-{digest[:16]}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".labkit-", dir=cache))
        write_labkit_edition(root, beside)
        try:
            os.replace(beside, folder)
        except OSError:  # another process was first; both made the same
            shutil.rmtree(beside)
    return folder, digest


def _files(root: Path) -> list[Path]:
    return [
        path
        for path in sorted((root / "labkit").rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
