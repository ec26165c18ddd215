"""What a student handed in: rebuilt notebooks, and the names of their results."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.collecting.reading import NotHandedIn, UnreadableSubmission, read_submitted
from autograder.collecting.setting_aside import odd_entries, shown
from autograder.course import Course
from autograder.grading.job import Job
from autograder.grading.keys import key_parts, result_key
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.grading.store import Store
from autograder.intake import SIZE_LIMIT_BYTES, Intake, rebuild
from autograder.lab import Exercise
from autograder.release.labkit_edition import cached_labkit_edition
from autograder.variant_marks import variant_warnings
from autograder.variants import read_variants


@dataclass
class Submission:
    """One student's notebooks of a lab.

    Attributes:
        student: The folder's name.
        intakes: The rebuilt notebooks by exercise; those that were not handed in are left out.
        keys: The name of each one's result.
        parts: What each name is made of; see `grading.keys`.
        files: The SHA-256 of each file as it was handed in.
        warnings: One line for each odd thing.
    """

    student: str
    intakes: dict[str, Intake] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


class Reader:
    """Reads submissions of one lab for one grading.

    Args:
        course: The course folder.
        exercises: The lab.
        seed: Of the grading.
        limits: Time limits.
    """

    def __init__(
        self, course: Course, exercises: Sequence[Exercise], seed: int, limits: Limits
    ) -> None:
        self._course = course
        self._exercises = exercises
        self._lab = exercises[0].lab
        self._seed = seed
        self._limits = limits
        _, self._labkit = cached_labkit_edition(course.root, course.store)
        self._variants = read_variants(course, self._lab)

    def read(self, student: str, folder: Path | None = None) -> Submission:
        """Rebuild a student's notebooks and name their results.

        Args:
            student: Whose.
            folder: Where they lie; None for `build/submitted/<student>/<lab>`.
        """
        submission, files = Submission(student), dict[str, bytes]()
        folder = folder or self._course.submitted / student / self._lab
        absent = []
        odd = odd_entries(folder)
        submission.warnings += [
            f"{shown(name)} {problem}; not graded." for name, problem in sorted(odd.items())
        ]
        for exercise in self._exercises:
            path = folder / f"{exercise.name}.ipynb"
            if path.name in odd:
                continue
            try:
                raw = read_submitted(path, SIZE_LIMIT_BYTES)
            except NotHandedIn:
                absent.append(exercise.name)
                continue
            except UnreadableSubmission as problem:
                submission.warnings.append(f"{path.name} {problem}; not graded.")
                continue
            intake = rebuild(raw, exercise)
            if self._variants:
                files[path.name] = raw
            submission.intakes[exercise.name] = intake
            submission.files[exercise.name] = hashlib.sha256(raw).hexdigest()
            submission.parts[exercise.name] = parts = self._parts(exercise, submission)
            submission.keys[exercise.name] = result_key(parts)
            submission.warnings += intake.warnings
        if self._variants:
            submission.warnings += variant_warnings(self._variants, student, folder, files)
        if absent:
            submission.warnings.append(f"not handed in: {', '.join(absent)}.")
        known = {f"{exercise.name}.ipynb" for exercise in self._exercises}
        submission.warnings += [
            f"{shown(path.name)} is no notebook of this lab and was not graded."
            for path in sorted(folder.glob("*.ipynb"))
            if path.name not in known | odd.keys()
        ]
        return submission

    def job(
        self,
        submission: Submission,
        find: Callable[[str], Mapping[str, float] | None],
        taken: Container[str] = (),
    ) -> Job | None:
        """What can be executed of a submission; None where nothing is left, or has to wait.

        Args:
            submission: What was read.
            find: The scores of the result of a key, None where there is none.
            taken: Keys that somebody else's job will give; they wait, and what needs them.
        """
        waiting: list[tuple[str, str, dict[str, Any]]] = []
        scores: dict[str, dict[str, float]] = {}
        left_out: set[str] = set()
        carries = {exercise.name: exercise.carries for exercise in self._exercises}
        for name, key in submission.keys.items():
            found = find(key)
            if found is not None:
                scores[name] = dict(found)
            elif key in taken or left_out & set(carries[name]):
                left_out.add(name)
            else:
                waiting.append((key, name, submission.intakes[name].notebook))
        if not waiting:
            return None
        handed_in: dict[str, dict[str, Any]] = {
            name: intake.notebook for name, intake in submission.intakes.items()
        }
        return Job(
            submission.student,
            self._lab,
            self._seed,
            self._limits,
            tuple(waiting),
            handed_in,
            scores,
            self._variant(submission.student),
        )

    def _parts(self, exercise: Exercise, submission: Submission) -> dict[str, str]:
        """A later exercise's result depends on what it carries over, so on that one's result."""
        carried = [submission.keys.get(name, "") for name in exercise.carries]
        notebook = submission.intakes[exercise.name].notebook
        variant = self._variant(submission.student)
        return key_parts(
            notebook, exercise, self._labkit, self._seed, self._limits, carried, variant
        )

    def _variant(self, student: str) -> str:
        """Made anew, never the file of the student; empty where the lab has none."""
        return self._variants.of(student).to_json() if self._variants else ""


def find_or_grade(
    reader: Reader, store: Store, student: str, name: str, grade: Callable[[Job], dict[str, Any]]
) -> NotebookResult:
    """The result of one notebook of a student, from the store or graded now.

    Raises:
        UnreadableSubmission: What was handed in under that name is no file that can be read.
    """
    submission = reader.read(student)
    if name not in submission.keys:
        raise UnreadableSubmission("; ".join(submission.warnings) or "cannot be read")
    key = submission.keys[name]
    result = store.get(key)
    if result is None:
        job = reader.job(submission, store.scores)
        assert job is not None
        for done, data in grade(job).items():
            store.put(done, NotebookResult.from_json(data))
        result = store.get(key)
        assert result is not None
    return result
