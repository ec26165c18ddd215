"""Marks by hand, given through nbgrader's gradebook as formgrader does: who keeps them, when."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.batch.run import Options
from autograder.commands.class_report import write_class_report
from autograder.commands.export import export_canvas, export_csv
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grade import run_grading
from autograder.lab import Exercise
from autograder.recording import Recorder
from autograder.release.build import generate_assignment
from tests.autograder.conftest import LAB, KeptWorkers, Quiet

EX2, WRITTEN, CHECK = "ex2_magnitude_pruning", "ex2-trends-written", "ex2-size-check"
TOML = """
timezone = "Europe/Berlin"
[labs.lab1_magnitude]
column = "Lab 1"
due = "2026-12-01 23:59"
[labs.lab1_magnitude.late]
percent_per_day = 50
"""
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section\nAda,7,,ada,A\n"


def mark(course: Course, cell: str, score: float, comment: str) -> None:
    with Gradebook(f"sqlite:///{course.build / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(cell, EX2, LAB, "ada")
        grade.manual_score, grade.needs_manual_grade = score, False
        if cell == WRITTEN:
            gradebook.find_comment(cell, EX2, LAB, "ada").manual_comment = comment
        gradebook.db.commit()


def seen(course: Course, cell: str) -> tuple[float | None, bool]:
    with Gradebook(f"sqlite:///{course.build / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(cell, EX2, LAB, "ada")
        return grade.manual_score, bool(grade.needs_manual_grade)


def test_marks_by_hand_are_kept_exported_and_asked_for_again_only_where_the_answer_changed(
    course: Course,
    exercises: dict[str, Exercise],
    hand_in: Callable[..., Path],
    workers: KeptWorkers,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(course.root)
    (course.root / "course.toml").write_text(TOML, encoding="utf-8")
    canvas, out = tmp_path / "canvas.csv", tmp_path / "out.csv"
    canvas.write_text(CANVAS, encoding="utf-8")
    generate_assignment(course, LAB)
    path = hand_in("ada", exercises[EX2], {WRITTEN: "Small weights matter little."})
    path.with_name("timestamp.txt").write_text("2026-12-02 12:00:00.000000 UTC", encoding="utf-8")
    run_grading(course, LAB, Quiet(), Options(pool=workers))
    assert seen(course, WRITTEN) == (None, True)
    with pytest.raises(CourseError, match="--allow-ungraded"):
        export_canvas(LAB, canvas, out=out)
    assert not out.exists()
    export_canvas(LAB, canvas, out=out, allow_ungraded=True)
    assert out.read_text("utf-8").splitlines()[1] == "Ada,7,,ada,A,0"

    mark(course, WRITTEN, 0.4, "Say why.")
    mark(course, CHECK, 0.6, "")
    export_canvas(LAB, canvas, out=out)  # a day late: half of it is gone
    assert out.read_text("utf-8").splitlines()[1] == "Ada,7,,ada,A,0.5"
    page = course.build / "feedback" / "ada" / LAB / f"{EX2}.html"
    assert "Say why." in page.read_text("utf-8") and ">−0.5<" in page.read_text("utf-8")
    report = write_class_report(course, LAB).read_text("utf-8")
    assert "−0.5" in report and "to do" not in report

    options = Options(pool=workers, fresh=True)  # nothing changed but hidden inputs
    run_grading(course, LAB, Quiet(), options)
    assert seen(course, WRITTEN) == (0.4, False) and seen(course, CHECK) == (0.6, False)

    hand_in("ada", exercises[EX2], {WRITTEN: "Accuracy falls late, since large weights stay."})
    run_grading(course, LAB, Quiet(), Options(pool=workers))
    assert seen(course, WRITTEN) == (0.4, True) and seen(course, CHECK) == (0.6, False)
    export_csv(LAB, out=out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["note"] == f"needs manual grading: {WRITTEN}"
    assert (row[EX2], row["late penalty"], row["score"]) == ("1", "0.5", "0.5")

    path.with_name("timestamp.txt").unlink()
    page = write_class_report(course, LAB).read_text("utf-8")
    assert "nobody knows when it was handed in" in page
    assert Recorder(course, LAB).write_feedback("ada") is None
