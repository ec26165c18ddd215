"""The trusted side's handles on the process tree: warm process, submission, notebook, held copy.

Each handle owns one channel. Deadlines are kept here; what does not answer is interrupted, then
killed, by a process that runs no student code.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.boundary.asking import CONTROL_TIMEOUT_S, ask, ask_with_channel
from autograder.boundary.errors import NotebookLost, WarmProcessFailed
from autograder.boundary.inside.wall import Allowance
from autograder.boundary.notebook import NotebookSession
from autograder.boundary.wire import Channel, ChannelClosed, ChannelTimeout
from autograder.walls.isolation import Isolation
from autograder.walls.outer import BoxFailed, open_box

START_TIMEOUT_S = 120.0
REASON_TIMEOUT_S = 1.0
EXAMINATION = Allowance(2 * 10**9, processes=16, disk_bytes=512 * 10**6, seconds=30.0)
Examine = Callable[[str, Mapping[str, bytes], Mapping[str, Any]], dict[str, Any]]


class WarmProcess:
    """A process that has imported everything and forks for each submission.

    Args:
        data_dir: The small data that notebooks find.
        labkit_dir: The folder that holds the student edition of `labkit`.
        isolation: The walls around it and around each submission.
        probe: Only for probing the walls: nothing is imported, no notebook can run.
        cpu: The CPU that it, and all that it forks, keeps to once it is warm.
        wait: Return when it is ready; else `wait_until_ready` does before it is used.

    Raises:
        WarmProcessFailed: It did not become ready; the message holds what it printed.
    """

    def __init__(
        self,
        data_dir: Path,
        labkit_dir: Path,
        isolation: Isolation,
        probe: bool = False,
        cpu: int | None = None,
        wait: bool = True,
    ) -> None:
        self.isolation = isolation
        self._is_ready = False
        self._renews = False
        self._spare: tuple[Allowance, SubmissionSession] | None = None
        try:
            self._box, self._channel = open_box(isolation, data_dir, labkit_dir, probe, cpu)
        except BoxFailed as error:
            raise self._failed(str(error)) from None
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return when it has imported everything; at once where it has.

        Raises:
            WarmProcessFailed: It did not become ready; the message holds what it printed.
        """
        if self._is_ready:
            return
        try:
            self._channel.receive(START_TIMEOUT_S)
        except (ChannelClosed, ChannelTimeout):
            self._channel.close()
            raise self._failed(self._box.end()) from None
        self._is_ready = True

    def _failed(self, said: str) -> WarmProcessFailed:
        return WarmProcessFailed(
            f"The process that runs notebooks did not start ({self.isolation}). It said: {said}"
        )

    @property
    def alive(self) -> bool:
        """Whether it can still fork."""
        return self._box.process.poll() is None

    @contextlib.contextmanager
    def one_student(self) -> Iterator[None]:
        """A block in which all submissions are notebooks of one student.

        They may follow each other behind one wall, where nothing of an earlier one is left.
        """
        self._renews = True
        try:
            yield
        finally:
            self._renews = False
            self._close_spare()

    @contextlib.contextmanager
    def submission(self, allowance: Allowance, beside: bool = False) -> Iterator[SubmissionSession]:
        """A fork for one submission; everything it started is gone when the block ends.

        Args:
            allowance: What it may use up.
            beside: Another one is still running.
        """
        spare, renews = self._spare, self._renews and not beside
        if renews and spare and spare[0] == allowance:
            session, self._spare = spare[1], None
        else:
            session = self._open(allowance, beside)
        clean = False
        try:
            yield session
            clean = renews and session.renew()
        finally:
            if clean:
                self._close_spare()
                self._spare = (allowance, session)
            else:
                session.close()

    def _open(self, allowance: Allowance, beside: bool) -> SubmissionSession:
        channel, theirs = Channel.pair()
        guard, guards = Channel.pair()
        request = {"allowance": asdict(allowance), "beside": beside}
        try:
            self._channel.send(request, (theirs.fileno(), guards.fileno()))
        except ChannelClosed:
            raise WarmProcessFailed("The process that runs notebooks has ended.") from None
        finally:
            theirs.close()
            guards.close()
        return SubmissionSession(channel, guard)

    def _close_spare(self) -> None:
        if self._spare:
            session, self._spare = self._spare[1], None
            session.close()

    def examine(
        self, kind: str, files: Mapping[str, bytes], request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Let a fork of its own, behind the same walls, look at files that a student's code wrote.

        Args:
            kind: What is to look at them: a name that `inside.warm` knows.
            files: By name; never names of the student's.
            request: What it is asked.

        Returns:
            Its answer, never to be trusted; empty where it gave none within its allowance.

        Raises:
            NotebookLost: There is nothing to fork from.
        """
        try:
            with self.submission(EXAMINATION, beside=True) as submission:
                channel = submission.fork(kind, "files", 0, files)
                try:
                    channel.send(dict(request), timeout_s=CONTROL_TIMEOUT_S)
                    return channel.receive(EXAMINATION.seconds)
                except (ChannelClosed, ChannelTimeout):
                    return {}
        except WarmProcessFailed as error:
            raise NotebookLost(str(error)) from error

    def close(self) -> None:
        """End it and everything below it."""
        with contextlib.suppress(WarmProcessFailed):  # the box ends what is left
            self._close_spare()
        self._channel.close()
        if self._is_ready:  # else it has forked nothing, and would warm up to the end
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
        return NotebookSession(self.fork("notebook", name, seed, files or {}), self)

    def fork(self, serve: str, name: str, seed: int, files: Mapping[str, bytes]) -> Channel:
        """Fork a process that serves a channel; as `notebook`, for anything that it may be."""
        request = {"op": "fork", "serve": serve, "name": name, "seed": seed, "files": dict(files)}
        return self.keep(ask_with_channel(self._channel, request))

    def interrupt(self) -> None:
        """Send SIGINT to the notebook's process, as Jupyter's stop button does."""
        self.send_refused(ask(self._channel, {"op": "interrupt"}), signal.SIGINT)

    def stop_notebook(self) -> None:
        """Kill the notebook's process and its group; copies held have groups of their own."""
        self.send_refused(ask(self._channel, {"op": "stop"}), signal.SIGKILL)

    def send_refused(self, reply: dict[str, Any], number: int) -> None:
        """Let the guard send a signal that the wall refused to whoever replied so."""
        pid = reply.get("refused")
        if type(pid) is int:
            with contextlib.suppress(ChannelClosed):  # it has ended them all
                self._guard.send({"op": "signal", "pid": pid, "number": int(number)})

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

    def renew(self) -> bool:
        """End the notebook; whether another can follow as if there had been none.

        So it is where all its processes leave by themselves and all that they wrote is gone, as
        the first process finds, which runs no code of students.
        """
        while self._below:
            self._below.pop().close()
        try:
            self._guard.send({"op": "renew"})
            return ask(self._channel, {"op": "tidy"}).get("tidy") is True
        except (ChannelClosed, ChannelTimeout, NotebookLost):
            return False

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
