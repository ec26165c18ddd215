"""Ctrl-C at a moment where stopping would leave something half done: it waits a second."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def finish_first() -> Iterator[None]:
    """Let the block end before Ctrl-C is heard.

    Raises:
        KeyboardInterrupt: It was pressed meanwhile.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt
