"""Which installed files a submission must not see.

Where the course is installed as a package, its hidden tests and the labkit with answers lie among
the libraries.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def hidden_packages(package: Path) -> list[Path]:
    """The folders of `autograder` and `labkit` that lie inside the Python environment.

    Args:
        package: The folder of `autograder`.
    """
    prefixes = [Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()]
    installed = [package.resolve(), (package.parent / "labkit").resolve()]
    return [
        folder
        for folder in installed
        if folder.exists() and any(folder.is_relative_to(prefix) for prefix in prefixes)
    ]


def files_without(folder: Path, hidden: Sequence[Path]) -> list[Path]:
    """What to allow so that all of a folder can be read but the hidden folders below it."""
    folder = folder.resolve()
    inside = [path for path in hidden if path.is_relative_to(folder)]
    if not inside:
        return [folder]
    if folder in inside:
        return []
    return [found for entry in folder.iterdir() for found in files_without(entry, inside)]
