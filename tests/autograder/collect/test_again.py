"""Collecting again: the same, a new submission, several at once; the one before is kept."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.collecting.times import read_received
from autograder.course import Course
from autograder.lab import Exercise
from tests.autograder.collect.downloads import (
    BERLIN,
    CANVAS,
    EX1,
    EX2,
    WHOLE,
    bulk,
    call,
    came,
    there,
    zipped,
)
from tests.autograder.conftest import LAB


def test_twice_the_same_changes_nothing(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    source = bulk(tmp_path / "s.zip", {CANVAS: zipped(exercises)})
    call(course, source)
    written = course.submitted / "12345" / LAB / f"{EX1}.ipynb"
    before = written.stat()
    assert call(course, source)["12345"].what == "as it was"
    assert written.stat() == before
    # Downloaded again later: the same files came when they first came.
    later = bulk(tmp_path / "t.zip", {CANVAS: zipped(exercises)}, (2026, 12, 9, 0, 0, 0))
    assert call(course, later)["12345"].what == "as it was"
    assert came(course, "12345") == "2026-12-01 23:40+01:00"
    said = read_received("2026-12-02 08:00", BERLIN)
    assert call(course, source, received=said)["12345"].what == "time corrected"
    assert came(course, "12345") == "2026-12-02 08:00+01:00"
    assert not (course.build / "collected-before").exists()


def test_a_new_submission_keeps_the_one_before(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    first = bulk(tmp_path / "a.zip", {CANVAS: zipped(exercises)})
    later = {CANVAS: zipped(exercises, [EX1])}
    second = bulk(tmp_path / "b.zip", later, (2026, 12, 2, 9, 0, 0))
    broken = bulk(tmp_path / "c.zip", {CANVAS: b"PK"}, (2026, 12, 3, 9, 0, 0))
    call(course, first)
    assert call(course, second, dry_run=True)["12345"].what == "replaced"
    assert there(course, "12345") == WHOLE
    assert call(course, second)["12345"].what == "replaced"
    assert there(course, "12345") == WHOLE - {f"{EX2}.ipynb"}
    (kept,) = (course.build / "collected-before" / "12345" / LAB).iterdir()
    assert {p.relative_to(kept).as_posix() for p in kept.rglob("*") if p.is_file()} == WHOLE
    # An older download does not undo it, nor does a bad one.
    assert call(course, first)["12345"].what == "kept a later one"
    assert call(course, broken)["12345"].what == "not taken"
    assert there(course, "12345") == WHOLE - {f"{EX2}.ipynb"}
    assert sorted(p.name for p in (course.submitted / "12345").iterdir()) == [LAB]


def test_of_several_zips_the_latest_counts(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    source = tmp_path / "mail"
    source.mkdir()
    for name, names, when in (("", [EX1], 1_800_000_000), (" (1)", [EX2], 1_800_000_060)):
        path = source / f"lab1_magnitude-ada{name}.zip"
        path.write_bytes(zipped(exercises, names))
        os.utime(path, (when, when))
    assert "came earlier" in call(course, source)["ada"].notes[0]
    assert f"{EX2}.ipynb" in there(course, "ada") and f"{EX1}.ipynb" not in there(course, "ada")
    os.utime(path, (1_800_000_000, 1_800_000_000))
    assert call(course, source)["ada"].what == "not taken"
