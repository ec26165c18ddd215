"""Results of grading, kept by the content of all that they depend on.

A result is looked up by a digest of the rebuilt notebook, the lab with its hidden tests, labkit,
the seed and the limits: so a killed run goes on where it was, and a change re-runs what it touches.
Files are written beside their place and moved there, so none is ever half-written.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from nbformat import NotebookNode

from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.lab import Exercise

ENGINE = "2"


def result_key(
    notebook: NotebookNode,
    exercise: Exercise,
    labkit: str,
    seed: int,
    limits: Limits,
    carried: Sequence[str] = (),
) -> str:
    """The name of a result: a digest of everything that it depends on.

    Args:
        notebook: The rebuilt notebook.
        exercise: The exercise that it answers.
        labkit: The digest of the labkit that it runs on.
        seed: Of the grading.
        limits: Time limits.
        carried: The names of the results of the notebooks that it takes functions over from.
    """
    cells = [[cell.id, cell.cell_type, cell.source] for cell in notebook.cells]
    parts = [ENGINE, cells, exercise.lab, exercise.name, exercise.version, labkit, seed, *carried]
    text = json.dumps([*parts, asdict(limits)], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Store:
    """A folder of results.

    Args:
        folder: Made when the first result comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> NotebookResult | None:
        """The result of that name; None where there is none or it cannot be read."""
        try:
            data = json.loads(self._path(key).read_text(encoding="utf-8"))
            return NotebookResult.from_json(data)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, result: NotebookResult) -> None:
        """Keep a result."""
        write_atomically(self._path(key), json.dumps(result.to_json()))

    def seed(self, lab: str, fresh: bool = False) -> int:
        """The recorded seed of a lab's grading; drawn where there is none, or anew."""
        path = self._folder / f"{lab}.seed"
        if not fresh and path.exists():
            return int(path.read_text())
        seed = secrets.randbits(48)
        self.set_seed(lab, seed)
        return seed

    def set_seed(self, lab: str, seed: int) -> None:
        """Record the seed that a lab is graded with."""
        write_atomically(self._folder / f"{lab}.seed", str(seed))

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
