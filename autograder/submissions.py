"""What a student handed in: rebuilt notebooks, and the names of their results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.course import Course
from autograder.grading.engine import Job
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.grading.store import Store, result_key
from autograder.intake import Intake, rebuild
from autograder.lab import Exercise
from autograder.release.labkit_edition import cached_labkit_edition


@dataclass
class Submission:
    """One student's notebooks of a lab.

    Attributes:
        student: The folder's name.
        intakes: The rebuilt notebooks by exercise; those that were not handed in are left out.
        keys: The name of each one's result.
        warnings: One line for each odd thing.
    """

    student: str
    intakes: dict[str, Intake] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
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

    def read(self, student: str) -> Submission:
        """Rebuild a student's notebooks and name their results."""
        submission = Submission(student)
        folder = self._course.submitted / student / self._lab
        absent = []
        for exercise in self._exercises:
            path = folder / f"{exercise.name}.ipynb"
            if path.is_symlink() or not path.is_file():
                if path.is_symlink() or path.exists():
                    submission.warnings.append(f"{path.name} is no regular file.")
                else:
                    absent.append(exercise.name)
                continue
            intake = rebuild(path.read_bytes(), exercise)
            submission.intakes[exercise.name] = intake
            submission.keys[exercise.name] = self._key(exercise, submission)
            submission.warnings += intake.warnings
        if absent:
            submission.warnings.append(f"not handed in: {', '.join(absent)}.")
        known = {f"{exercise.name}.ipynb" for exercise in self._exercises}
        submission.warnings += [
            f"{path.name} is no notebook of this lab and was not graded."
            for path in sorted(folder.glob("*.ipynb"))
            if path.name not in known
        ]
        return submission

    def job(
        self, submission: Submission, find: Callable[[str], NotebookResult | None]
    ) -> Job | None:
        """What is left to execute of a submission; None where every result is there.

        Args:
            submission: What was read.
            find: The result of a key, None where there is none.
        """
        waiting: list[tuple[str, str, dict[str, Any]]] = []
        scores = {}
        for name, key in submission.keys.items():
            result = find(key)
            if result is None:
                waiting.append((key, name, submission.intakes[name].notebook))
            else:
                scores[name] = result.scores
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
        )

    def _key(self, exercise: Exercise, submission: Submission) -> str:
        """A later exercise's result depends on what it carries over, so on that one's result."""
        carried = [submission.keys.get(name, "") for name in exercise.carries]
        notebook = submission.intakes[exercise.name].notebook
        return result_key(notebook, exercise, self._labkit, self._seed, self._limits, carried)


def find_or_grade(
    reader: Reader, store: Store, student: str, name: str, grade: Callable[[Job], dict[str, Any]]
) -> NotebookResult:
    """The result of one notebook of a student, from the store or graded now."""
    submission = reader.read(student)
    key = submission.keys[name]
    result = store.get(key)
    if result is None:
        job = reader.job(submission, store.get)
        assert job is not None
        for done, data in grade(job).items():
            store.put(done, NotebookResult.from_json(data))
        result = store.get(key)
        assert result is not None
    return result
