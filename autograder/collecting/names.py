"""Whose submission a file is: from the name that the learning platform gave it.

Does: find a student's id in a path, and make it safe as a folder's name. Does not: open anything.
A name that a student chose counts only where no platform, folder or pattern says whose it is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from autograder.errors import CourseError

LONGEST = 80  # characters of an id
LONGEST_BYTES = 200
# As Canvas's lib/content_zipper.rb writes it.
CANVAS = re.compile(
    r"(?:(?P<name>[^/]+?)(?P<late>_LATE)?_(?P<number>\d+)"
    r"|(?P<hidden_late>LATE_)?anon_(?P<hidden>[A-Za-z0-9]+))"
    r"_\d+_(?P<file>[^/]+)"
)
ONE_MORE_NUMBER = re.compile(r"\d+_")
MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<number>\d+)_assignsubmission_file_?(?P<file>[^/]*)")
BLIND = ("Participant", "Teilnehmer/in", "Participant/e")  # Moodle's names in blind marking
COPY = re.compile(r"(-Copy\d+|[ _]?\(\d+\))+$")  # of Jupyter, of a browser


@dataclass(frozen=True)
class Owner:
    """Whose file it is.

    Attributes:
        student: The id, safe as a folder's name.
        came_as: The name that says so.
        by: What made that name.
        file: The path of the file without that name.
        number: The platform's, which tells people of the same name apart.
        late: Whether the platform says that it came late; None where it says nothing.
    """

    student: str
    came_as: str
    by: str
    file: str
    number: str = ""
    late: bool | None = None


@dataclass(frozen=True)
class Naming:
    """Finds owners.

    Attributes:
        lab: The lab, as `labkit submit` writes it into a zip's name.
        pattern: The instructor's own, with a group `student_id`.
        student: Whose everything is, where the instructor says so.
        roster: Ids that the gradebook knows; they settle which of a platform's two names counts.
        by_folder: Whether the first folder's name is the student's where nothing else says more.
    """

    lab: str
    pattern: re.Pattern[str] | None = None
    student: str = ""
    roster: Collection[str] = field(default_factory=frozenset)
    by_folder: bool = False

    def in_folders(self) -> Naming:
        """The same, for a folder that may hold one folder per student."""
        return replace(self, by_folder=True)

    def owner(self, path: str) -> Owner | None:
        """Whose a file is; None where its name fits nothing.

        Args:
            path: Its path in the source, parts divided by `/`.
        """
        path = unicodedata.normalize("NFC", path)
        parts = PurePosixPath(path).parts
        if not parts:
            return None
        if self.student:
            return Owner(self.student, path, "--student", path)
        if self.pattern:
            match = self.pattern.search(path)
            student = safe_id((match and match["student_id"]) or "")
            return Owner(student, path, "--pattern", parts[-1]) if student else None
        for place, part in enumerate(parts):
            rest = "/".join(parts[place + 1 :])
            found = self._moodle(part, rest) or self._canvas(part, rest)
            if found:
                return found
        if self.by_folder and len(parts) > 1:
            student = safe_id(parts[0])
            return Owner(student, parts[0], "folder", "/".join(parts[1:])) if student else None
        return self._labkit(parts[-1])

    def _moodle(self, part: str, rest: str) -> Owner | None:
        match = MOODLE.fullmatch(part)
        if not match:
            return None
        name, number = safe_id(match["name"]), match["number"]
        # The number is another one in each assignment; without names it is all there is.
        first = f"{name}_{number}" if match["name"] in BLIND else name
        student = self._known(first, number)
        return Owner(student, part, "Moodle", rest or match["file"], number) if student else None

    def _canvas(self, part: str, rest: str) -> Owner | None:
        match = CANVAS.fullmatch(part)
        # With one number more, which of them is the id? Students choose their files' names, and
        # may end their own with the number of somebody else: better nobody's than the wrong one's.
        if not match or ONE_MORE_NUMBER.match(match["file"]):
            return None
        number = match["number"] or f"anon_{match['hidden']}"
        student = self._known(number, safe_id(match["name"] or ""))
        late = bool(match["late"] or match["hidden_late"])
        return Owner(student, part, "Canvas", rest or match["file"], number, late)

    def _labkit(self, name: str) -> Owner | None:
        stem, ending = PurePosixPath(name).stem, PurePosixPath(name).suffix
        if ending.lower() != ".zip" or not stem.startswith(f"{self.lab}-"):
            return None
        student = safe_id(COPY.sub("", stem.removeprefix(f"{self.lab}-")))
        return Owner(student, name, "zip, so the student", name) if student else None

    def _known(self, usual: str, other: str) -> str:
        """The usual id, unless the gradebook knows only the other."""
        return other if other in self.roster and usual not in self.roster else usual


def safe_id(text: str) -> str:
    """A name as one folder's name, the same for each way to write it; empty where nothing is left.

    >>> safe_id("../Jörg  Müller*")
    'Jörg Müller_'
    """
    text = unicodedata.normalize("NFC", text)
    plain = "".join(
        "_" if unicodedata.category(letter)[0] == "C" or letter in '/\\*?[]:"<>|' else letter
        for letter in text
    )
    plain = re.sub(r"^[ ._-]+|[ .-]+$", "", re.sub(r"\s+", " ", plain))
    if len(plain) <= LONGEST and len(plain.encode()) <= LONGEST_BYTES:
        return plain
    # Cut short, with a digest, so that two long names do not become one student.
    return f"{plain[:40]}_{hashlib.sha256(plain.encode()).hexdigest()[:8]}"


def read_pattern(text: str) -> re.Pattern[str]:
    """The instructor's own pattern.

    Raises:
        CourseError: It is no regular expression, or has no group `student_id`.
    """
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise CourseError(f"--pattern {text!r} is no regular expression: {error}.") from None
    if "student_id" not in pattern.groupindex:
        raise CourseError(
            f"--pattern {text!r} names no student: expected a group such as (?P<student_id>\\w+)."
        )
    return pattern
