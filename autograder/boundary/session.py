"""The trusted side's handles on the process tree: warm process, submission, notebook, snapshot.

Each handle owns one channel. Deadlines are kept here; what does not answer is interrupted, then
killed, by a process that runs no student code.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.boundary.errors import NotebookLost, WarmProcessFailed
from autograder.boundary.snapshot import Snapshot
from autograder.boundary.wire import Channel, ChannelClosed, ChannelTimeout

START_TIMEOUT_S = 120.0
CONTROL_TIMEOUT_S = 20.0
INTERRUPT_GRACE_S = 3.0
PASSED_ON = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "VIRTUAL_ENV", "MPLCONFIGDIR")


@dataclass(frozen=True)
class CellRun:
    """What executing one cell gave.

    Attributes:
        outputs: Unchecked outputs in nbformat's shape; see `grading.outputs`.
        ok: Whether it ended without an exception.
        timed_out: Whether it was interrupted at its time limit.
        seconds: How long it ran, as the notebook's process says.
    """

    outputs: list[Any]
    ok: bool
    timed_out: bool
    seconds: float


class WarmProcess:
    """A process that has imported everything and forks for each submission.

    Args:
        data_dir: The small data that notebooks find.
        labkit_dir: The folder that holds the student edition of `labkit`.

    Raises:
        WarmProcessFailed: It did not become ready; the message holds what it printed.
    """

    def __init__(self, data_dir: Path, labkit_dir: Path) -> None:
        self._channel, theirs = Channel.pair()
        command = [sys.executable, "-m", "autograder.boundary.inside.warm"]
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "MPLBACKEND": "agg",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._process = subprocess.Popen(
            [*command, str(theirs.fileno()), str(data_dir), str(labkit_dir)],
            pass_fds=(theirs.fileno(),),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        theirs.close()
        try:
            self._channel.receive(START_TIMEOUT_S)
        except (ChannelClosed, ChannelTimeout):
            self._process.kill()
            _, printed = self._process.communicate()
            raise WarmProcessFailed(
                "The process that runs notebooks did not start. It said: "
                + printed.decode(errors="replace")[-2000:].strip()
            ) from None

    @property
    def alive(self) -> bool:
        """Whether it can still fork."""
        return self._process.poll() is None

    @contextlib.contextmanager
    def submission(self) -> Iterator[SubmissionSession]:
        """A fork for one submission; everything it started is gone when the block ends."""
        channel, theirs = Channel.pair()
        try:
            self._channel.send({"op": "submission"}, (theirs.fileno(),))
        except ChannelClosed:
            raise WarmProcessFailed("The process that runs notebooks has ended.") from None
        finally:
            theirs.close()
        session = SubmissionSession(channel)
        try:
            yield session
        finally:
            session.close()

    def close(self) -> None:
        """End it and everything below it."""
        self._channel.close()
        try:
            self._process.wait(CONTROL_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()


class SubmissionSession:
    """The process of one submission: starts notebooks, interrupts and ends them."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._notebooks: list[Channel] = []

    def notebook(
        self, name: str, seed: int, files: Mapping[str, bytes] | None = None
    ) -> NotebookSession:
        """Fork a process for one notebook.

        Args:
            name: A folder name; never a name of the student's.
            seed: For the global random generators of the notebook.
            files: What lies in its working folder, by name; never names of the student's.

        Raises:
            NotebookLost: The submission's process is gone.
        """
        channel, theirs = Channel.pair()
        try:
            request = {"op": "notebook", "name": name, "seed": seed, "files": dict(files or {})}
            self._ask(request, (theirs.fileno(),))
        finally:
            theirs.close()
        self._notebooks.append(channel)
        return NotebookSession(channel, self)

    def interrupt(self) -> None:
        """Send SIGINT to the notebook's process, as Jupyter's stop button does."""
        self._ask({"op": "interrupt"})

    def end(self) -> None:
        """Kill every process of the notebook."""
        self._ask({"op": "end"})

    def close(self) -> None:
        """End the submission's process; it kills what is below it and removes its files."""
        for channel in [*self._notebooks, self._channel]:
            channel.close()

    def _ask(self, message: dict[str, Any], fds: tuple[int, ...] = ()) -> None:
        try:
            self._channel.send(message, fds, CONTROL_TIMEOUT_S)
            self._channel.receive(CONTROL_TIMEOUT_S)
        except (ChannelClosed, ChannelTimeout) as error:
            raise NotebookLost("the submission's process is gone") from error


class NotebookSession:
    """The process of one notebook."""

    def __init__(self, channel: Channel, submission: SubmissionSession) -> None:
        self._channel = channel
        self._submission = submission

    def execute(self, source: str, timeout_s: float) -> CellRun:
        """Run one cell; interrupt it at the time limit.

        Raises:
            NotebookLost: The process died, or did not stop when interrupted.
        """
        timed_out = False
        try:
            self._channel.send({"op": "cell", "source": source}, timeout_s=CONTROL_TIMEOUT_S)
            try:
                reply = self._channel.receive(timeout_s)
            except ChannelTimeout:
                timed_out = True
                self._submission.interrupt()
                reply = self._channel.receive(INTERRUPT_GRACE_S)
        except ChannelClosed:
            raise NotebookLost("the notebook's process died") from None
        except ChannelTimeout:
            raise NotebookLost("a cell ran out of time and could not be interrupted") from None
        outputs, seconds = reply.get("outputs"), reply.get("seconds")
        return CellRun(
            outputs=outputs if isinstance(outputs, list) else [],
            ok=reply.get("ok") is True,
            timed_out=timed_out,
            seconds=seconds if isinstance(seconds, float) else 0.0,
        )

    @contextlib.contextmanager
    def snapshot(self, timeout_s: float) -> Iterator[Snapshot]:
        """A forked copy of the process for one hidden test, killed when the block ends.

        Raises:
            NotebookLost: The process is gone.
        """
        channel, theirs = Channel.pair()
        try:
            self._ask({"op": "snapshot"}, (theirs.fileno(),))
        finally:
            theirs.close()
        snapshot = Snapshot(channel, timeout_s)
        try:
            yield snapshot
        finally:
            channel.close()
            self._ask({"op": "drop"})

    def close(self) -> None:
        """End the notebook and everything it started."""
        self._channel.close()
        with contextlib.suppress(NotebookLost):
            self._submission.end()

    def _ask(self, message: dict[str, Any], fds: tuple[int, ...] = ()) -> None:
        try:
            self._channel.send(message, fds, CONTROL_TIMEOUT_S)
            self._channel.receive(CONTROL_TIMEOUT_S)
        except (ChannelClosed, ChannelTimeout) as error:
            raise NotebookLost("the notebook's process is gone") from error
