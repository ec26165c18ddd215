"""Workers of a Dask cluster behind the same interface as those of this machine."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Self

from autograder.batch.bundle import code_version, digest, pack
from autograder.batch.engine_process import EngineDied
from autograder.batch.jobs import job_to_json
from autograder.boundary.errors import WarmProcessFailed
from autograder.course import Course
from autograder.errors import CourseError, HiddenTestsBroken
from autograder.grading.job import Job
from autograder.grading.pool import ROUNDS, Finished

CONNECT_S = 20
WORKERS_S = 60
AHEAD = 2  # jobs for each thread of the cluster, so that none is idle and few are in memory
ERRORS = {"HiddenTestsBroken": HiddenTestsBroken, "WarmProcessFailed": WarmProcessFailed}


class DaskPool:
    """Workers of a cluster.

    Args:
        course: The course folder.
        lab: What is graded.
        address: Of the scheduler, such as `tcp://host:8786`.
        isolation: What walls workers insist on.

    Raises:
        CourseError: There is no such scheduler, or it has no workers.
    """

    def __init__(self, course: Course, lab: str, address: str, isolation: str = "auto") -> None:
        try:
            from distributed import Client
        except ImportError:
            raise CourseError(
                "--scheduler needs Dask: `pip install 'pruning-labs[cluster]'`."
            ) from None
        from autograder.batch.dask_worker import LabPlugin

        try:
            self._client = Client(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CourseError(f"There is no Dask scheduler at {address}: {error}") from None
        self._address, bundle = address, pack(course, lab)
        self._digest = digest(bundle)
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_S)
            plugin = LabPlugin(bundle, self._digest, code_version(), isolation)
            self._client.register_plugin(plugin)
        except BaseException as error:
            self._client.close()
            if isinstance(error, TimeoutError):
                raise CourseError(f"The Dask cluster at {address} has no workers.") from None
            raise
        self._running: dict[Any, Job] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def grade(self, jobs: Iterable[Job]) -> Iterator[Finished]:
        """Grade submissions, in the order in which they are finished.

        Raises:
            CourseError: A worker has another version of the autograder installed.
            HiddenTestsBroken: The hidden tests themselves do not work.
            WarmProcessFailed: Notebooks cannot be run at all.
        """
        from distributed import as_completed

        waiting = iter(jobs)
        completed = as_completed(loop=self._client.loop)
        self._send(waiting, completed)
        while self._running:
            future = next(completed)
            job = self._running.pop(future)
            finished = self._take(future, job)
            self._send(waiting, completed)
            yield finished

    def close(self) -> None:
        """End what this grading started on the workers; what they are at is dropped."""
        from autograder.batch.dask_worker import plugin_name

        try:
            self._client.cancel(list(self._running), force=True)
            self._client.unregister_worker_plugin(plugin_name(self._digest))
        finally:
            self._client.close()

    def _send(self, waiting: Iterator[Job], completed: Any) -> None:
        from autograder.batch.dask_worker import grade_here

        room = max(1, AHEAD * sum(self._client.nthreads().values())) - len(self._running)
        for _, job in zip(range(room), waiting, strict=False):
            packed = zlib.compress(json.dumps(job_to_json(job)).encode())
            future = self._client.submit(
                grade_here, self._digest, packed, pure=False, retries=ROUNDS - 1
            )
            self._running[future] = job
            completed.add(future)

    def _take(self, future: Any, job: Job) -> Finished:
        from distributed import KilledWorker

        try:
            answer = json.loads(zlib.decompress(future.result()))
        except (KilledWorker, EngineDied):
            return Finished(job, None, self._address)
        if answer.get("error") == "VersionsDiffer":
            raise CourseError(
                f"The Dask worker {answer['worker']} has another version of the autograder "
                "installed: install this one there."
            )
        if "error" in answer:
            sentence = f"The Dask worker {answer['worker']}: {answer['message']}"
            raise ERRORS.get(answer["error"], CourseError)(sentence)
        return Finished(job, answer["results"], f"dask {answer['worker']}")
