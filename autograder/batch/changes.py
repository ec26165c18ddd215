"""Which grades would change, from what to what, and why: computed before anything is recorded.

Does: compare the gradebook with the results in the store. Does not: write either. Points are those
before penalties for lateness, which follow from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade, is_grade

from autograder.batch.ledger import Entry, Ledger
from autograder.course import Course
from autograder.grading.keys import REASONS
from autograder.grading.store import Store
from autograder.lab import Exercise
from autograder.submissions import Submission

UNKNOWN = "recorded by an earlier version"
TINY = 1e-9
Points = dict[str, float | None]


@dataclass(frozen=True)
class TaskChange:
    """A task whose points change.

    Attributes:
        task: Its `grade_id`.
        old: Points in the gradebook; None where a person has still to give them.
        new: Points after recording; None as above.
        why: What it depends on that has changed.
    """

    task: str
    old: float | None
    new: float | None
    why: str


@dataclass(frozen=True)
class StudentChange:
    """A student whose grade changes: totals in points before penalties, and the tasks."""

    student: str
    old_total: float
    new_total: float
    tasks: list[TaskChange]


@dataclass(frozen=True)
class Changes:
    """What recording would do.

    Attributes:
        changed: Students in the gradebook whose points change.
        unchanged: How many in the gradebook keep every point.
        new: Students who get their first grade.
    """

    changed: list[StudentChange] = field(default_factory=list)
    unchanged: int = 0
    new: list[str] = field(default_factory=list)

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.changed + other.changed, self.unchanged + other.unchanged, self.new + other.new
        )


def find_changes(
    course: Course,
    exercises: Sequence[Exercise],
    submissions: Sequence[Submission],
    store: Store,
) -> Changes:
    """Compare what is recorded with what would be.

    Args:
        course: The course folder.
        exercises: The lab.
        submissions: Those with every result in the store.
        store: Has the results.
    """
    lab = exercises[0].lab
    ledger, changes, unchanged = Ledger(course, lab), Changes(), 0
    directory = CourseDirectory(config=course.nbgrader_config(lab))
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        for submission in submissions:
            entry = ledger.entry(submission.student)
            cut_off = entry is not None and not entry.keys  # its first recording, in the middle
            try:
                graded = gradebook.find_submission(lab, submission.student)
            except MissingEntry:
                graded = None
            if graded is None or cut_off:
                changes.new.append(submission.student)
                continue
            change = _compare(graded, exercises, submission, store, entry)
            if change.tasks:
                changes.changed.append(change)
            else:
                unchanged += 1
    return Changes(changes.changed, unchanged, changes.new)


def _compare(
    graded: SubmittedAssignment,
    exercises: Sequence[Exercise],
    submission: Submission,
    store: Store,
    entry: Entry | None,
) -> StudentChange:
    why = reasons(entry, submission, exercises)
    tasks: list[TaskChange] = []
    old_total = new_total = 0.0
    notebooks = {notebook.name: notebook for notebook in graded.notebooks}
    for exercise in exercises:
        if exercise.name not in notebooks:
            continue
        expected = _expected(exercise, submission, store)
        for grade in notebooks[exercise.name].grades:
            extra, by_hand = grade.extra_credit or 0.0, grade.manual_score
            old = by_hand if by_hand is not None else grade.auto_score
            new = by_hand if by_hand is not None else expected.get(grade.name, grade.auto_score)
            old_total += (old or 0.0) + extra
            new_total += (new or 0.0) + extra
            if (old is None) != (new is None) or abs((old or 0.0) - (new or 0.0)) > TINY:
                tasks.append(TaskChange(grade.name, old, new, why[exercise.name]))
    return StudentChange(submission.student, old_total, new_total, tasks)


def _expected(exercise: Exercise, submission: Submission, store: Store) -> Points:
    """The points that nbgrader would take over, before what a person has given."""
    result = store.get(submission.keys.get(exercise.name, ""))
    if result is None:  # not handed in, or nothing that can be read
        return dict.fromkeys((task.grade_id for task in exercise.tasks), 0.0)
    points: Points = {}
    for cell in result.notebook.cells:
        if is_grade(cell):
            name = cell.metadata["nbgrader"]["grade_id"]
            scored = name in result.scores
            points[name] = result.scores[name] if scored else determine_grade(cell)[0]
    return points


def reasons(
    entry: Entry | None, submission: Submission, exercises: Sequence[Exercise]
) -> dict[str, str]:
    """Why each exercise's result is another one than before, in words."""
    if entry is None:
        return dict.fromkeys((exercise.name for exercise in exercises), UNKNOWN)
    found: dict[str, list[str]] = {}
    for exercise in exercises:
        old, new = entry.parts.get(exercise.name), submission.parts.get(exercise.name)
        own = _differences(old, new)
        carried = [reason for name in exercise.carries for reason in found.get(name, [])]
        if not entry.whole and not own and not carried:
            own = ["recording was cut off"]
        found[exercise.name] = list(dict.fromkeys([*own, *carried]))
    return {name: ", ".join(each) or "changed by hand" for name, each in found.items()}


def _differences(old: Mapping[str, str] | None, new: Mapping[str, str] | None) -> list[str]:
    if old is None or new is None:
        return [] if old is new else ["handed in" if old is None else "no longer handed in"]
    return [words for part, words in REASONS.items() if old.get(part) != new.get(part)]
