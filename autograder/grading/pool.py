"""Several workers that grade submissions side by side, and survive the death of one."""

from __future__ import annotations

import atexit
import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import torch

from autograder.grading.engine import Engine, Job

ROUNDS = 3

_engine: Engine | None = None


def _start_worker(root: Path) -> None:
    """In a worker: leave Ctrl-C to the main process, use one thread, make an engine."""
    global _engine
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    _engine = Engine(root)
    atexit.register(_engine.close)


def _work(job: Job) -> dict[str, dict[str, Any]]:
    assert _engine is not None
    return _engine.grade(job)


def grade_all(
    root: Path, jobs: list[Job], workers: int
) -> Iterator[tuple[Job, dict[str, dict[str, Any]] | None]]:
    """Grade submissions, in the order in which they are finished.

    Args:
        root: The course folder.
        jobs: What to grade.
        workers: How many processes; each uses one thread.

    Yields:
        A job and its results by key; None in their place when the workers that tried it died.
    """
    waiting = list(jobs)
    for round_number in range(ROUNDS):
        done: list[Job] = []
        # After a death, one job at a time, so that a job that kills its worker hurts no other.
        size = max(1, min(workers, len(waiting)) if round_number == 0 else 1)
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(size, context, initializer=_start_worker, initargs=(root,))
        try:
            futures = {pool.submit(_work, job): job for job in waiting}
            for future in as_completed(futures):
                try:
                    results = future.result()
                except BrokenProcessPool:
                    continue
                done.append(futures[future])
                yield futures[future], results
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        waiting = [job for job in waiting if job not in done]
        if not waiting:
            return
    yield from ((job, None) for job in waiting)
