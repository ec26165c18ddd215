"""What a Dask worker gets: the lab, once, and for each of its threads a process that grades.

Workers need this package installed, in the same version as where grading was started; the rest
travels. Dask hands a plugin to workers that join later, too.
"""

from __future__ import annotations

import json
import queue
import threading
import zlib
from pathlib import Path
from typing import Any, cast

from distributed import Worker, WorkerPlugin, get_worker

from autograder.batch.bundle import code_version, unpack
from autograder.batch.engine_process import EngineDied, EngineProcess


class LabPlugin(WorkerPlugin):
    """Keeps a lab and warm processes on a worker for as long as a grading lasts.

    Args:
        bundle: The packed lab.
        digest: Its name.
        version: Of the grader's code where grading was started.
        isolation: What walls to insist on.
    """

    def __init__(self, bundle: bytes, digest: str, version: str, isolation: str) -> None:
        self.name = plugin_name(digest)
        self._bundle, self._digest = bundle, digest
        self._version, self._isolation = version, isolation

    def setup(self, worker: Worker) -> None:
        """On a worker: make room. Nothing is started before the first job."""
        self._folder = Path(worker.local_directory) / "autograder"
        self._idle: queue.SimpleQueue[EngineProcess] = queue.SimpleQueue()
        self._all: list[EngineProcess] = []
        self._lock = threading.Lock()
        self._closed = False

    def teardown(self, worker: Worker) -> None:
        """End every process, whatever it is at."""
        with self._lock:
            self._closed = True
            for engine in self._all:
                engine.close()

    def grade(self, job: bytes) -> dict[str, Any]:
        """Grade a job on a process that has nothing to do, or on a new one.

        Raises:
            EngineDied: The process died; Dask tries the job again.
        """
        if code_version() != self._version:
            return {"error": "VersionsDiffer", "message": "another version of the autograder"}
        engine = self._take()
        try:
            answer = engine.grade(job)
        except EngineDied:
            self._all.remove(engine)
            engine.close()
            raise
        self._idle.put(engine)
        return answer

    def _take(self) -> EngineProcess:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            with self._lock:
                if self._closed:
                    raise EngineDied("Grading is over.") from None
                root = unpack(self._bundle, self._digest, self._folder)
                self._all.append(EngineProcess(root, self._isolation))
                return self._all[-1]


def plugin_name(digest: str) -> str:
    """What Dask calls the plugin of a lab."""
    return f"autograder-{digest[:16]}"


def grade_here(digest: str, job: bytes) -> bytes:
    """The task: grade a packed job on this worker; the answer is JSON, packed."""
    worker = get_worker()
    plugin = cast(LabPlugin, worker.plugins[plugin_name(digest)])
    answer = plugin.grade(zlib.decompress(job)) | {"worker": str(worker.name)}
    return zlib.compress(json.dumps(answer).encode())
