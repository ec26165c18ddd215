"""Frames of MessagePack on a Unix socket, and file descriptors to go with them.

Used on both sides. A frame is an 8-byte big-endian length and that many bytes of MessagePack.
Only the trusted side hands descriptors over; it never takes one.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from typing import Any

import msgpack

from autograder.boundary.counting import check_count

HEADER = struct.Struct(">Q")
FRAME_LIMIT_BYTES = 128 * 1024 * 1024


class ChannelClosed(Exception):
    """The other side is gone, or sent something that is not a frame."""


class ChannelTimeout(Exception):
    """The other side did not answer in time."""


class Channel:
    """One end of a socket pair that carries frames.

    Args:
        sock: A connected Unix stream socket; the channel owns it.
        limit_bytes: The largest frame that `receive` accepts.
    """

    def __init__(self, sock: socket.socket, limit_bytes: int = FRAME_LIMIT_BYTES) -> None:
        self._socket = sock
        self._limit_bytes = limit_bytes
        self.received_fds: list[int] = []

    @classmethod
    def pair(cls) -> tuple[Channel, socket.socket]:
        """A channel for this side and the socket for the other."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        return cls(ours), theirs

    def send(
        self, message: dict[str, Any], fds: tuple[int, ...] = (), timeout_s: float | None = None
    ) -> None:
        """Send one frame, with descriptors attached to its header.

        Raises:
            ChannelClosed: The other side is gone.
            ChannelTimeout: It did not read the frame within `timeout_s`.
        """
        body = msgpack.packb(message, use_bin_type=True)
        header = HEADER.pack(len(body))
        self._socket.settimeout(timeout_s)
        try:
            if fds:
                socket.send_fds(self._socket, [header], list(fds))
            else:
                self._socket.sendall(header)
            self._socket.sendall(body)
        except TimeoutError as error:
            raise ChannelTimeout from error
        except OSError as error:
            raise ChannelClosed from error

    def receive(self, timeout_s: float | None = None, fds: int = 0) -> dict[str, Any]:
        """Wait for one frame.

        Args:
            timeout_s: How long to wait for the whole frame, in seconds; None waits for ever.
            fds: How many descriptors to accept with it; they are left in `received_fds`.

        Raises:
            ChannelClosed: The other side is gone, or what came is no frame.
            ChannelTimeout: Nothing whole came in time.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        (length,) = HEADER.unpack(self._read(HEADER.size, deadline, fds))
        if length > self._limit_bytes:
            raise ChannelClosed(f"a frame of {length} bytes, over {self._limit_bytes}")
        body = self._read(length, deadline, 0)
        try:
            check_count(body)
            message = msgpack.unpackb(body, raw=False, strict_map_key=False)
        except Exception as error:  # msgpack raises many kinds on hostile bytes
            raise ChannelClosed("the frame is not MessagePack") from error
        if not isinstance(message, dict):
            raise ChannelClosed("the frame is not a map")
        return message

    def _read(self, size: int, deadline: float | None, fds: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            self._socket.settimeout(self._remaining(deadline))
            try:
                if fds and not parts:
                    chunk, received, _, _ = socket.recv_fds(self._socket, size, fds)
                    self.received_fds = list(received)
                else:
                    chunk = self._socket.recv(min(size - len(parts), 1 << 20))
            except TimeoutError as error:
                raise ChannelTimeout from error
            except OSError as error:
                raise ChannelClosed from error
            if not chunk:
                raise ChannelClosed
            parts += chunk
        return bytes(parts)

    @staticmethod
    def _remaining(deadline: float | None) -> float | None:
        if deadline is None:
            return None
        left = deadline - time.monotonic()
        if left <= 0:
            raise ChannelTimeout
        return left

    def wait(self, timeout_s: float) -> bool:
        """Whether there is something to receive, or the other side is gone, within that time."""
        return bool(select.select([self._socket], [], [], timeout_s)[0])

    def close(self) -> None:
        """Close this end; the other side sees it."""
        self._socket.close()
