"""Grade one notebook behind its walls."""

from __future__ import annotations

import copy
import hashlib
import time

from nbformat import NotebookNode

from autograder.boundary.session import WarmProcess
from autograder.grading.carrying import Carried
from autograder.grading.hidden import Grading
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.grading.versions import installed_versions
from autograder.lab import Exercise


def grade_notebook(
    warm: WarmProcess,
    rebuilt: NotebookNode,
    exercise: Exercise,
    seed: int,
    limits: Limits | None = None,
    carried: Carried | None = None,
    every_option: bool = False,
) -> NotebookResult:
    """Execute a rebuilt notebook and run the hidden tests of its exercise.

    A notebook that ended its processes, copies held for hidden tests included, is executed once
    more without the cell that did it and those behind: what was earned before it stays.

    Args:
        warm: Forks for the notebook.
        rebuilt: What `intake.rebuild` made; it is left as it is.
        exercise: The exercise that it answers.
        seed: Draws the hidden tests' inputs and seeds the notebook.
        limits: Limits; the defaults where None.
        carried: What it takes over from earlier notebooks.
        every_option: Also judge options that cannot add to a task's points any more.

    Raises:
        HiddenTestsBroken: The hidden tests themselves do not work.
        NotebookLost: The processes are gone before the notebook started.
        WarmProcessFailed: There is nothing to fork from.
    """
    start = time.perf_counter()
    limits, carried = limits or Limits(), carried or Carried()

    def attempt(stop_before: str | None = None, why: str = "", last: bool = False) -> Grading:
        notebook = copy.deepcopy(rebuilt)
        with warm.submission(limits.allowance) as session:
            process = session.notebook(exercise.name, own_seed(seed, exercise), carried.files)
            grading = Grading(
                session,
                process,
                notebook,
                exercise,
                seed,
                limits,
                carried,
                warm.examine,
                every_option,
            )
            grading.run(stop_before, why, last)
        return grading

    grading = attempt()
    if grading.must_be_repeated:
        grading = attempt(grading.lost_in, grading.why_lost, last=True)
    nothing = {task.grade_id: 0.0 for task in exercise.tasks if not task.manual}
    return NotebookResult(
        notebook=grading.notebook,
        tests=grading.results,
        scores=nothing | grading.scores,
        warnings=grading.warnings,
        seconds=time.perf_counter() - start,
        isolation=str(warm.isolation),
        versions=installed_versions(),
        unchecked=grading.unchecked,
    )


def own_seed(seed: int, exercise: Exercise) -> int:
    """The notebook's seed: it tells nothing of the one that hidden inputs are drawn from."""
    text = f"{seed}/{exercise.name}/the notebook itself"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
