"""When something was handed in: by the instructor's clock, never by a file of the student's.

Does: turn a word of the instructor's, a member of a bulk zip or a file on disk into a time. Does
not: say what lateness costs (`autograder.late` does).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import CourseError

FORMAT = "%Y-%m-%d %H:%M:%S.000000 UTC"  # nbgrader's, in timestamp.txt
DosTime = tuple[int, int, int, int, int, int]
NO_TIME: DosTime = (1980, 1, 1, 0, 0, 0)  # what a zip says that knows no time


def timestamp_text(received: dt.datetime) -> str:
    """A time as nbgrader writes it.

    >>> timestamp_text(dt.datetime(2026, 12, 1, 23, 40, tzinfo=ZoneInfo("Europe/Berlin")))
    '2026-12-01 22:40:00.000000 UTC'
    """
    return received.astimezone(dt.UTC).strftime(FORMAT)


def read_received(text: str, zone: ZoneInfo) -> dt.datetime:
    """The instructor's own word on when everything came.

    Args:
        text: A local date and time; with an offset such as `+01:00` where clocks go back.
        zone: The course's.

    Raises:
        CourseError: It is no date and time, or the clock skips it that night.
    """
    try:
        said = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        said = None
    if said is None or len(text.strip()) <= 10:
        raise CourseError(
            f'--received is {text!r}; expected a local date and time such as "2026-12-01 23:40".'
        )
    if said.tzinfo:
        return said.astimezone(dt.UTC)
    local = said.replace(tzinfo=zone)
    if local.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != said:
        raise CourseError(f"--received is {text!r}, a time that {zone} skips: clocks go forward.")
    return local.astimezone(dt.UTC)


def member_time(stamp: DosTime, zone: ZoneInfo) -> dt.datetime | None:
    """The time of a member of a zip, a local one without a zone; None where it says none.

    In the hour that comes twice in autumn, the earlier of the two: in the student's favour.
    """
    if stamp <= NO_TIME:
        return None
    try:
        local = dt.datetime(*stamp)
    except ValueError:
        return None
    return local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)


def comes_twice(received: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether the clock on the wall shows this time twice, since clocks go back."""
    local = received.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def file_time(path: Path) -> dt.datetime:
    """When a file on disk was last written."""
    return dt.datetime.fromtimestamp(int(path.lstat().st_mtime), dt.UTC)
