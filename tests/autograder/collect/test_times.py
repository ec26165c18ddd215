"""When it came: clock changes, the instructor's word, Canvas's own mark of who is late."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from autograder.collecting.times import comes_twice, member_time, read_received
from autograder.course import Course
from autograder.errors import CourseError
from autograder.lab import Exercise
from autograder.late import days_late, read_timestamp
from tests.autograder.collect.downloads import BERLIN, CANVAS, bulk, call, came, zipped
from tests.autograder.conftest import LAB


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ((2026, 12, 1, 23, 40, 0), "2026-12-01T22:40:00+00:00"),
        ((2026, 7, 1, 23, 40, 0), "2026-07-01T21:40:00+00:00"),
        ((2026, 10, 25, 1, 59, 58), "2026-10-24T23:59:58+00:00"),
        ((2026, 10, 25, 2, 30, 0), "2026-10-25T00:30:00+00:00"),  # twice: the earlier
        ((2026, 10, 25, 3, 0, 0), "2026-10-25T02:00:00+00:00"),
        ((2026, 3, 29, 1, 59, 0), "2026-03-29T00:59:00+00:00"),
        ((2026, 3, 29, 2, 30, 0), "2026-03-29T01:30:00+00:00"),  # never: as if not yet changed
        ((2026, 3, 29, 3, 0, 0), "2026-03-29T01:00:00+00:00"),
        ((1980, 1, 1, 0, 0, 0), None),
        ((2026, 13, 40, 25, 0, 0), None),
    ],
)
def test_times_of_members_around_clock_changes(stamp: tuple, utc: str | None) -> None:
    received = member_time(stamp, BERLIN)
    assert (received and received.isoformat()) == utc


def test_the_instructor_s_word_around_clock_changes() -> None:
    assert read_received("2026-10-25 02:30", BERLIN).hour == 0
    assert read_received("2026-10-25 02:30+01:00", BERLIN).hour == 1
    assert comes_twice(read_received("2026-10-25 02:30", BERLIN), BERLIN)
    assert not comes_twice(read_received("2026-10-25 03:30", BERLIN), BERLIN)
    with pytest.raises(CourseError, match="a time that Europe/Berlin skips"):
        read_received("2026-03-29 02:30", BERLIN)
    for text in ("soon", "2026-12-01", "23:40", "2026-12-01 25:00"):
        with pytest.raises(CourseError, match="expected a local date and time"):
            read_received(text, BERLIN)


def test_the_hour_that_comes_twice_is_late_by_its_first_turn(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    due = dt.datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN)
    source = bulk(tmp_path / "a.zip", {CANVAS: zipped(exercises)}, (2026, 10, 25, 2, 10, 0))
    assert "twice that night" in call(course, source)["12345"].notes[0]
    received = read_timestamp(course.submitted / "12345" / LAB)
    assert received is not None and days_late(due, received) == 0
    assert days_late(due, received + dt.timedelta(hours=1)) == 1  # its second turn


def test_canvas_s_own_mark_says_who_is_late(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    """Canvas gives every file the time at which it made the zip."""
    due = dt.datetime(2026, 12, 1, 23, 59, tzinfo=BERLIN)
    names = ["in_1_5_x.zip", "late_LATE_2_6_x.zip", "longer_3_7_x.zip"]
    made = (2026, 12, 4, 9, 0, 0)
    source = bulk(tmp_path / "s.zip", dict.fromkeys(names, zipped(exercises)), made)
    longer = {"3": dt.datetime(2026, 12, 8, 23, 59, tzinfo=BERLIN)}
    got = call(course, source, due=due, extensions=longer)
    assert came(course, "1") == "2026-12-01 23:59+01:00" and not got["1"].notes
    assert came(course, "2") == "2026-12-04 09:00+01:00"
    assert "not since when" in got["2"].notes[0]
    assert came(course, "3") == "2026-12-04 09:00+01:00"
    said = read_received("2026-12-02 08:00", BERLIN)
    call(course, source, due=due, received=said)
    assert came(course, "1") == came(course, "2") == "2026-12-02 08:00+01:00"
