"""Writes the class report's CSV: one line per student and task, for spreadsheets and scripts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from autograder.exports.cells import safe_text
from autograder.report.model import ClassData

COLUMNS = ("student", "exercise", "task", "score", "max_score", "status")


def write_csv(data: ClassData, path: Path) -> None:
    """Write the table; UTF-8 with a mark, so that spreadsheets read umlauts.

    Args:
        data: The graded class.
        path: The file. Its column `status` is graded, waiting (for a person) or missing; the score
            is empty unless graded.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_lines(data))


def _lines(data: ClassData) -> Iterator[tuple[str | float, ...]]:
    for student in sorted(data.students, key=lambda s: s.student_id.casefold()):
        for task in data.tasks:
            score = student.scores.get(task.grade_id, 0.0)
            status = "waiting" if score is None else "graded"
            shown = "" if score is None else round(score, 6)
            head = (safe_text(student.student_id), task.group, task.grade_id)
            yield (*head, shown, task.max_score, status)
    for name in data.missing:
        for task in data.tasks:
            yield (safe_text(name), task.group, task.grade_id, "", task.max_score, "missing")
