"""What the attacks on the walls have in common."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.boundary.notebook import NotebookSession
from autograder.boundary.session import WarmProcess
from autograder.grading.limits import Limits
from autograder.walls.probing import describe, probe_level

REPOSITORY = Path(__file__).parents[3]
ALLOWANCE = replace(Limits().allowance, memory_bytes=600_000_000, processes=60, seconds=60.0)


@contextlib.contextmanager
def warm_behind(level: str) -> Iterator[WarmProcess]:
    """A warm process behind a level's walls; the test is skipped where they do not hold."""
    probe = probe_level(level)
    if not probe.holds:
        pytest.skip(describe(probe))
    with contextlib.closing(
        WarmProcess(REPOSITORY / "data", REPOSITORY, probe.isolation)
    ) as process:
        yield process


def shown(notebook: NotebookSession, source: str, limit_s: float = 20.0) -> str:
    """What a cell printed, or its error."""
    outputs = notebook.execute(source, limit_s).outputs
    return "".join(str(o.get("text") or o.get("ename") or "") for o in outputs)


def is_bubblewrap(walled: WarmProcess) -> bool:
    return walled.isolation.level == "bubblewrap"
