"""The trusted side's handles on a notebook's process, and on copies of it that are held.

What does not answer in time is interrupted, then given up; the process above it ends it.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.boundary.asking import CONTROL_TIMEOUT_S, ask, ask_with_channel
from autograder.boundary.errors import NotebookLost
from autograder.boundary.wire import Channel, ChannelClosed, ChannelTimeout

if TYPE_CHECKING:
    from autograder.boundary.session import SubmissionSession
    from autograder.boundary.snapshot import Snapshot

INTERRUPT_GRACE_S = 10.0  # to show the interrupt on a busy machine; who ignores it, only waits


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
        channel = ask_with_channel(self._channel, {"op": "hold"})
        return Held(self._submission.keep(channel), self._submission)

    @contextlib.contextmanager
    def snapshot(self, timeout_s: float, source: str = "") -> Iterator[Snapshot]:
        """A copy for hidden tests at once; see `Held.snapshot`."""
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

    def __init__(self, channel: Channel, submission: SubmissionSession) -> None:
        self._channel = channel
        self._submission = submission

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
        """A fork for hidden tests, killed when the block ends.

        Args:
            timeout_s: For each call, callbacks included.
            source: The notebook's code, of which faults may repeat a line.

        Raises:
            NotebookLost: The copy is gone.
        """
        from autograder.boundary.snapshot import Snapshot  # and with it torch and pandas

        channel = ask_with_channel(self._channel, {"op": "snapshot"})
        try:
            yield Snapshot(channel, timeout_s, source)
        finally:
            channel.close()
            reply = ask(self._channel, {"op": "drop"})
            self._submission.send_refused(reply, signal.SIGKILL)

    def close(self) -> None:
        """End it."""
        self._channel.close()
