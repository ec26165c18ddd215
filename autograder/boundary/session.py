"""The trusted side's handles on the process tree: warm process, submission, notebook, held copy.

Each handle owns one channel. Deadlines are kept here; what does not answer is interrupted, then
killed, by a process that runs no student code.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.boundary.errors import NotebookLost, WarmProcessFailed
from autograder.boundary.inside.wall import Allowance
from autograder.boundary.snapshot import Snapshot
from autograder.boundary.wire import Channel, ChannelClosed, ChannelTimeout
from autograder.walls.isolation import Isolation
from autograder.walls.outer import Box, open_box

START_TIMEOUT_S = 120.0
CONTROL_TIMEOUT_S = 20.0
INTERRUPT_GRACE_S = 3.0
REASON_TIMEOUT_S = 1.0


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
        isolation: The walls around it and around each submission.
        probe: Only for probing the walls: nothing is imported, no notebook can run.

    Raises:
        WarmProcessFailed: It did not become ready; the message holds what it printed.
    """

    def __init__(
        self, data_dir: Path, labkit_dir: Path, isolation: Isolation, probe: bool = False
    ) -> None:
        self.isolation = isolation
        self._channel, theirs = Channel.pair()
        self._box: Box = open_box(isolation, data_dir, labkit_dir, theirs.fileno(), probe)
        theirs.close()
        try:
            self._channel.receive(START_TIMEOUT_S)
        except (ChannelClosed, ChannelTimeout):
            self._channel.close()
            raise WarmProcessFailed(
                f"The process that runs notebooks did not start ({isolation}). It said: "
                f"{self._box.end()}"
            ) from None

    @property
    def alive(self) -> bool:
        """Whether it can still fork."""
        return self._box.process.poll() is None

    @contextlib.contextmanager
    def submission(self, allowance: Allowance) -> Iterator[SubmissionSession]:
        """A fork for one submission; everything it started is gone when the block ends.

        Args:
            allowance: What it may use up.
        """
        channel, theirs = Channel.pair()
        guard, guards = Channel.pair()
        request = {"allowance": asdict(allowance)}
        try:
            self._channel.send(request, (theirs.fileno(), guards.fileno()))
        except ChannelClosed:
            raise WarmProcessFailed("The process that runs notebooks has ended.") from None
        finally:
            theirs.close()
            guards.close()
        session = SubmissionSession(channel, guard)
        try:
            yield session
        finally:
            session.close()

    def close(self) -> None:
        """End it and everything below it."""
        self._channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._box.process.wait(CONTROL_TIMEOUT_S)
        self._box.end()


class SubmissionSession:
    """The first process of one submission: starts a notebook, interrupts it."""

    def __init__(self, channel: Channel, guard: Channel) -> None:
        self._channel = channel
        self._guard = guard
        self._below: list[Channel] = []

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
            ask(self._channel, request, (theirs.fileno(),))
        finally:
            theirs.close()
        return NotebookSession(self.keep(channel), self)

    def interrupt(self) -> None:
        """Send SIGINT to the notebook's process, as Jupyter's stop button does."""
        ask(self._channel, {"op": "interrupt"})

    def stop_notebook(self) -> None:
        """Kill the notebook's process and its group; copies held have groups of their own."""
        ask(self._channel, {"op": "stop"})

    @property
    def disk_is_full(self) -> bool:
        """Whether what it may write is used up."""
        return ask(self._channel, {"op": "disk"}).get("full") is True

    def why_ended(self) -> str:
        """Why its guard ended it: a limit, in words; empty where it still lives or just died."""
        try:
            reason = self._guard.receive(REASON_TIMEOUT_S).get("ended")
        except (ChannelClosed, ChannelTimeout):
            return ""
        return reason if isinstance(reason, str) and reason.startswith("more than") else ""

    def close(self) -> None:
        """End every process of the submission and wait until they are gone, with what they wrote.

        Raises:
            WarmProcessFailed: They are not to be got rid of.
        """
        try:
            with contextlib.suppress(ChannelClosed):  # it ended them by itself
                self._guard.send({"op": "end"})
                self._guard.receive(CONTROL_TIMEOUT_S)
        except ChannelTimeout:
            raise WarmProcessFailed("Processes of a submission could not be ended.") from None
        finally:
            for channel in [*self._below, self._channel, self._guard]:
                channel.close()

    def keep(self, channel: Channel) -> Channel:
        """Close a channel to a process below together with this one."""
        self._below.append(channel)
        return channel


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

    def hold(self) -> Held:
        """A copy of the process as it is now, for hidden tests later.

        Raises:
            NotebookLost: The process is gone.
        """
        return Held(self._submission.keep(ask_with_channel(self._channel, "hold")))

    @contextlib.contextmanager
    def snapshot(self, timeout_s: float, source: str = "") -> Iterator[Snapshot]:
        """A copy for one hidden test at once; see `Held.snapshot`."""
        held = self.hold()
        try:
            with held.snapshot(timeout_s, source) as snapshot:
                yield snapshot
        finally:
            held.close()

    def attempt(self, name: str, aims: dict[str, Any]) -> bool:
        """In a process for probing: try to get through the walls; whether it succeeded.

        Raises:
            NotebookLost: It was ended for trying.
        """
        try:
            self._channel.send({"try": name, **aims}, timeout_s=CONTROL_TIMEOUT_S)
            return self._channel.receive(CONTROL_TIMEOUT_S).get("succeeded") is not False
        except (ChannelClosed, ChannelTimeout) as error:
            raise NotebookLost("its process is gone") from error

    def leave(self) -> None:
        """End the process and run no more cells; what is held lives on."""
        self._channel.close()
        with contextlib.suppress(NotebookLost):
            self._submission.stop_notebook()


class Held:
    """A copy of a notebook's process as it was at a check."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    @property
    def alive(self) -> bool:
        """Whether it answers."""
        try:
            ask(self._channel, {"op": "here"})
        except NotebookLost:
            return False
        return True

    @property
    def usable(self) -> bool:
        """Whether it can still fork."""
        try:
            with self.snapshot(CONTROL_TIMEOUT_S):
                return True
        except NotebookLost:
            return False

    @contextlib.contextmanager
    def snapshot(self, timeout_s: float, source: str = "") -> Iterator[Snapshot]:
        """A fork for one hidden test, killed when the block ends.

        Args:
            timeout_s: For each call, callbacks included.
            source: The notebook's code, of which faults may repeat a line.

        Raises:
            NotebookLost: The copy is gone.
        """
        channel = ask_with_channel(self._channel, "snapshot")
        try:
            yield Snapshot(channel, timeout_s, source)
        finally:
            channel.close()
            ask(self._channel, {"op": "drop"})

    def close(self) -> None:
        """End it."""
        self._channel.close()


def ask_with_channel(channel: Channel, op: str) -> Channel:
    """Ask for a fork that serves a new channel, and return that.

    Raises:
        NotebookLost: The process is gone.
    """
    ours, theirs = Channel.pair()
    try:
        ask(channel, {"op": op}, (theirs.fileno(),))
    except NotebookLost:
        ours.close()
        raise
    finally:
        theirs.close()
    return ours


def ask(channel: Channel, message: dict[str, Any], fds: tuple[int, ...] = ()) -> dict[str, Any]:
    """Send a request, wait until it is done, and return what came back.

    Raises:
        NotebookLost: The process is gone.
    """
    try:
        channel.send(message, fds, CONTROL_TIMEOUT_S)
        return channel.receive(CONTROL_TIMEOUT_S)
    except (ChannelClosed, ChannelTimeout) as error:
        raise NotebookLost("its process is gone") from error
