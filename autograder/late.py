"""Lateness: when something was handed in, how many days late that is, and what it costs.

Does: compute, from a date, a time and a policy. Does not: touch the gradebook (`penalties` does).
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from nbgrader.coursedir import CourseDirectory

from autograder.collecting.reading import NotHandedIn, UnreadableSubmission, read_submitted
from autograder.settings import LabSettings, LatePolicy

TIMESTAMP = "timestamp.txt"
LONGEST = 100  # characters; nbgrader writes some forty
FORMAT = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})?"
    r"(?: ?([+-]\d\d:?\d\d|[A-Za-z_/+-]+\d*))?"
)


class UnreadableTimestamp(ValueError):
    """A `timestamp.txt` that does not say when something was handed in."""


def read_timestamp(folder: Path) -> dt.datetime | None:
    """When a submission was handed in, as its collection wrote it into `timestamp.txt`.

    Args:
        folder: Of one student's lab. What is in it comes from the student, so nothing but
            nbgrader's own way to write a time is accepted: `2026-12-01 23:59:00.000000 UTC`, with
            a zone's name, its offset, or nothing for UTC.

    Returns:
        The time in UTC; None where there is no such file.

    Raises:
        UnreadableTimestamp: The file says something else.
    """
    try:
        text = read_submitted(folder / TIMESTAMP, LONGEST).decode("utf-8").strip()
    except NotHandedIn:
        return None
    except UnreadableSubmission as problem:
        raise UnreadableTimestamp(f"it {problem}") from None
    except UnicodeDecodeError:
        raise UnreadableTimestamp("it is no text") from None
    return parse_timestamp(text)


def parse_timestamp(text: str) -> dt.datetime:
    """A time in nbgrader's format, in UTC.

    >>> parse_timestamp("2026-12-01 23:59:30.250000 Europe/Berlin").isoformat()
    '2026-12-01T22:59:30+00:00'

    Raises:
        UnreadableTimestamp: It is in another format.
    """
    match = FORMAT.fullmatch(text)
    if match is None:
        raise UnreadableTimestamp(f"{text[:40]!r} is no time that nbgrader would write")
    day, clock, zone = match.groups()
    try:
        local = dt.datetime.fromisoformat(f"{day}T{clock}")
        return local.replace(tzinfo=_zone(zone or "UTC")).astimezone(dt.UTC)
    except (ValueError, OverflowError, LookupError, OSError):
        raise UnreadableTimestamp(f"{text[:40]!r} names no real time") from None


def _zone(name: str) -> dt.tzinfo:
    if name.upper() in ("UTC", "GMT", "Z"):
        return dt.UTC
    if name[0] in "+-":
        return dt.datetime.strptime(name, "%z").tzinfo or dt.UTC
    return ZoneInfo(name)


def days_late(due: dt.datetime, handed_in: dt.datetime, grace_minutes: float = 0.0) -> int:
    """How many days after the due date have begun, by the clock on the wall.

    The first day begins when the grace is over; each ends at the due date's own time of day, so a
    day in which clocks change has 23 or 25 hours.

    Args:
        due: The due date with its time zone.
        handed_in: With any time zone.
        grace_minutes: Added to the end of every day.

    Returns:
        0 where it came in time.
    """
    late_by = handed_in.astimezone(dt.UTC) - dt.timedelta(minutes=grace_minutes)
    days = max(0, (late_by - due.astimezone(dt.UTC)).days - 1)
    while late_by > (due + dt.timedelta(days=days)).astimezone(dt.UTC):
        days += 1
    return days


def percent_off(policy: LatePolicy, days: int) -> float:
    """What so many days cost, in percent of the points reached."""
    return min(days * policy.percent_per_day, policy.at_most_percent)


def penalty(
    settings: LabSettings, student: str, score: float, handed_in: dt.datetime | None
) -> float:
    """The points that a student loses, between 0 and the score.

    Args:
        settings: The lab's, with its due date and policy.
        student: Whose extension counts.
        score: The points reached, those given by hand among them.
        handed_in: None where nobody knows; that is not late.
    """
    due = settings.due_of(student)
    if due is None or handed_in is None:
        return 0.0
    days = days_late(due, handed_in, settings.late.grace_minutes)
    return round(max(score, 0.0) * percent_off(settings.late, days) / 100, 6)


class CarefulCourseDirectory(CourseDirectory):
    """nbgrader's course folder, where a `timestamp.txt` that says nothing stops no grading."""

    def get_existing_timestamp(self, dest_path: str) -> dt.datetime | None:
        """The time handed in, in UTC without a zone as nbgrader keeps it; None if unknown."""
        try:
            handed_in = read_timestamp(Path(dest_path))
        except UnreadableTimestamp as error:
            self.log.warning("%s/%s: %s", dest_path, TIMESTAMP, error)
            return None
        return handed_in.replace(tzinfo=None) if handed_in else None
