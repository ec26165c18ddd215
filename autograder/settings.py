"""What `course.toml` says about a lab: its scheme of points, its due date, its late policy.

Does: read and check the file. Does not: apply any of it (`late` and `exports` do).
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from autograder.course import Course
from autograder.errors import CourseError

FILE_NAME = "course.toml"
TOP = {"timezone", "labs"}
LAB = {"column", "out_of", "at_most", "extra", "due", "late", "extensions", "variants"}
LATE = {"grace_minutes", "percent_per_day", "at_most_percent"}


@dataclass(frozen=True)
class LatePolicy:
    """What lateness costs.

    Attributes:
        grace_minutes: Lateness up to this costs nothing.
        percent_per_day: Of the points reached, for each day begun.
        at_most_percent: The most that is ever taken.
    """

    grace_minutes: float = 0.0
    percent_per_day: float = 0.0
    at_most_percent: float = 100.0


@dataclass(frozen=True)
class LabSettings:
    """One lab in `course.toml`.

    Attributes:
        column: Its heading in Canvas.
        out_of: Points of the notebooks that everybody does; None: all that the tasks give.
        at_most: The highest score that is exported; None: `out_of` and the extra notebooks.
        extra: Notebooks whose points come on top.
        due: When it is due, in the course's time zone; None: never late.
        late: What lateness costs.
        extensions: A later date for some students.
        variants: Whether each student has data, seed and targets of their own; see `variants`.
    """

    column: str
    out_of: float | None = None
    at_most: float | None = None
    extra: tuple[str, ...] = ()
    due: dt.datetime | None = None
    late: LatePolicy = LatePolicy()
    extensions: dict[str, dt.datetime] = field(default_factory=dict)
    variants: bool = False

    def due_of(self, student: str) -> dt.datetime | None:
        """When the lab is due for one student, extensions counted."""
        return self.extensions.get(student, self.due)


def read_settings(course: Course, lab: str) -> LabSettings:
    """Read what `course.toml` says of a lab; defaults where it says nothing.

    Raises:
        CourseError: The file cannot be read or says something that makes no sense.
    """
    path = course.root / FILE_NAME
    if not path.exists():
        return LabSettings(column=lab)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(f"{FILE_NAME} cannot be read: {error}") from error
    _known(content, TOP, "")
    labs = _table(content, "labs", "")
    where = f"labs.{lab}"
    table = _table(labs, lab, "labs.")
    _known(table, LAB, where)
    zone = _zone(content.get("timezone", "UTC"))
    late = _table(table, "late", f"{where}.")
    _known(late, LATE, f"{where}.late")
    due = _time(table["due"], f"{where}.due", zone) if "due" in table else None
    extensions = {
        student: _time(value, f"{where}.extensions.{student}", zone)
        for student, value in _table(table, "extensions", f"{where}.").items()
    }
    _sensible_extensions(due, extensions, where)
    numbers = {name: _number(late[name], f"{where}.late.{name}") for name in late}
    for name in ("percent_per_day", "at_most_percent"):
        if numbers.get(name, 0) > 100:
            raise _wrong(f"{where}.late.{name}", late[name], "at most 100 percent")
    out_of = _number(table["out_of"], f"{where}.out_of") if "out_of" in table else None
    at_most = _number(table["at_most"], f"{where}.at_most") if "at_most" in table else None
    if out_of is not None and at_most is not None and at_most < out_of:
        raise _wrong(f"{where}.at_most", at_most, f"out_of ({out_of:g}) or more")
    return LabSettings(
        column=_column(table.get("column", lab), f"{where}.column"),
        out_of=out_of,
        at_most=at_most,
        extra=_names(table.get("extra", []), f"{where}.extra"),
        due=due,
        late=LatePolicy(**numbers),
        extensions=extensions,
        variants=_flag(table.get("variants", False), f"{where}.variants"),
    )


def read_timezone(course: Course) -> ZoneInfo:
    """The zone of the dates in `course.toml`; UTC where it names none.

    Raises:
        CourseError: The file cannot be read, or there is no such zone.
    """
    path = course.root / FILE_NAME
    if not path.exists():
        return ZoneInfo("UTC")
    try:
        return _zone(tomllib.loads(path.read_text(encoding="utf-8")).get("timezone", "UTC"))
    except (OSError, ValueError) as error:
        raise CourseError(f"{FILE_NAME} cannot be read: {error}") from error


def _wrong(where: str, value: object, expected: str) -> CourseError:
    return CourseError(f"{FILE_NAME}: {where} is {value!r}; expected {expected}.")


def _known(table: dict[str, Any], names: set[str], where: str) -> None:
    unknown = sorted(set(table) - names)
    if unknown:
        place = f"in [{where}]" if where else "at its top"
        raise CourseError(
            f"{FILE_NAME}: {unknown[0]!r} {place} means nothing; "
            f"what can stand there is {', '.join(sorted(names))}."
        )


def _table(table: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise _wrong(f"{where}{name}", value, f"a table, [{where}{name}]")
    return value


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (OSError, ValueError, LookupError):
        raise _wrong("timezone", name, 'a name such as "Europe/Berlin"') from None


def _time(value: object, where: str, zone: ZoneInfo) -> dt.datetime:
    expected = 'a local date and time such as "2026-12-01 23:59"'
    if isinstance(value, str) and len(value) > 10:
        try:
            value = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            raise _wrong(where, value, expected) from None
    if not isinstance(value, dt.datetime) or value.tzinfo is not None:
        raise _wrong(where, str(value), expected)
    return value.replace(tzinfo=zone)


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise _wrong(where, value, "a number, 0 or more")
    return float(value)


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(where, value, "true or false")
    return value


def _column(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(where, value, 'a heading such as "Lab 1"')
    return value.strip()


def _names(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise _wrong(where, value, 'names of notebooks, such as ["ex4_extra_credit"]')
    return tuple(name.removesuffix(".ipynb") for name in value)


def _sensible_extensions(
    due: dt.datetime | None, extensions: dict[str, dt.datetime], where: str
) -> None:
    for student, until in extensions.items():
        name = f"{where}.extensions.{student}"
        if due is None:
            raise CourseError(f"{FILE_NAME}: {name} extends a date, but {where} has no due.")
        if until < due:
            raise _wrong(name, f"{until:%Y-%m-%d %H:%M}", f"not before due, {due:%Y-%m-%d %H:%M}")
