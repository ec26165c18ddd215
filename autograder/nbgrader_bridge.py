"""Where nbgrader's `autograde` meets this grader, through nbgrader's own traits.

`nbgrader_config.py` names the three classes here. With them, stock `nbgrader autograde` rebuilds,
executes and scores a submission as `autograder grade` does, and takes a result from the store where
there is one.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from autograder.collecting.reading import UnreadableSubmission, read_submitted
from autograder.course import Course
from autograder.gradebook import SaveGrades
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.grading.starting import start_engine
from autograder.grading.store import Store
from autograder.intake import SIZE_LIMIT_BYTES, Intake, rebuild
from autograder.lab import Exercise, read_lab
from autograder.submissions import Reader, Submission, find_or_grade

if TYPE_CHECKING:
    from autograder.grading.engine import Engine


class InHand(NamedTuple):
    """What `autograder grade` has read of a lab and of one student's submission."""

    exercises: Sequence[Exercise]
    submission: Submission


_in_hand: ContextVar[InHand | None] = ContextVar("in_hand", default=None)


@contextlib.contextmanager
def in_hand(exercises: Sequence[Exercise], submission: Submission) -> Iterator[None]:
    """Spare nbgrader's converters reading all of it again for each notebook."""
    token = _in_hand.set(InHand(exercises, submission))
    try:
        yield
    finally:
        _in_hand.reset(token)


def _find_exercise(course: Course, resources: dict[str, Any]) -> Exercise:
    names, hand = resources["nbgrader"], _in_hand.get()
    exercises = hand.exercises if hand else read_lab(course.labs, names["assignment"])
    return next(e for e in exercises if e.name == names["notebook"])


def _intake(path: Path, exercise: Exercise) -> Intake:
    """What is graded of a file: handed in, or written there by nbgrader's first pass."""
    hand = _in_hand.get()
    if hand and exercise.name in hand.submission.intakes and _is_handed_in(path):
        return hand.submission.intakes[exercise.name]
    try:
        return rebuild(read_submitted(path, SIZE_LIMIT_BYTES), exercise)
    except UnreadableSubmission as problem:
        # An empty one, so that its tasks get their zeros and the other notebooks their points.
        intake = rebuild(b"", exercise)
        intake.warnings = [f"{exercise.name}.ipynb {problem}; not graded."]
        return intake


def _is_handed_in(path: Path) -> bool:
    return Course.find().submitted.resolve() in path.resolve().parents


class SubmissionExporter(NotebookExporter):
    """Reads a submitted notebook, whatever its state, rebuilt around the source."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Rebuild the file and send it through the preprocessors."""
        assert resources is not None
        exercise = _find_exercise(Course.find(), resources)
        intake = _intake(Path(filename), exercise)
        for warning in intake.warnings:
            self.log.warning(warning)
        return self.from_notebook_node(intake.notebook, resources=resources, **kwargs)


class ExecuteAndTest(NbGraderPreprocessor):
    """Puts the executed notebook and its scores in the place of the rebuilt one."""

    isolation = Unicode(
        "auto", help="The walls that students' code runs behind; `none` goes without."
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Take the result from the store; grade here and now where there is none."""
        course = Course.find()
        exercise = _find_exercise(course, resources)
        try:
            student = resources["nbgrader"]["student"]
            result = result_of(course, exercise, student, self.isolation)
        except UnreadableSubmission:
            resources["autograder"] = {"scores": dict.fromkeys(exercise.full_marks, 0.0)}
            return nb, resources
        resources["autograder"] = {"scores": result.scores}
        outputs = {cell.id: cell.get("outputs", []) for cell in result.notebook.cells}
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = outputs.get(cell.id, [])
        for warning in result.warnings:
            self.log.warning(warning)
        return nb, resources


class SaveTestScores(SaveGrades):
    """Saves what hidden tests say; tasks without them are scored as nbgrader does."""

    def _add_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        scores = resources["autograder"]["scores"]
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        if grade_id not in scores:
            super()._add_score(cell, resources)
            return
        grade = self.gradebook.find_grade(
            grade_id, self.notebook_id, self.assignment_id, self.student_id
        )
        grade.auto_score = scores[grade_id]
        grade.needs_manual_grade = grade.manual_score is not None
        self.gradebook.db.commit()


def result_of(
    course: Course, exercise: Exercise, student: str, isolation: str = "auto"
) -> NotebookResult:
    """The stored result of a submitted notebook, graded in this process where there is none."""
    store, hand = Store(course.store), _in_hand.get()
    if hand and (stored := store.get(hand.submission.keys.get(exercise.name, ""))):
        return stored
    exercises = read_lab(course.labs, exercise.lab)
    reader = Reader(course, exercises, store.seed(exercise.lab), Limits())
    engine = _engine(course.root, isolation)
    return find_or_grade(reader, store, student, exercise.name, engine.grade)


@functools.cache
def _engine(root: Path, isolation: str) -> Engine:
    """This process's engine: warm from the first notebook to the last."""
    engine = start_engine(root, isolation)
    atexit.register(engine.close)
    return engine
