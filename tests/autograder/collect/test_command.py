"""`autograder collect` as an instructor meets it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.commands.collect import collect as command
from autograder.course import Course
from autograder.errors import CourseError
from autograder.lab import Exercise
from tests.autograder.collect.downloads import CANVAS, bulk, zipped
from tests.autograder.conftest import LAB
from tests.autograder.test_cli import run


def test_the_command_as_an_instructor_meets_it(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    course.build.mkdir(exist_ok=True)
    with Gradebook(f"sqlite:///{course.build / 'gradebook.db'}") as gradebook:
        gradebook.add_student("12345")
    names = {CANVAS: zipped(exercises), "eve_6_6_x.zip": b"PK", "note\x1b[2J.txt": b""}
    source = bulk(tmp_path / "submissions.zip", names)
    done = run(course.root, "collect", LAB, str(source))
    assert done.returncode == 1 and "Error: Not taken: 6." in done.stderr
    assert "6: the gradebook does not know this id." in done.stdout
    assert "12345: the gradebook" not in done.stdout
    assert "note?[2J.txt: its name says no student's id; skipped." in done.stdout
    assert "\x1b" not in done.stdout and "2026-12-01 23:40" in done.stdout
    assert "the time of the file in the bulk zip (Europe/Berlin)" in done.stdout
    good = bulk(tmp_path / "good.zip", {CANVAS: zipped(exercises)})
    again = run(course.root, "collect", LAB, str(good), "--dry-run")
    assert again.returncode == 0 and "nothing changed" in again.stdout
    assert "Nothing was written. It would be: 1 as it was" in again.stdout


@pytest.mark.parametrize(
    ("source", "options", "words"),
    [
        ("nothing.zip", {}, "There is no nothing.zip"),
        ("course.toml", {}, "is neither a zip nor a notebook"),
        ("bad.zip", {}, "is no zip, or a damaged one"),
        (".", {"pattern": "(x"}, "is no regular expression"),
        (".", {"pattern": "x"}, "names no student"),
        (".", {"student": "../ada"}, "no name for a folder; try 'ada'"),
        (".", {"student": "a", "pattern": "b"}, "give one of them"),
        (".", {"received": "soon"}, "expected a local date and time"),
    ],
)
def test_bad_calls_get_one_sentence(
    course: Course,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    options: dict[str, str],
    words: str,
) -> None:
    monkeypatch.chdir(course.root)
    Path("bad.zip").write_bytes(b"PK\3\4")
    with pytest.raises(CourseError, match=re.escape(words)) as caught:
        command(LAB, Path(source), **options)
    assert "\n" not in str(caught.value)


def test_help_has_an_example(tmp_path: Path) -> None:
    done = run(tmp_path, "collect", "--help")
    assert done.returncode == 0 and "Example" in done.stdout and "STUDENT" in done.stdout
