"""Builds hostile submissions, for the tests of the corpus and of its edits."""

from __future__ import annotations

from pathlib import Path

from autograder.hostile.samples import build_hostile, load_hostile
from autograder.lab import Exercise
from tests.autograder.conftest import LAB

Around = tuple[Path, Path, Path]


def build(names: list[str], exercises: dict[str, Exercise], around: Around) -> list[Path]:
    """Build samples; the folder of each one's lab."""
    ids = build_hostile(load_hostile(names), exercises, *around)
    return [around[0] / student / LAB for student in ids]
