"""Grading again keeps what a person has graded, and asks again only where the answer changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from autograder.course import Course
from autograder.grading.store import write_atomically
from autograder.nbgrader_bridge import SaveTestScores


class SaveScores(SaveTestScores):
    """Saves scores. nbgrader keeps marks by hand, but asks for all of them again after each run.

    Here a mark by hand stays settled when the answer in front of it is the one that was marked.
    What was recorded last is kept in `build/store/`, as digests.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Save all scores, then remember the answers that they are for."""
        names = resources["nbgrader"]
        folder = Course.find().store / "answers" / names["assignment"] / names["student"]
        path = folder / f"{names['notebook']}.json"
        self._before = _read(path)
        self._now = answer_digests(nb)
        nb, resources = super().preprocess(nb, resources)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(self._now))
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(
            grade_id, self.notebook_id, self.assignment_id, self.student_id
        )
        settled = grade.manual_score is not None and not grade.needs_manual_grade
        super()._add_score(cell, resources)
        if settled and self._before.get(grade_id) == self._now[grade_id]:
            grade.needs_manual_grade = False
            self.gradebook.db.commit()


def answer_digests(notebook: NotebookNode) -> dict[str, str]:
    """A digest, by graded cell, of the student's cells that it judges."""
    digests, answers = {}, []
    for cell in notebook.cells:
        if is_solution(cell):
            answers.append(cell.source)
        if is_grade(cell):
            text = json.dumps(answers)
            digests[cell.metadata["nbgrader"]["grade_id"]] = hashlib.sha256(
                text.encode("utf-8", "surrogatepass")
            ).hexdigest()
            answers = []
    return digests


def _read(path: Path) -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        content = json.loads(path.read_text(encoding="utf-8"))
        return content if isinstance(content, dict) else {}
    return {}
