"""What can go wrong in a student's process, each as one sentence for the student.

Messages of exceptions may carry what a function was given, so numbers in them are cut and messages
of the student's own `raise` are not repeated: feedback never shows hidden inputs.
"""

from __future__ import annotations

import builtins
import re
from typing import Any

LONG_NUMBER = re.compile(r"[-+]?\d[\d.,e+-]{3,}\d")
MESSAGE_LIMIT = 160


class StudentFault(Exception):
    """A hidden test could not get an answer from the student's code; the text says why."""


class Missing(StudentFault):
    """A name that the task asks for is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"`{name}` was not defined when this check ran: is it spelled so, "
            "and does its cell run without an error?"
        )


class Raised(StudentFault):
    """The student's function raised an exception.

    Args:
        name: Of the function.
        error: What the student's process says of it, so a claim.
        source: The student's own code: only a line of it is repeated.
        quiet: Whether the process has seen a reference answer: then nothing that it could put into
            a message is repeated.
    """

    def __init__(
        self, name: str, error: dict[str, Any], source: str = "", quiet: bool = False
    ) -> None:
        kind = str(error.get("type"))[:MESSAGE_LIMIT]
        if kind == "NotImplementedError":
            super().__init__(f"`{name}` is not written yet.")
            return
        known = isinstance(getattr(builtins, kind, None), type)
        text = f"`{name}` raised {kind if known or not quiet else 'an exception'}"
        message = LONG_NUMBER.sub("…", str(error.get("message")))[:MESSAGE_LIMIT].split("\n")[0]
        if message and not error.get("own") and not quiet:
            text += f" ({message})"
        line = str(error.get("line")).strip()
        if line and line in source:
            text += f" at your line `{line[:MESSAGE_LIMIT]}`"
        super().__init__(text + ".")


class TookTooLong(StudentFault):
    """The student's function did not return in time."""

    def __init__(self, name: str, limit_s: float) -> None:
        super().__init__(
            f"`{name}` did not return within {limit_s:g} s on a small example: "
            "look for a loop that never ends."
        )


class Died(StudentFault):
    """The student's process ended or stopped making sense in the middle of a call."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The Python process died while `{name}` ran (an exit, a crash or out of memory)."
        )


class Unreadable(StudentFault):
    """What came back is not plain data."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"What `{name}` returned could not be read: return plain numbers, tensors, tables, "
            "models or figures."
        )


class NotebookLost(Exception):
    """A notebook's process is gone; nothing more can be learned from it."""


class WarmProcessFailed(RuntimeError):
    """The warm process did not start, which is the installation's fault and not a student's."""
