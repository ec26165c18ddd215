"""The gradebook that is open: nbgrader's steps would open theirs anew, thirty times for a student.

Each opening looks at every table, and has SQLAlchemy compile every query once more. Here the
grading run keeps one; `nbgrader autograde` by itself has none, and each step opens its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    GetGrades,
    NbGraderPreprocessor,
    OverwriteCells,
    SaveAutoGrades,
)

_open: ContextVar[Gradebook | None] = ContextVar("open_gradebook", default=None)


@contextlib.contextmanager
def kept_open(gradebook: Gradebook) -> Iterator[None]:
    """Let the steps of this block use a gradebook; its connections are closed afterwards.

    It can be kept open again: what it knows of tables and queries stays.
    """
    token = _open.set(gradebook)
    try:
        yield
    finally:
        _open.reset(token)
        gradebook.close()


@contextlib.contextmanager
def own_session(db_url: str) -> Iterator[Gradebook]:
    """The open gradebook with a session of this block's own; where none is open, another one.

    Args:
        db_url: Where nbgrader says that it lies.
    """
    gradebook = _open.get()
    if gradebook is None:
        with Gradebook(db_url) as gradebook:
            yield gradebook
        return
    try:
        yield gradebook
    finally:
        gradebook.db.remove()


class WithOpenGradebook(NbGraderPreprocessor):
    """A step of nbgrader's that does its work cell by cell, with the gradebook that is open."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Go through the cells, as nbgrader's step does after it has opened a gradebook."""
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id = names["notebook"], names["assignment"]
        self.student_id, self.db_url = names["student"], names["db_url"]
        with own_session(self.db_url) as self.gradebook:
            nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
            self.finish(resources)
        return nb, resources

    def finish(self, resources: ResourcesDict) -> None:
        """What is left to do behind the last cell."""


class OverwriteReleasedCells(WithOpenGradebook, OverwriteCells):
    """Restores points and locked cells to what was released."""


class SaveGrades(WithOpenGradebook, SaveAutoGrades):
    """Saves the scores of graded cells, and which answers were not given."""


class GetScores(WithOpenGradebook, GetGrades):
    """Puts scores and comments into the notebook's cells, its total into the page's resources."""

    def finish(self, resources: ResourcesDict) -> None:
        """Write the total, as nbgrader's step does."""
        notebook = self.gradebook.find_submission_notebook(
            self.notebook_id, self.assignment_id, self.student_id
        )
        late = notebook.late_submission_penalty or 0
        resources["nbgrader"] |= {
            "score": notebook.score - late,
            "max_score": notebook.max_score,
            "late_penalty": late,
        }
