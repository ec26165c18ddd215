"""Collects the class report's facts from the gradebook and the store."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course
from autograder.exports.scores import scheme
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.grading.store import Store
from autograder.lab import read_lab
from autograder.recording import feedback_pages
from autograder.report.model import ClassData, StudentRow, TaskRow, TestRow
from autograder.settings import read_settings
from autograder.submissions import Reader, Submission


def collect(course: Course, lab: str) -> ClassData:
    """Everything that the report of a lab shows.

    Raises:
        CourseError: There is no such lab.
    """
    exercises = read_lab(course.labs, lab)
    store = Store(course.store)
    seed = store.seed(lab)
    reader = Reader(course, exercises, seed, Limits())
    submissions = [reader.read(student) for student in course.students(lab)]
    tasks = [
        TaskRow(task.grade_id, task.title, task.points, exercise.name, task.manual)
        for exercise in exercises
        for task in exercise.tasks
    ]
    config = course.nbgrader_config(lab)
    directory = CourseDirectory(config=config)
    students: list[StudentRow] = []
    missing: dict[str, str] = {}
    walls: set[str] = set()
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        for submission in submissions:
            if not submission.keys:
                missing[submission.student] = "a folder without a notebook of this lab"
                continue
            try:
                graded = gradebook.find_submission(lab, submission.student)
            except MissingEntry:
                missing[submission.student] = "handed in, but not in the gradebook"
                continue
            results = [store.get(submission.keys.get(each.name, "")) for each in exercises]
            found = [result for result in results if result]
            walls |= {result.isolation for result in found}
            students.append(_student(course, submission, graded, found))
        present = {submission.student for submission in submissions}
        for student in gradebook.students:
            if student.id not in present:
                missing[student.id] = "on the roster, nothing handed in"
    return ClassData(
        lab=lab,
        tasks=tasks,
        students=students,
        max_score=scheme(exercises, read_settings(course, lab))[0],
        generated_at=dt.datetime.now().astimezone(),
        seed=seed,
        isolation="; ".join(sorted(walls)) or "nothing was executed",
        course=str(directory.course_id),
        missing=missing,
    )


def _student(
    course: Course,
    submission: Submission,
    graded: SubmittedAssignment,
    results: list[NotebookResult],
) -> StudentRow:
    scores: dict[str, float | None] = {}
    for notebook in graded.notebooks:
        for grade in notebook.grades:
            waiting = grade.auto_score is None and grade.manual_score is None
            scores[grade.name] = None if waiting else grade.score
    warnings, tests = list(submission.warnings), []
    for result in results:
        warnings += result.warnings
        tests += [
            TestRow(t.id, t.task, t.title, t.points, t.passed, t.message) for t in result.tests
        ]
    penalty = graded.late_submission_penalty or 0.0
    pages = feedback_pages(course, graded.assignment.name, submission.student)
    report = report_folder(course, graded.assignment.name)
    return StudentRow(
        student_id=submission.student,
        scores=scores,
        total=graded.score - penalty,
        needs_manual=graded.needs_manual_grade,
        late_penalty=penalty,
        warnings=warnings,
        tests=tests,
        feedback_links={
            name: Path(os.path.relpath(path, report)).as_posix() for name, path in pages.items()
        },
    )


def report_folder(course: Course, lab: str) -> Path:
    """Where the report of a lab is written."""
    return course.build / "report" / lab
