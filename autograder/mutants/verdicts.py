"""Good verdicts on answers, kept by the content of all that they depend on.

A verdict is named by a digest of the answer, its exercise with hidden tests, the earlier notebooks
that it takes functions over from, labkit's student edition, the engine and the time limits. So a
stopped run goes on where it was, and a change runs again only what it touches. A bad verdict is
never kept: a busy machine may have caused it, and what was mended has another name anyway.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grading.keys import ENGINE
from autograder.grading.limits import Limits
from autograder.grading.store import write_atomically
from autograder.lab import Exercise
from autograder.mutants.answers import Answer
from autograder.mutants.judge import Row
from autograder.release.labkit_edition import cached_labkit_edition

JUDGE = "2"
LIMITS = Limits(cell_s=10.0, notebook_s=60.0, test_s=5.0, late_s=1.0)


class Verdicts:
    """The kept verdicts of one lab as it is now.

    Args:
        course: The course folder; verdicts lie in `build/store/answers/`.
        exercises: The lab.
    """

    def __init__(self, course: Course, exercises: Sequence[Exercise]) -> None:
        self._folder = course.store / "answers"
        self._exercises = {exercise.name: exercise for exercise in exercises}
        _, self._labkit = cached_labkit_edition(course.root, course.store)
        self._keys: dict[str, str] = {}

    def exercise_key(self, name: str) -> str:
        """A digest of everything but the answer that a verdict on an exercise depends on."""
        if name not in self._keys:
            exercise = self._exercises[name]
            others = [self._exercises[other] for other in _carried(exercise, self._exercises)]
            parts = [JUDGE, ENGINE, asdict(LIMITS), self._labkit, exercise.lab, name]
            self._keys[name] = _digest([*parts, exercise.version, *(o.version for o in others)])
        return self._keys[name]

    def key(self, answer: Answer) -> str:
        """The name of the verdict on an answer."""
        return _digest([self.exercise_key(answer.exercise), asdict(answer)])

    def get(self, answer: Answer) -> Row | None:
        """The kept row of an answer; None where there is none or it cannot be read."""
        try:
            data = json.loads(self._path(answer).read_text(encoding="utf-8"))
            caught, messages = list(data["caught_by"]), dict(data["messages"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Row(answer, caught, "ok", messages)

    def put(self, row: Row) -> None:
        """Keep a row if it is good."""
        if row.ok:
            data = {"caught_by": row.caught_by, "messages": row.messages}
            write_atomically(self._path(row.answer), json.dumps(data))

    def digest(self, answers: Sequence[Answer]) -> str:
        """A digest of the lab with all of these answers."""
        exercises = [self.exercise_key(name) for name in self._exercises]
        return _digest([*exercises, *(self.key(answer) for answer in answers)])

    def certificate(self, digest: str) -> Path:
        """The file that says that the lab of this digest may be released."""
        return self._folder / f"certificate-{digest}.json"

    def _path(self, answer: Answer) -> Path:
        key = self.key(answer)
        return self._folder / key[:2] / f"{key}.json"


def _carried(exercise: Exercise, lab: dict[str, Exercise]) -> list[str]:
    """The earlier notebooks that an exercise depends on, and those that these depend on."""
    found: dict[str, None] = {}
    waiting = list(exercise.carries)
    while waiting:
        name = waiting.pop()
        if name in lab and name not in found:
            found[name] = None
            waiting += lab[name].carries
    return sorted(found)


def _digest(parts: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()
