"""What several commands do last: write the class report."""

from __future__ import annotations

from pathlib import Path

from autograder.course import Course


def write_class_report(course: Course, lab: str) -> Path:
    """Bring penalties up to date and write the report; returns its page.

    Raises:
        CourseError: There is no such lab, `course.toml` makes no sense, or somebody is grading.
    """
    from autograder.commands.penalties import bring_penalties_up_to_date
    from autograder.lab import read_lab
    from autograder.report import write_report
    from autograder.report.collect import collect, report_folder

    read_lab(course.labs, lab)
    notes = bring_penalties_up_to_date(course, lab)
    data = collect(course, lab)
    for student in data.students:
        student.warnings.extend(notes.get(student.student_id, []))
    return write_report(data, report_folder(course, lab))
