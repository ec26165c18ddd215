"""Brings the late policy into nbgrader's gradebook.

`nbgrader_config.py` names the step that does so for a notebook while it is graded. `settle` does it
for a whole lab: a penalty is a share of the points, so it has to follow when a person
gives some by hand, and when a date or an extension in `course.toml` changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.batch.lock import one_grader
from autograder.course import Course
from autograder.gradebook import own_session
from autograder.late import UnreadableTimestamp, penalty, read_timestamp
from autograder.settings import LabSettings, read_settings


class AssignCoursePenalties(NbGraderPreprocessor):
    """nbgrader's step for lateness, by the dates and the policy of `course.toml`."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Write due date, extension and time, and what lateness costs in this notebook."""
        course, names = Course.find(), resources["nbgrader"]
        settings = read_settings(course, names["assignment"])
        with own_session(names["db_url"]) as gradebook:
            submission = gradebook.find_submission(names["assignment"], names["student"])
            handed_in, _ = _handed_in(course, submission)
            if settings.due is not None:
                _write_dates(settings, submission, handed_in)
            notebook = gradebook.find_submission_notebook(
                names["notebook"], names["assignment"], names["student"]
            )
            points_off = penalty(settings, names["student"], notebook.score, handed_in)
            notebook.late_submission_penalty = points_off or None
            gradebook.db.commit()
        if points_off:
            self.log.warning("Late: %g points off %s", points_off, names["notebook"])
        return nb, resources


def settle(course: Course, lab: str) -> tuple[list[str], dict[str, str]]:
    """Bring every late penalty of a lab up to date with `course.toml` and with marks by hand.

    Args:
        course: The course folder.
        lab: The lab.

    Returns:
        Whose penalty changed, and what is odd about the time of some student's submission.

    Raises:
        CourseError: `course.toml` makes no sense, or another grading is at work.
    """
    settings = read_settings(course, lab)
    notes: dict[str, str] = {}
    if settings.due is None or not course.has_gradebook(lab):
        return [], notes
    directory = CourseDirectory(config=course.nbgrader_config(lab))
    changed, outdated = [], False
    with Gradebook(directory.db_url, directory.course_id) as gradebook, gradebook.db.no_autoflush:
        for submission in _submissions(gradebook, lab):
            handed_in, note = _handed_in(course, submission)
            if note:
                notes[submission.student.id] = note
            outdated |= _write_dates(settings, submission, handed_in)
            if _write_penalties(settings, submission, handed_in):
                changed.append(submission.student.id)
        if outdated or changed:
            with one_grader(course):
                gradebook.db.commit()
    return sorted(changed), notes


def _submissions(gradebook: Gradebook, lab: str) -> Iterator[SubmittedAssignment]:
    try:
        yield from gradebook.find_assignment(lab).submissions
    except MissingEntry:
        return


def _write_penalties(
    settings: LabSettings, submission: SubmittedAssignment, handed_in: dt.datetime | None
) -> bool:
    """Set each notebook's penalty where it differs; whether one did."""
    changed = False
    for notebook in submission.notebooks:
        new = penalty(settings, submission.student.id, notebook.score, handed_in)
        if abs(new - (notebook.late_submission_penalty or 0.0)) > 1e-9:
            notebook.late_submission_penalty = new
            changed = True
    return changed


def _write_dates(
    settings: LabSettings, submission: SubmittedAssignment, handed_in: dt.datetime | None
) -> bool:
    """Set due date, extension and time where they differ; nbgrader keeps UTC without a zone."""
    assert settings.due is not None
    due = settings.due.astimezone(dt.UTC)
    until = (settings.due_of(submission.student.id) or due).astimezone(dt.UTC)
    wanted = (
        (submission.assignment, "duedate", due.replace(tzinfo=None)),
        (submission, "extension", until - due or None),
        (submission, "timestamp", handed_in.replace(tzinfo=None) if handed_in else None),
    )
    outdated = [
        (entry, name, value) for entry, name, value in wanted if getattr(entry, name) != value
    ]
    for entry, name, value in outdated:
        setattr(entry, name, value)
    return bool(outdated)


def _handed_in(course: Course, submission: SubmittedAssignment) -> tuple[dt.datetime | None, str]:
    """When a submission came, and a sentence where nobody knows."""
    folder = course.submitted / submission.student.id / submission.assignment.name
    try:
        handed_in = read_timestamp(folder)
    except UnreadableTimestamp as error:
        return None, f"timestamp.txt does not say when it was handed in ({error}): not late."
    if handed_in is None:
        return None, "There is no timestamp.txt, so nobody knows when it was handed in: not late."
    return handed_in, ""
