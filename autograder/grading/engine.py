"""One worker of the grading: a warm process, and the grading of whole submissions on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.boundary.errors import NotebookLost, WarmProcessFailed
from autograder.boundary.session import WarmProcess
from autograder.course import Course
from autograder.grading.carrying import Carried, carry
from autograder.grading.job import Job
from autograder.grading.notebook import grade_notebook
from autograder.grading.result import NotebookResult
from autograder.grading.warm_process import open_warm_process
from autograder.lab import Exercise, read_lab
from labkit.variant import FILE_NAME as VARIANT

ATTEMPTS = 2


class Engine:
    """Grades submissions one after the other on one warm process.

    Args:
        root: The course folder.
        isolation: What walls to insist on; see `walls.probing.choose`.
        warm: A process that warms up already; see `grading.warm_process`.
        cpu: The CPU that warm processes keep to.
    """

    def __init__(
        self,
        root: Path,
        isolation: str = "auto",
        warm: WarmProcess | None = None,
        cpu: int | None = None,
    ) -> None:
        self._course = Course(root)
        self._isolation = isolation
        self._warm = warm
        self._cpu = cpu
        self._labs: dict[str, dict[str, Exercise]] = {}

    def grade(self, job: Job) -> dict[str, dict[str, Any]]:
        """Grade a submission: results as plain data by key.

        Raises:
            HiddenTestsBroken: The hidden tests themselves do not work.
            WarmProcessFailed: Notebooks cannot be run at all.
        """
        with self._ready().one_student():
            return dict(self._results(job))

    def _results(self, job: Job) -> Iterator[tuple[str, dict[str, Any]]]:
        scores = dict(job.scores)
        for key, name, notebook in job.notebooks:
            exercise = self._lab(job.lab)[name]
            carried = carry(exercise, self._lab(job.lab), _notebooks(job.handed_in), scores)
            if job.variant:
                carried.files[VARIANT] = job.variant.encode()
            result = self._grade_notebook(exercise, notebook, job, carried)
            scores[name] = result.scores
            yield key, result.to_json()

    def close(self) -> None:
        """End the warm process."""
        if self._warm:
            self._warm.close()
            self._warm = None

    def _grade_notebook(
        self, exercise: Exercise, notebook: dict[str, Any], job: Job, carried: Carried
    ) -> NotebookResult:
        rebuilt = nbformat.from_dict(notebook)
        for _ in range(ATTEMPTS):
            warm = self._ready()
            try:
                return grade_notebook(warm, rebuilt, exercise, job.seed, job.limits, carried)
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
            self._warm = open_warm_process(self._course, self._isolation, self._cpu)
        self._warm.wait_until_ready()
        return self._warm

    def _lab(self, lab: str) -> dict[str, Exercise]:
        if lab not in self._labs:
            self._labs[lab] = {e.name: e for e in read_lab(self._course.labs, lab)}
        return self._labs[lab]


def _notebooks(handed_in: dict[str, dict[str, Any]]) -> dict[str, NotebookNode]:
    return {name: nbformat.from_dict(notebook) for name, notebook in handed_in.items()}
