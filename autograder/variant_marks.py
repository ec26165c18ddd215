"""Finds the mark of somebody else's variant in what a student handed in.

Does: look for marks in notebooks as they came, outputs and metadata included, in tables of results
and in `variant.json`. Does not: judge; a mark says where a file has been, not who wrote it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from autograder.collecting.reading import UnreadableSubmission, read_submitted
from autograder.collecting.setting_aside import shown
from autograder.variants import Variants
from labkit.variant import FILE_NAME, MOST_BYTES

MARKS = re.compile(rb"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])")
TABLES = ("*.csv", "results/*.csv", "results/*/*.csv")
TABLE_BYTES = 5_000_000
MOST_TABLES = 60


def variant_warnings(
    variants: Variants, student: str, folder: Path, notebooks: Mapping[str, bytes]
) -> list[str]:
    """One line for each student whose variant a submission carries.

    Args:
        variants: Of the lab.
        student: Who handed it in.
        folder: Where it lies.
        notebooks: The files as they came, by name.
    """
    files = dict(notebooks) | _tables(folder)
    own, handed_in = variants.of(student), _read(folder / FILE_NAME, MOST_BYTES)
    if handed_in is not None:
        files[FILE_NAME] = handed_in
    others = {mark.encode(): name for mark, name in variants.owners.items() if mark != own.mark}
    found: dict[str, list[str]] = {}
    for name, content in files.items():
        # Looked up one by one: a file may hold millions of what could be a mark.
        for mark in {match[0] for match in MARKS.finditer(content) if match[0] in others}:
            found.setdefault(others[mark], []).append(shown(name))
    warnings = [
        f"carries the variant of another student, {shown(other)} (in {', '.join(names)})."
        for other, names in sorted(found.items())
    ]
    if handed_in is not None and not found and not _same(handed_in, own.to_json()):
        warnings.append(f"{FILE_NAME} is not the one that was made for this student.")
    return warnings


def _tables(folder: Path) -> dict[str, bytes]:
    found = {}
    paths = sorted({path for pattern in TABLES for path in folder.glob(pattern)})
    for path in paths[:MOST_TABLES]:
        content = _read(path, TABLE_BYTES)
        if content is not None:
            found[path.relative_to(folder).as_posix()] = content
    return found


def _read(path: Path, limit_bytes: int) -> bytes | None:
    try:
        return read_submitted(path, limit_bytes)
    except UnreadableSubmission:
        return None


def _same(handed_in: bytes, own: str) -> bool:
    try:
        return bool(json.loads(handed_in) == json.loads(own))
    except (ValueError, RecursionError):
        return False
