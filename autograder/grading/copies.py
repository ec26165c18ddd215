"""One copy of a student's process for the tests of a check, for as long as they pass.

Forking a copy and filling its memory costs more than most tests. So a test that passes leaves its
copy to the next one. One that fails in a copy that others used before is run again in a copy of
its own, and only what it says there counts: a crash, a hang or a change costs that one test.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from autograder.boundary.snapshot import Snapshot


class SharedCopy:
    """The copy that the tests of one check use, one after the other.

    Args:
        fork: Makes a copy, and ends it when the block ends.
    """

    def __init__(self, fork: Callable[[], contextlib.AbstractContextManager[Snapshot]]) -> None:
        self._fork = fork
        self._end = contextlib.ExitStack()
        self._copy: Snapshot | None = None
        self.is_second_hand = False

    def take(self) -> Snapshot:
        """The copy, for a test that begins; it draws the same random numbers in each.

        Raises:
            StudentFault: What an earlier test left behind does not answer.
            NotebookLost: There is nothing to copy.
        """
        if self._copy is None:
            self._copy = self._end.enter_context(self._fork())
        else:
            self.is_second_hand = True
            self._copy.begin_anew()
        return self._copy

    def drop(self) -> None:
        """End the copy; the next test gets another.

        Raises:
            NotebookLost: What it was made from is gone.
        """
        self._copy, self.is_second_hand = None, False
        self._end.close()
