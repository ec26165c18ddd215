"""Lateness: days across clock changes, grace, cap, extensions, and odd files of students."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grade import grade_lab
from autograder.late import (
    CarefulCourseDirectory,
    UnreadableTimestamp,
    days_late,
    parse_timestamp,
    penalty,
    read_timestamp,
)
from autograder.penalties import settle
from autograder.release.build import generate_assignment
from autograder.settings import LabSettings, LatePolicy, read_settings
from tests.autograder import tiny
from tests.autograder.conftest import LAB, Quiet

BERLIN = ZoneInfo("Europe/Berlin")
DUE = dt.datetime(2026, 12, 1, 23, 59, tzinfo=BERLIN)
TOML = """
timezone = "Europe/Berlin"
[labs.lab1_magnitude]
due = "2026-12-01 23:59"
[labs.lab1_magnitude.late]
grace_minutes = 15
percent_per_day = 10
at_most_percent = 50
[labs.lab1_magnitude.extensions]
ada = "2026-12-08 23:59"
"""


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def settings(tmp_path: Path, text: str) -> LabSettings:
    (tmp_path / "course.toml").write_text(text, encoding="utf-8")
    return read_settings(Course(tmp_path), LAB)


@pytest.mark.parametrize(
    ("handed_in", "days"),
    [
        ("2026-11-30 12:00", 0),
        ("2026-12-01 23:59", 0),
        ("2026-12-02 00:14", 0),  # the grace's last minute
        ("2026-12-02 00:15", 1),
        ("2026-12-03 00:14", 1),
        ("2026-12-03 00:15", 2),
        ("2026-12-11 12:00", 10),
    ],
)
def test_a_day_begins_when_the_grace_is_over(handed_in: str, days: int) -> None:
    assert days_late(DUE, at(handed_in), grace_minutes=15) == days


@pytest.mark.parametrize(
    ("due", "hours", "days"),
    [
        ("2026-10-24 12:00", 25, 1),  # the night has an hour more
        ("2026-10-24 12:00", 25.1, 2),
        ("2026-03-28 12:00", 23, 1),  # and here one less
        ("2026-03-28 12:00", 23.1, 2),
        ("2026-06-01 12:00", 24, 1),
    ],
)
def test_a_day_with_a_clock_change_ends_at_the_same_time_of_day(
    due: str, hours: float, days: int
) -> None:
    handed_in = at(due).astimezone(dt.UTC) + dt.timedelta(hours=hours)
    assert days_late(at(due), handed_in) == days


@pytest.mark.parametrize(
    ("student", "handed_in", "points"),
    [
        ("linus", "2026-12-02 00:10", 0.0),
        ("linus", "2026-12-02 10:00", 0.8),
        ("linus", "2026-12-04 10:00", 2.4),
        ("linus", "2027-12-04 10:00", 4.0),  # the cap
        ("ada", "2026-12-08 23:59", 0.0),
        ("ada", "2026-12-09 10:00", 0.8),
    ],
)
def test_percent_of_the_points_with_cap_and_extension(
    tmp_path: Path, student: str, handed_in: str, points: float
) -> None:
    lab = settings(tmp_path, TOML)
    assert penalty(lab, student, 8.0, at(handed_in)) == points


def test_without_a_date_or_a_time_nothing_is_late() -> None:
    assert penalty(LabSettings("Lab", late=LatePolicy(0, 10)), "ada", 8, at("2030-01-01")) == 0
    assert penalty(LabSettings("Lab", due=DUE, late=LatePolicy(0, 10)), "ada", 8, None) == 0


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-01 23:59:00.000000 UTC", "2026-12-01T23:59:00"),
        ("2026-12-01 23:59:00.123456 ", "2026-12-01T23:59:00"),
        ("2026-12-01 23:59:30", "2026-12-01T23:59:30"),
        ("2026-12-01 23:59:00.000000 America/Los_Angeles", "2026-12-02T07:59:00"),
        ("2026-12-01 23:59:00 CET", "2026-12-01T22:59:00"),
        ("2026-12-01 23:59:00 +0100", "2026-12-01T22:59:00"),
        ("2026-12-01T23:59:00-05:00", "2026-12-02T04:59:00"),
    ],
)
def test_times_as_nbgrader_writes_them(tmp_path: Path, text: str, utc: str) -> None:
    (tmp_path / "timestamp.txt").write_text(text + "\n", encoding="utf-8")
    handed_in = read_timestamp(tmp_path)
    assert handed_in is not None and handed_in.isoformat() == utc + "+00:00"


@pytest.mark.parametrize(
    "content",
    [b"", b"12", b"yesterday", b"\xff\xfe1", b"2026-13-01 23:59:00 UTC", b"2026-12-01 25:00:00",
     b"2026-12-01 23:59:00 Middle/Earth", b"2026-12-01 23:59:00 ../../etc/passwd", b"0" * 10_000,
     b"0001-01-01 00:00:00 +2359", b"2026-12-01 23:59:00 +9999"],
)  # fmt: skip
def test_anything_else_is_no_time(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "timestamp.txt").write_bytes(content)
    with pytest.raises(UnreadableTimestamp):
        read_timestamp(tmp_path)
    assert CarefulCourseDirectory().get_existing_timestamp(str(tmp_path)) is None


def test_a_link_is_not_followed_and_a_missing_file_is_none(tmp_path: Path) -> None:
    assert read_timestamp(tmp_path) is None
    (tmp_path / "timestamp.txt").symlink_to("/etc/hostname")
    with pytest.raises(UnreadableTimestamp):
        read_timestamp(tmp_path)
    assert parse_timestamp("2026-12-01 23:59:00 GMT").tzinfo == dt.UTC


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("timezone = 'Middle/Earth'", "timezone is 'Middle/Earth'"),
        ("timezone = [", "course.toml cannot be read"),
        ("time_zone = 'UTC'", "'time_zone' at its top means nothing"),
        ("labs = 3", "labs is 3; expected a table"),
        ("[labs.lab1_magnitude]\ndue = 'soon'", "labs.lab1_magnitude.due is 'soon'"),
        ("[labs.lab1_magnitude]\ndue = 2026-12-01", "a local date and time"),
        ("[labs.lab1_magnitude]\ndue = '2026-12-01T10:00+01:00'", "a local date and time"),
        ("[labs.lab1_magnitude]\ndate = 1", "'date' in [labs.lab1_magnitude] means nothing"),
        ("[labs.lab1_magnitude]\nout_of = 10\nat_most = 8", "out_of (10) or more"),
        ("[labs.lab1_magnitude]\nout_of = true", "a number, 0 or more"),
        ("[labs.lab1_magnitude]\nextra = 'ex4'", "names of notebooks"),
        ("[labs.lab1_magnitude]\ncolumn = ' '", "a heading"),
        ("[labs.lab1_magnitude.late]\npercent_per_day = -1", "a number, 0 or more"),
        ("[labs.lab1_magnitude.late]\nat_most_percent = 120", "at most 100 percent"),
        ("[labs.lab1_magnitude.extensions]\nada = '2026-12-01 10:00'", "has no due"),
        (TOML.replace("12-08", "11-08"), "not before due"),
    ],
)
def test_a_course_file_that_makes_no_sense_is_one_sentence(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(CourseError) as caught:
        settings(tmp_path, text)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_the_course_s_own_file_is_sound() -> None:
    lab = read_settings(Course(Path(__file__).parents[2]), LAB)
    assert (lab.column, lab.out_of, lab.at_most, lab.due) == ("Lab 1", 10, 12, None)


def test_stock_nbgrader_and_ours_give_the_same_penalty(tmp_path: Path) -> None:
    text = TOML.replace(LAB, tiny.LAB)

    def set_due_date(folder: Path) -> None:
        (folder / "course.toml").write_text(text, encoding="utf-8")

    course = tiny.make_course(tmp_path / "course", set_due_date)
    for student in ("ada", "linus"):
        tiny.hand_in(course, student)
        written = course.submitted / student / tiny.LAB / "timestamp.txt"
        written.write_text("2026-12-04 22:59:00.000000 Europe/Berlin", encoding="utf-8")

    def seen(student: str) -> tuple[object, ...]:
        with Gradebook(f"sqlite:///{course.build / 'gradebook.db'}") as gradebook:
            found = gradebook.find_submission(tiny.LAB, student)
            penalty = found.late_submission_penalty
            return found.score, penalty, found.total_seconds_late, found.assignment.duedate

    command = [sys.executable, "-m", "nbgrader", "autograde", tiny.LAB]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    stock = {student: seen(student) for student in ("ada", "linus")}
    (course.build / "gradebook.db").unlink()
    generate_assignment(course, tiny.LAB)
    grade_lab(course, tiny.LAB, Quiet())
    assert {student: seen(student) for student in stock} == stock
    due = dt.datetime(2026, 12, 1, 22, 59)
    assert stock["linus"] == (2.0, pytest.approx(0.6), 3 * 86400 - 3600, due)
    assert stock["ada"] == (2.0, 0.0, 0, due)

    page = course.build / "feedback" / "linus" / tiny.LAB / "ex1.html"  # which has half of it
    assert 'handed in late</td><td></td><td class="score">−0.3<' in page.read_text("utf-8")
    later = text.replace("ada =", "linus = '2026-12-09 12:00'\nada =")
    (course.root / "course.toml").write_text(later, encoding="utf-8")
    assert settle(course, tiny.LAB) == (["linus"], {})
    assert settle(course, tiny.LAB) == ([], {})
    assert seen("linus")[1] == 0
    for student, content in (("ada", None), ("linus", "tomorrow")):
        path = course.submitted / student / tiny.LAB / "timestamp.txt"
        path.write_text(content) if content else path.unlink()
    changed, notes = settle(course, tiny.LAB)
    assert changed == []
    assert "no timestamp.txt" in notes["ada"] and "'tomorrow' is no time" in notes["linus"]
