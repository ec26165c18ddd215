"""One worker of the grading: a warm process, and the grading of whole submissions on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.boundary.errors import NotebookLost, WarmProcessFailed
from autograder.boundary.session import WarmProcess
from autograder.course import Course
from autograder.grading.limits import Limits
from autograder.grading.notebook import grade_notebook
from autograder.grading.result import NotebookResult
from autograder.lab import Exercise, read_lab
from autograder.release.labkit_edition import cached_labkit_edition

ATTEMPTS = 2


@dataclass(frozen=True)
class Job:
    """The notebooks of one submission that have no result yet, as plain data.

    Attributes:
        student: Whose they are; for progress and messages only.
        lab: The lab.
        seed: Of the grading.
        limits: Time limits.
        notebooks: For each: the result's key, the exercise's name, the rebuilt notebook.
    """

    student: str
    lab: str
    seed: int
    limits: Limits
    notebooks: tuple[tuple[str, str, dict[str, Any]], ...]


class Engine:
    """Grades submissions one after the other on one warm process.

    Args:
        root: The course folder.
    """

    def __init__(self, root: Path) -> None:
        self._course = Course(root)
        self._warm: WarmProcess | None = None
        self._labs: dict[str, dict[str, Exercise]] = {}

    def grade(self, job: Job) -> dict[str, dict[str, Any]]:
        """Grade a submission: results as plain data by key.

        Raises:
            HiddenTestsBroken: The hidden tests themselves do not work.
            WarmProcessFailed: Notebooks cannot be run at all.
        """
        results = {}
        for key, name, notebook in job.notebooks:
            exercise = self._exercise(job.lab, name)
            result = self._grade_notebook(exercise, notebook, job)
            results[key] = result.to_json()
        return results

    def close(self) -> None:
        """End the warm process."""
        if self._warm:
            self._warm.close()
            self._warm = None

    def _grade_notebook(
        self, exercise: Exercise, notebook: dict[str, Any], job: Job
    ) -> NotebookResult:
        rebuilt = nbformat.from_dict(notebook)
        for _ in range(ATTEMPTS):
            try:
                with self._ready().submission() as session:
                    return grade_notebook(session, rebuilt, exercise, job.seed, job.limits)
            except NotebookLost:
                continue  # not by a cell: those are reported; the process tree itself was hit
            except WarmProcessFailed:
                self.close()
        warning = f"{exercise.name} ended the processes that it ran in, {ATTEMPTS} times."
        zero = {task.grade_id: 0.0 for task in exercise.tasks if not task.manual}
        return NotebookResult(notebook=rebuilt, scores=zero, warnings=[warning])

    def _ready(self) -> WarmProcess:
        if self._warm and not self._warm.alive:
            self.close()
        if self._warm is None:
            labkit, _ = cached_labkit_edition(self._course.root, self._course.store)
            self._warm = WarmProcess(self._course.small_data, labkit)
        return self._warm

    def _exercise(self, lab: str, name: str) -> Exercise:
        if lab not in self._labs:
            self._labs[lab] = {e.name: e for e in read_lab(self._course.labs, lab)}
        return self._labs[lab][name]
