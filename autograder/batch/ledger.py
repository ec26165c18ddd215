"""What stands in the gradebook: for each student, which results were recorded, and their parts.

Kept in `build/store/recorded/`, a file for each student, so that recording one costs the same in a
class of ten and of a thousand.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.course import Course
from autograder.grading.store import write_atomically


@dataclass(frozen=True)
class Entry:
    """What was recorded of a student.

    Attributes:
        keys: The name of each exercise's result.
        parts: What each name is made of; see `grading.keys`.
        whole: False while another recording is at work, or where one was cut off.
    """

    keys: dict[str, str] = field(default_factory=dict)
    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    whole: bool = True


class Ledger:
    """The entries of one lab.

    Args:
        course: The course folder.
        lab: The lab.
    """

    def __init__(self, course: Course, lab: str) -> None:
        self._folder = course.store / "recorded" / lab

    def entry(self, student: str) -> Entry | None:
        """What was recorded of a student; None where nothing was, or nobody can say."""
        try:
            content = json.loads(self._path(student).read_text(encoding="utf-8"))
            return Entry(dict(content["keys"]), dict(content["parts"]), content["whole"] is True)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def begin(self, student: str) -> None:
        """Note that what stands in the gradebook is about to change."""
        entry = self.entry(student) or Entry()
        if entry.whole:
            self._write(student, Entry(entry.keys, entry.parts, whole=False))

    def end(self, student: str, keys: dict[str, str], parts: dict[str, dict[str, str]]) -> None:
        """Note what stands in the gradebook now, the feedback pages included."""
        self._write(student, Entry(keys, parts))

    def _write(self, student: str, entry: Entry) -> None:
        write_atomically(self._path(student), json.dumps(asdict(entry)))

    def _path(self, student: str) -> Path:
        return self._folder / student / "ledger.json"
