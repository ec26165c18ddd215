"""Fills one column of the CSV that Canvas exports, so that Canvas can import it again.

A student is found by the id of the folder in `submitted/`: in Canvas's column ID, else SIS User
ID, else SIS Login ID. Every other cell stays as it was.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import CourseError
from autograder.exports.cells import number
from autograder.exports.raw_csv import RawCsv
from autograder.exports.scores import LabGrades

ID_COLUMNS = ("ID", "SIS User ID", "SIS Login ID")
ASSIGNMENT_ID = re.compile(r"\s*\(\d+\)$")
POINTS_POSSIBLE, READ_ONLY = "points possible", "(read only)"


@dataclass
class CanvasMerge:
    """What a merge did.

    Attributes:
        column: The heading that was filled.
        added: Whether it is new.
        written: Students whose score was written.
        replaced: Those of them who had another score, with both: "8 → 9.5".
        not_in_canvas: Our students that Canvas does not know.
        not_ours: Canvas's students who handed in nothing here, by the name in Canvas.
        ambiguous: Sentences on students that could be two people.
    """

    column: str
    added: bool
    written: list[str] = field(default_factory=list)
    replaced: dict[str, str] = field(default_factory=dict)
    not_in_canvas: list[str] = field(default_factory=list)
    not_ours: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)


def merge(grades: LabGrades, exported: Path, column: str) -> tuple[str, CanvasMerge]:
    """Write grades into a table that Canvas exported.

    Args:
        grades: The lab's. Who handed in nothing keeps what stands in Canvas.
        exported: The CSV from Canvas.
        column: The heading, with or without Canvas's number behind it; it is added where missing.

    Returns:
        The new table as text, and what was done.

    Raises:
        CourseError: The file is no export of Canvas, or the column cannot be told.
    """
    table = _read(exported)
    points_row = _points_row(table)
    index, added = _column(table, column, points_row, exported)
    if added:
        table.insert_column(index, column)
        if points_row is not None:
            table.set(points_row, index, number(grades.out_of))
    elif points_row is not None:
        _same_points(table.value(points_row, index), grades.out_of, column)
    result = CanvasMerge(table.value(0, index), added)
    rows = _match(table, points_row, grades, result)
    for grade in grades.grades:
        if grade.student in rows and grade.handed_in:
            row, new = rows[grade.student], number(grade.total)
            old = table.value(row, index).strip()
            if old and not _equal(old, grade.total):
                result.replaced[grade.student] = f"{old} → {new}"
            table.set(row, index, new)
            result.written.append(grade.student)
    return table.text(), result


def _read(path: Path) -> RawCsv:
    try:
        text = path.read_bytes().decode("utf-8")
        table = RawCsv.parse(text)
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not UTF-8: take the CSV as Canvas exports it.") from None
    except ValueError as error:
        raise CourseError(f"{path} is no whole CSV: {error}.") from None
    names = _headings(table) if table.rows else []
    if "Student" not in names or not set(ID_COLUMNS) & set(names):
        raise CourseError(
            f"{path} is no gradebook of Canvas: its first line should have the columns Student and "
            "ID (Canvas: Grades → Export → Export Entire Gradebook)."
        )
    return table


def _headings(table: RawCsv) -> list[str]:
    return [table.value(0, column).strip() for column in range(len(table.rows[0]))]


def _points_row(table: RawCsv) -> int | None:
    for row in range(1, min(4, len(table.rows))):
        if table.value(row, 0).strip().casefold() == POINTS_POSSIBLE:
            return row
    return None


def _column(table: RawCsv, column: str, points_row: int | None, path: Path) -> tuple[int, bool]:
    """Where the column is, or where it belongs: before the first that Canvas itself computes."""
    names, wanted = _headings(table), column.strip()
    found = [i for i, name in enumerate(names) if name == wanted]
    found = found or [i for i, name in enumerate(names) if ASSIGNMENT_ID.sub("", name) == wanted]
    if len(found) > 1:
        listed = " and ".join(repr(names[i]) for i in found)
        raise CourseError(f"{path} has several columns {column!r}: {listed}; name one.")
    if found:
        read_only = points_row is not None and table.value(points_row, found[0]) == READ_ONLY
        if read_only or wanted in ("Student", "Section", *ID_COLUMNS):
            raise CourseError(f"The column {column!r} is Canvas's own and cannot be imported.")
        return found[0], False
    if points_row is not None:
        for i in range(len(names)):
            if table.value(points_row, i).strip() == READ_ONLY:
                return i, True
    return len(names), True


def _same_points(possible: str, out_of: float, column: str) -> None:
    if possible.strip() and not _equal(possible, out_of):
        raise CourseError(
            f"Canvas has {column!r} out of {possible.strip()} points, the lab is out of "
            f"{out_of:g}: change the points in Canvas and export again."
        )


def _equal(text: str, value: float) -> bool:
    try:
        return abs(float(text.strip().replace(",", ".")) - value) < 0.005
    except ValueError:
        return False


def _match(
    table: RawCsv, points_row: int | None, grades: LabGrades, result: CanvasMerge
) -> dict[str, int]:
    """The row of each student; what does not fit goes into the result."""
    names = _headings(table)
    columns = [names.index(name) for name in ID_COLUMNS if name in names]
    people = [
        row
        for row in range(1, len(table.rows))
        if row != points_row and any(table.value(row, column).strip() for column in columns)
    ]
    claims: dict[int, list[str]] = defaultdict(list)
    for grade in grades.grades:
        found = _find(table, people, columns, grade.student)
        if len(found) > 1:
            result.ambiguous.append(f"{grade.student} is in {len(found)} lines of Canvas's file")
        elif found:
            claims[found[0]].append(grade.student)
        elif grade.handed_in:
            result.not_in_canvas.append(grade.student)
    for row, students in claims.items():
        if len(students) > 1:
            who = " and ".join(students)
            result.ambiguous.append(f"{who} are one person in Canvas, {table.value(row, 0)}")
    rows = {students[0]: row for row, students in claims.items() if len(students) == 1}
    taken = {row for row, students in claims.items() if len(students) > 1}
    here = {grade.student for grade in grades.grades if grade.handed_in}
    taken |= {row for student, row in rows.items() if student in here}
    result.not_ours = [table.value(row, 0) for row in people if row not in taken]
    return rows


def _find(table: RawCsv, people: list[int], columns: list[int], student: str) -> list[int]:
    """The rows with an id, in the first of the columns that has it."""
    wanted = student.strip().casefold()
    for column in columns:
        found = [row for row in people if table.value(row, column).strip().casefold() == wanted]
        if found:
            return found
    return []
