"""What platforms give an instructor, as files, and what collecting makes of it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import nbformat

from autograder.collecting.collect import Outcome, Plan, collect
from autograder.collecting.names import Naming
from autograder.course import Course
from autograder.lab import Exercise
from autograder.late import read_timestamp
from autograder.settings import LabSettings
from tests.autograder.conftest import LAB, Quiet
from tests.autograder.test_unzip import packed

EX1, EX2 = "ex1_base_model", "ex2_magnitude_pruning"
BERLIN = ZoneInfo("Europe/Berlin")
TIME = (2026, 12, 1, 23, 40, 0)
CANVAS = "muellerjorg_12345_67890_lab1_magnitude-ada.zip"
MOODLE = "Jörg Müller_1234567_assignsubmission_file_"
WHOLE = {f"{EX1}.ipynb", f"{EX2}.ipynb", "results/curve.csv", "timestamp.txt"}


def zipped(
    exercises: dict[str, Exercise], names: Iterable[str] = (EX1, EX2), extra: Iterable = ()
) -> bytes:
    """What `labkit submit` writes."""
    notebooks = [
        (f"{LAB}/{n}.ipynb", nbformat.writes(exercises[n].student_edition).encode()) for n in names
    ]
    return packed([*notebooks, (f"{LAB}/results/curve.csv", b"1,2"), *extra])


def bulk(path: Path, contents: dict[str, bytes], stamp: tuple[int, ...] = TIME) -> Path:
    path.write_bytes(packed([(zipfile.ZipInfo(n, stamp), c) for n, c in contents.items()]))
    return path


def collected(course: Course, source: Path, **changed) -> tuple[dict[str, Outcome], list[str]]:
    """Collect; what became of each student's hand-in, and the files whose name says no student."""
    naming = Naming(
        LAB,
        pattern=changed.pop("pattern", None),
        student=changed.pop("student", ""),
        roster=changed.pop("roster", frozenset()),
    )
    names = [path.stem for path in (course.labs / LAB).glob("*.ipynb")]
    due = changed.pop("due", None)
    settings = LabSettings("Lab 1", due=due, extensions=changed.pop("extensions", {}))
    plan = Plan(LAB, names, naming, BERLIN, settings, **changed)
    outcomes, nameless = collect(course, source, plan, Quiet())
    return {outcome.owner.student: outcome for outcome in outcomes}, nameless


def call(course: Course, source: Path, **changed) -> dict[str, Outcome]:
    """Collect; what became of each student's hand-in."""
    return collected(course, source, **changed)[0]


def there(course: Course, student: str) -> set[str]:
    folder = course.submitted / student / LAB
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def came(course: Course, student: str) -> str:
    """When a submission came, by the clock on the wall of the course."""
    received = read_timestamp(course.submitted / student / LAB)
    assert received is not None
    return received.astimezone(BERLIN).isoformat(sep=" ", timespec="minutes")
