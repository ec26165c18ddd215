"""Several workers that grade submissions side by side; the death of one costs its job a retry.

Each worker is a process of its own, so that the death of one cannot break what another does. It
uses one thread and, where there are enough, one CPU, which is then all that a hostile submission
can slow down. `batch.dask_pool` does the same on a cluster.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from autograder.boundary.errors import WarmProcessFailed
from autograder.boundary.inside.process import keep_to
from autograder.errors import CourseError, HiddenTestsBroken
from autograder.grading.cpus import choose_cpus
from autograder.grading.job import Job
from autograder.grading.starting import start_engine

if TYPE_CHECKING:
    from autograder.grading.engine import Engine

ROUNDS = 3
EVERYBODYS = (HiddenTestsBroken, WarmProcessFailed, CourseError)  # what no submission can cause
Results = dict[str, dict[str, Any]]

_engine: Engine | None = None


class Finished(NamedTuple):
    """A job that is over.

    Attributes:
        job: The job.
        results: By key; None where the workers that tried it died.
        worker: Which one did it, in words.
        problem: Why there are no results, where it is not that.
    """

    job: Job
    results: Results | None
    worker: str
    problem: str = ""


class Pool(Protocol):
    """Workers that are warm from the first job to the last."""

    def grade(self, jobs: Iterable[Job]) -> Iterator[Finished]:
        """Grade submissions, in the order in which they are finished."""

    def close(self) -> None:
        """End the workers; what they are at is dropped."""


class LocalPool:
    """Worker processes on this machine.

    Args:
        root: The course folder.
        workers: How many at most; they start when they are needed.
        isolation: What walls they insist on.
    """

    def __init__(self, root: Path, workers: int, isolation: str = "auto") -> None:
        self._root, self._isolation = root, isolation
        self._cpus = choose_cpus(workers)
        self._slots: list[_Slot] = []
        self._busy: dict[Future[Results], tuple[_Slot, Job, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def grade(self, jobs: Iterable[Job]) -> Iterator[Finished]:
        """Grade submissions, in the order in which they are finished.

        Raises:
            HiddenTestsBroken: The hidden tests themselves do not work.
            WarmProcessFailed: Notebooks cannot be run at all.
        """
        waiting = deque((job, 1) for job in jobs)
        while len(self._slots) < min(len(self._cpus), len(waiting)):
            number = len(self._slots)
            self._slots.append(self._slot(number))
        while waiting or self._busy:
            self._hand_out(waiting)
            done, _ = wait(self._busy, return_when=FIRST_COMPLETED)
            for future in [each for each in self._busy if each in done]:
                if future not in self._busy:
                    continue  # it went back with its worker
                slot, job, attempt = self._busy.pop(future)
                try:
                    results = slot.take(future)
                except EVERYBODYS:
                    raise
                except Exception as error:  # our fault, but one submission's only
                    problem = f"the grader failed on it ({type(error).__name__}: {error})"
                    yield Finished(job, None, slot.name, problem)
                    continue
                if results is None:
                    waiting.extendleft(self._take_back(slot))
                if results is None and attempt < ROUNDS:
                    waiting.append((job, attempt + 1))
                else:
                    yield Finished(job, results, slot.name)

    def _hand_out(self, waiting: deque[tuple[Job, int]]) -> None:
        """A job for each worker, then one behind it: none rests while results are recorded."""
        for behind in (0, 1):
            for slot in self._slots:
                if not waiting or not self._may_start(waiting[0][1]):
                    return
                if behind and (waiting[0][1] > 1 or len(waiting) <= len(self._slots)):
                    return  # a retry and the last ones go to whoever is free first
                if len(self._jobs_of(slot)) == behind:
                    job, attempt = waiting.popleft()
                    self._busy[slot.submit(job)] = slot, job, attempt

    def _jobs_of(self, slot: _Slot) -> list[Future[Results]]:
        return [future for future, (other, _, _) in self._busy.items() if other is slot]

    def _take_back(self, slot: _Slot) -> list[tuple[Job, int]]:
        """What a worker that died had not begun, and is not to blame for."""
        return [self._busy.pop(future)[1:] for future in self._jobs_of(slot)]

    def _slot(self, number: int) -> _Slot:
        return _Slot(f"local {number + 1}", self._root, self._cpus[number], self._isolation)

    def _may_start(self, attempt: int) -> bool:
        # The last attempt is made alone: a job that fills the memory may have others killed.
        alone = any(tried == ROUNDS for _, _, tried in self._busy.values())
        return not self._busy or (attempt < ROUNDS and not alone)

    def close(self) -> None:
        """End the workers; what they are at is dropped."""
        for slot in self._slots:
            if self._busy:  # stopped in the middle: wait neither for jobs nor for workers to start
                slot.kill()
        closing = [threading.Thread(target=slot.close) for slot in self._slots]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        self._slots, self._busy = [], {}


def grade_all(
    root: Path, jobs: list[Job], workers: int
) -> Iterator[tuple[Job, dict[str, dict[str, Any]] | None]]:
    """Grade submissions on workers of their own, in the order in which they are finished.

    Args:
        root: The course folder.
        jobs: What to grade.
        workers: How many processes; each uses one thread.

    Yields:
        A job and its results by key; None in their place when the workers that tried it died.
    """
    with LocalPool(root, workers) as pool:
        for finished in pool.grade(jobs):
            yield finished.job, finished.results


class _Slot:
    """One worker process, and another in its place when it dies."""

    def __init__(self, name: str, root: Path, cpu: int | None, isolation: str) -> None:
        self.name = name
        self._arguments = (root, cpu, isolation)
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(
            1, context, initializer=_start_worker, initargs=self._arguments
        )
        others = multiprocessing.active_children()
        with _interrupts_held_back():
            self._began = self._executor.submit(os.getpid)  # which starts the process
        started = multiprocessing.active_children()
        self._processes = [process for process in started if process not in others]

    def submit(self, job: Job) -> Future[Results]:
        return self._executor.submit(_work, job)

    def take(self, future: Future[Results]) -> Results | None:
        """What a job gave; None where it took the worker with it."""
        try:
            return future.result()
        except BrokenProcessPool:
            if self._began.exception() is not None:
                raise WarmProcessFailed("A process that grades ended before it began.") from None
            self.close()
            self._start()
            return None

    def kill(self) -> None:
        for process in self._processes:
            process.kill()

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Ctrl-C reaches a process that is started here only after it has learnt to ignore it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(root: Path, cpu: int | None, isolation: str) -> None:
    """In a worker: leave Ctrl-C to the main process, use one thread and CPU, make an engine."""
    global _engine
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _engine = start_engine(root, isolation, cpu)
    keep_to(cpu)
    atexit.register(_engine.close)


def _end_with_parent() -> None:
    """A grader that is killed leaves no worker behind."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _work(job: Job) -> Results:
    assert _engine is not None
    return _engine.grade(job)
