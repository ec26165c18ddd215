"""A grading run's diary: one JSON object a line in `build/logs/`, for people and programs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from autograder.course import Course


class RunLog:
    """Appends events to a file of its own; each is on the disk's way as soon as it happened.

    Args:
        course: The course folder.
        lab: The lab; a part of the file's name.
    """

    def __init__(self, course: Course, lab: str) -> None:
        folder = course.build / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        stamp = dt.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")
        self.path: Path = folder / f"{lab}-{stamp}.jsonl"
        self._file = self.path.open("a", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is not None:
                self.event("stopped", why=str(error) or type(error).__name__)
        finally:
            self._file.close()

    def event(self, event: str, student: str = "", **facts: Any) -> None:
        """Write one line.

        Args:
            event: What happened, in a word.
            student: To whom.
            facts: What else there is to say, as plain data; what is None is left out.
        """
        entry = {"time": dt.datetime.now().astimezone().isoformat(), "event": event}
        entry |= {"student": student} if student else {}
        entry |= {name: value for name, value in facts.items() if value is not None}
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
