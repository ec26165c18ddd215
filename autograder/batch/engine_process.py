"""An engine in a process of its own, for a worker of a cluster.

Dask runs tasks in threads. Grading wants a process: pytest and torch keep global state, a box
around student code ends with the thread that started it, and a death should cost one job and no
worker.
Started as `python -m autograder.batch.engine_process FD ROOT ISOLATION`; ends with its stdin.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import autograder
from autograder.boundary.wire import Channel, ChannelClosed
from autograder.grading.starting import start_engine

FATAL = ("HiddenTestsBroken", "NoIsolation", "WarmProcessFailed")


class EngineDied(Exception):
    """The process ended in the middle of a job."""


class EngineProcess:
    """The trusted handle on such a process.

    Args:
        root: The unpacked lab.
        isolation: What walls to insist on.
    """

    def __init__(self, root: Path, isolation: str) -> None:
        self._channel, theirs = Channel.pair()
        module = "autograder.batch.engine_process"
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, str(theirs.fileno()), str(root), isolation],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )
        theirs.close()

    def grade(self, job: bytes) -> dict[str, Any]:
        """Grade a job, as JSON: its results by key, or the name and text of an error.

        Raises:
            EngineDied: The process is gone.
        """
        try:
            self._channel.send({"job": job})
            return dict(json.loads(self._channel.receive(None)["answer"]))
        except ChannelClosed:
            raise EngineDied("The process that grades has died.") from None

    def close(self) -> None:
        """End it, whatever it is at."""
        self._channel.close()
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


def main(fd: int, root: Path, isolation: str) -> None:
    """Grade what comes until the channel closes."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Helpers of hidden tests travel with them: the lab's own come before those installed here.
    autograder.__path__.insert(0, str(root / "autograder"))
    engine, channel = start_engine(root, isolation), Channel(socket.socket(fileno=fd))
    try:
        while True:
            job = channel.receive(None)["job"]
            channel.send({"answer": json.dumps(_answer(engine, json.loads(job)))})
    except ChannelClosed:
        return
    finally:
        engine.close()


def _answer(engine: Any, job: dict[str, Any]) -> dict[str, Any]:
    from autograder.batch.jobs import job_from_json

    try:
        return {"results": engine.grade(job_from_json(job))}
    except Exception as error:
        if type(error).__name__ not in FATAL:
            raise
        return {"error": type(error).__name__, "message": str(error)}


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
