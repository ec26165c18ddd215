"""Variants: what is one student's own in a lab, from the course key and the student's id.

Does: derive it, and say whose mark is whose. Does not: read anything that a student wrote. Without
`variants = true` for the lab in `course.toml` there are none, and nothing is as it would be.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.course_key import key_name, key_path, keyed_digest, make_key, read_key
from autograder.errors import CourseError
from autograder.grading.store import write_atomically
from autograder.settings import read_settings
from labkit.variant import Variant

PURPOSE = "variant"
LEFT_OUT_PERCENT = 2.0
# One of each row is a student's target: different numbers, but about equally hard.
TARGETS = (
    (0.2, 0.25, 0.3, 0.35),
    (0.45, 0.5, 0.55, 0.6),
    (0.7, 0.74, 0.78, 0.82),
    (0.86, 0.88, 0.9, 0.92),
    (0.95, 0.96, 0.97, 0.98),
)


def derive(key: bytes, lab: str, student: str) -> Variant:
    """A student's variant of a lab: always the same, and nobody can tell it without the key.

    Args:
        key: The course key.
        lab: The lab.
        student: The id, which is the name of the student's folder of submissions.
    """
    name = unicodedata.normalize("NFC", student)
    digest = keyed_digest(key, PURPOSE, json.dumps([lab, name]).encode())
    return Variant(
        lab=lab,
        student=name,
        mark=digest[:6].hex(),
        seed=int.from_bytes(digest[6:10]) % 2**31,
        sparsities=tuple(row[digest[10 + n] % len(row)] for n, row in enumerate(TARGETS)),
        left_out_percent=LEFT_OUT_PERCENT,
    )


@dataclass(frozen=True)
class Variants:
    """The variants of one lab.

    Attributes:
        lab: The lab.
        key: The course key.
        owners: Whose each mark is.
    """

    lab: str
    key: bytes
    owners: dict[str, str]

    def of(self, student: str) -> Variant:
        """A student's variant."""
        return derive(self.key, self.lab, student)


def read_variants(course: Course, lab: str) -> Variants | None:
    """The variants of a lab and of its class; None where the lab has none.

    Raises:
        CourseError: The course key is missing, damaged, or another one than at the release.
    """
    if not read_settings(course, lab).variants:
        return None
    # Where nothing was handed out yet, any key will do; later only the one that was used.
    handed_out = _note_path(course, lab).exists()
    key = read_key(course) if handed_out else make_key(course)
    released = _released_to(course, lab, key)
    class_ = {unicodedata.normalize("NFC", s) for s in (*course.students(lab), *released)}
    return Variants(lab, key, {derive(key, lab, student).mark: student for student in class_})


def begin_release(course: Course, lab: str, students: Iterable[str]) -> dict[str, Variant]:
    """Everybody's variant, for a release; whom it is for is noted down, with the key's name.

    Raises:
        CourseError: The course key cannot be read, or another one was used for this lab before.
    """
    key = make_key(course)
    known = _released_to(course, lab, key)
    variants = {student: derive(key, lab, student) for student in sorted(students)}
    noted = {"key": key_name(key), "students": sorted({*known, *variants})}
    write_atomically(_note_path(course, lab), json.dumps(noted, indent=1))
    return variants


def _note_path(course: Course, lab: str) -> Path:
    return course.build / "variants" / f"{lab}.json"


def _released_to(course: Course, lab: str, key: bytes) -> list[str]:
    """Who was given a variant of the lab before."""
    path = _note_path(course, lab)
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        name, students = noted["key"], [str(student) for student in noted["students"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{path} cannot be read; release {lab} again: {error}") from error
    if name != key_name(key):
        raise CourseError(
            f"Variants of {lab} were handed out with another course key than {key_path(course)}: "
            f"put that key back, or delete {path} and hand out new variants."
        )
    return students
