"""Grade a submission's notebooks one after the other in a process of its own, within a time limit.

Does: keep what is graded when the time is up, or when the process dies. Does not: read or write
anything of Gradescope's.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
import traceback
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path

from autograder.errors import HiddenTestsBroken
from autograder.grading.job import Job
from autograder.grading.result import NotebookResult
from autograder.grading.starting import start_engine

DEATHS = 2  # after so many on one notebook, it is left out


@dataclass
class Outcome:
    """What became of a job.

    Attributes:
        results: By exercise.
        faults: Exercises that could not be graded, with details for the instructor.
        late: Exercises that there was no time for.
    """

    results: dict[str, NotebookResult] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)


def grade_within(root: Path, job: Job, deadline: float, isolation: str = "auto") -> Outcome:
    """Grade a job until a deadline.

    Args:
        root: The course folder.
        job: The notebooks.
        deadline: On the clock of `time.monotonic`.
        isolation: The walls to insist on.
    """
    outcome = Outcome()
    deaths: dict[str, int] = {}
    while True:
        done = {*outcome.results, *outcome.faults}
        waiting = tuple(entry for entry in job.notebooks if entry[1] not in done)
        if not waiting:
            return outcome
        scores = job.scores | {name: r.scores for name, r in outcome.results.items()}
        part = replace(job, notebooks=waiting, scores=scores)
        ended = _one_process((root, part, isolation), deadline, outcome)
        done = {*outcome.results, *outcome.faults}
        left = [name for _, name, _ in waiting if name not in done]
        if ended is None:
            outcome.late = left
            return outcome
        if left:  # the first of them was being graded when the process died
            deaths[left[0]] = deaths.get(left[0], 0) + 1
            if deaths[left[0]] >= DEATHS:
                outcome.faults[left[0]] = f"its process ended {DEATHS} times, last with {ended}"


def _one_process(work: tuple[Path, Job, str], deadline: float, outcome: Outcome) -> int | None:
    """Run a process until it ends; returns its exit status, None where the time was up."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(*work, theirs))
    process.start()
    theirs.close()
    try:
        while ours.poll(max(0.0, deadline - time.monotonic())):
            name, data, fault = ours.recv()
            if fault:
                outcome.faults[name] = fault
            else:
                outcome.results[name] = NotebookResult.from_json(data)
        return None
    except EOFError:
        process.join()
        return process.exitcode or 0
    finally:
        ours.close()
        _end(process.pid)
        process.kill()
        process.join()


def _end(pid: int | None) -> None:
    """Kill a process with everything in its session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if pid is not None and os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)


def _work(root: Path, job: Job, isolation: str, connection: Connection) -> None:
    """In the process: grade each notebook and send what came of it."""
    os.setsid()
    engine = start_engine(root, isolation)
    scores = dict(job.scores)
    for position, (_, name, _) in enumerate(job.notebooks):
        part = replace(job, notebooks=(job.notebooks[position],), scores=scores)
        try:
            (data,) = engine.grade(part).values()
        except HiddenTestsBroken:
            connection.send((name, {}, traceback.format_exc()))
        except Exception:  # nothing else can be graded either, with or without this notebook
            for _, left, _ in job.notebooks[position:]:
                connection.send((left, {}, traceback.format_exc()))
            break
        else:
            connection.send((name, data, ""))
            scores[name] = dict(data["scores"])
    engine.close()
    connection.close()
