"""Everybody's grades as one table, for spreadsheets and for systems that read a CSV."""

from __future__ import annotations

import csv
from pathlib import Path

from autograder.exports.cells import number, safe_text
from autograder.exports.scores import Grade, LabGrades


def write_csv(grades: LabGrades, path: Path) -> None:
    """Write one line for each student; UTF-8 with a mark, so that spreadsheets read umlauts.

    Args:
        grades: The lab's.
        path: The file. Its last column says `needs manual grading`, `nothing handed in` or nothing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    header = ["student", *grades.notebooks, "late penalty", "score", "out of", "note"]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for grade in grades.grades:
            points = [number(grade.points.get(name, 0.0)) for name in grades.notebooks]
            last = [number(grade.penalty), number(grade.total), number(grades.out_of)]
            writer.writerow([safe_text(grade.student), *points, *last, _note(grade)])


def _note(grade: Grade) -> str:
    if not grade.handed_in:
        return "nothing handed in"
    return f"needs manual grading: {', '.join(grade.waiting)}" if grade.waiting else ""
