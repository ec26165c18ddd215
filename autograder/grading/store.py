"""Results of grading, kept by the content of all that they depend on (`keys`).

So a killed run goes on where it was, and a change re-runs what it touches. Files are written beside
their place and moved there, so none is ever half-written; each holds a checksum, so none that was
damaged afterwards is believed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.grading.result import NotebookResult


class Store:
    """A folder of results.

    Args:
        folder: Made when the first result comes.

    Attributes:
        damaged: The files that were found damaged, and so counted as absent.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.damaged: list[Path] = []

    def get(self, key: str) -> NotebookResult | None:
        """The result of that name; None where there is none, or where its file is damaged."""
        path = self._path(key)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            text = ""
        try:
            content = json.loads(text)
            if content["checksum"] != _checksum(key, content["result"]):
                raise ValueError("another checksum")
            return NotebookResult.from_json(content["result"])
        except (ValueError, KeyError, TypeError, RecursionError):
            if path not in self.damaged:
                self.damaged.append(path)
            return None

    def scores(self, key: str) -> Mapping[str, float] | None:
        """The points by task of the result of that name; None where there is none."""
        result = self.get(key)
        return None if result is None else result.scores

    def put(self, key: str, result: NotebookResult) -> None:
        """Keep a result."""
        data = result.to_json()
        content = {"checksum": _checksum(key, data), "result": data}
        path = self._path(key)
        write_atomically(path, json.dumps(content))
        with contextlib.suppress(ValueError):
            self.damaged.remove(path)

    def seed(self, lab: str, fresh: bool = False) -> int:
        """The recorded seed of a lab's grading; drawn where there is none, or anew."""
        seed = None if fresh else self.recorded_seed(lab)
        if seed is None:
            seed = draw_seed()
            self.set_seed(lab, seed)
        return seed

    def recorded_seed(self, lab: str) -> int | None:
        """The recorded seed; None where there is none."""
        path = self._folder / f"{lab}.seed"
        return int(path.read_text()) if path.exists() else None

    def set_seed(self, lab: str, seed: int) -> None:
        """Record the seed that a lab is graded with."""
        write_atomically(self._folder / f"{lab}.seed", str(seed))

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def draw_seed() -> int:
    """A new seed for a lab's grading."""
    return secrets.randbits(48)


def _checksum(key: str, data: dict[str, Any]) -> str:
    return hashlib.sha256(f"{key}\n{json.dumps(data)}".encode()).hexdigest()


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
