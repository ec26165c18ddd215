"""Grade one notebook inside a submission's process."""

from __future__ import annotations

import copy
import time

from nbformat import NotebookNode

from autograder.boundary.session import SubmissionSession
from autograder.grading.carrying import Carried
from autograder.grading.hidden import Grading
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.lab import Exercise


def grade_notebook(
    session: SubmissionSession,
    rebuilt: NotebookNode,
    exercise: Exercise,
    seed: int,
    limits: Limits | None = None,
    carried: Carried | None = None,
) -> NotebookResult:
    """Execute a rebuilt notebook and run the hidden tests of its exercise.

    Args:
        session: The process of the submission.
        rebuilt: What `intake.rebuild` made; it is left as it is.
        exercise: The exercise that it answers.
        seed: Draws the hidden tests' inputs and seeds the notebook.
        limits: Time limits; the defaults where None.
        carried: What it takes over from earlier notebooks.

    Raises:
        HiddenTestsBroken: The hidden tests themselves do not work.
        NotebookLost: The submission's process is gone before the notebook started.
    """
    start = time.perf_counter()
    notebook = copy.deepcopy(rebuilt)
    carried = carried or Carried()
    process = session.notebook(exercise.name, seed, carried.files)
    try:
        grading = Grading(process, notebook, exercise, seed, limits or Limits(), carried)
        grading.run()
    finally:
        process.close()
    return NotebookResult(
        notebook=notebook,
        tests=grading.results,
        scores=grading.scores,
        warnings=grading.warnings,
        seconds=time.perf_counter() - start,
    )
