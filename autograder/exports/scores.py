"""The grades that leave the course: after penalties, capped by the lab's scheme of points."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course
from autograder.errors import CourseError
from autograder.lab import Exercise, read_lab
from autograder.settings import LabSettings


@dataclass(frozen=True)
class Grade:
    """What one student got for a lab.

    Attributes:
        student: The id.
        points: By notebook.
        penalty: Points lost for lateness.
        total: What counts: points less penalty, at most the scheme's cap.
        waiting: The graded cells that a person has still to look at.
        handed_in: Whether anything was.
    """

    student: str
    points: dict[str, float] = field(default_factory=dict)
    penalty: float = 0.0
    total: float = 0.0
    waiting: tuple[str, ...] = ()
    handed_in: bool = True


@dataclass(frozen=True)
class LabGrades:
    """Everybody's grades for a lab.

    Attributes:
        notebooks: The lab's, in order.
        out_of: What counts as everything.
        at_most: The highest score.
        grades: One for each student on the roster, in order of ids.
    """

    notebooks: list[str]
    out_of: float
    at_most: float
    grades: list[Grade]


def read_grades(course: Course, lab: str, settings: LabSettings) -> LabGrades:
    """Read a lab's grades from the gradebook.

    Raises:
        CourseError: The lab is unknown or was never graded, or its scheme contradicts its points.
    """
    exercises = read_lab(course.labs, lab)
    out_of, at_most = scheme(exercises, settings)
    directory = CourseDirectory(config=course.nbgrader_config(lab))
    course.build.mkdir(exist_ok=True)
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        try:
            submissions = {s.student.id: s for s in gradebook.find_assignment(lab).submissions}
        except MissingEntry:
            submissions = {}
        if not submissions:
            raise CourseError(f"Nothing of {lab} is graded: run `autograder grade {lab}` first.")
        grades = [
            _grade(student.id, submissions[student.id], at_most)
            if student.id in submissions
            else Grade(student.id, handed_in=False)
            for student in gradebook.students
        ]
    grades.sort(key=lambda grade: grade.student.casefold())
    return LabGrades([exercise.name for exercise in exercises], out_of, at_most, grades)


def scheme(exercises: list[Exercise], settings: LabSettings) -> tuple[float, float]:
    """What a lab is out of, and the most that anybody can get.

    Raises:
        CourseError: `course.toml` names an extra notebook that the lab does not have, or is out of
            other points than its tasks give.
    """
    points = {e.name: sum(task.points for task in e.tasks) for e in exercises}
    lab = exercises[0].lab
    for name in settings.extra:
        if name not in points:
            raise CourseError(f"course.toml: {lab} has no notebook {name!r} that could be extra.")
    regular = sum(value for name, value in points.items() if name not in settings.extra)
    out_of = regular if settings.out_of is None else settings.out_of
    if abs(out_of - regular) > 1e-9:
        raise CourseError(
            f"course.toml: {lab} is out_of {out_of:g}, but the tasks of its notebooks that are not "
            f"extra give {regular:g} points."
        )
    extra = sum(points.values()) - regular
    return out_of, out_of + extra if settings.at_most is None else settings.at_most


def _grade(student: str, submission: SubmittedAssignment, at_most: float) -> Grade:
    penalty = float(submission.late_submission_penalty or 0.0)
    points = {notebook.name: float(notebook.score) for notebook in submission.notebooks}
    waiting = sorted(
        grade.name
        for notebook in submission.notebooks
        for grade in notebook.grades
        if grade.needs_manual_grade
    )
    total = min(max(sum(points.values()) - penalty, 0.0), at_most)
    return Grade(student, points, penalty, round(total, 2), tuple(waiting))
