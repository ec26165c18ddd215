"""Questions to a process behind the walls that does what it is asked and says when it is done."""

from __future__ import annotations

from typing import Any

from autograder.boundary.errors import NotebookLost
from autograder.boundary.wire import Channel, ChannelClosed, ChannelTimeout

CONTROL_TIMEOUT_S = 20.0


def ask_with_channel(channel: Channel, message: dict[str, Any]) -> Channel:
    """Ask for a fork that serves a new channel, and return that.

    Raises:
        NotebookLost: The process is gone.
    """
    ours, theirs = Channel.pair()
    try:
        ask(channel, message, (theirs.fileno(),))
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
