"""What stands in a receipt, as plain data, and how it is taken out again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.grading.store import Store
from autograder.lab import Exercise
from autograder.release.checked import release_mark
from autograder.submissions import Submission

FORMAT = 1


def make_receipt(
    course: Course,
    exercises: Sequence[Exercise],
    submission: Submission,
    store: Store,
    limits: Limits,
    written_at: dt.datetime,
) -> dict[str, Any] | None:
    """State what a grade was for, what it came from and what it is.

    Args:
        course: The course folder.
        exercises: The lab.
        submission: The one that was graded.
        store: Has its results.
        limits: That it was graded with.
        written_at: Now, with a time zone.

    Returns:
        The receipt; None where a result is not in the store any more.
    """
    results = {name: store.get(key) for name, key in submission.keys.items()}
    notebooks = {}
    for exercise in exercises:
        if exercise.name in results:
            result = results[exercise.name]
            if result is None:
                return None
            notebooks[exercise.name] = _notebook(exercise, submission, result)
    scored = [points for notebook in notebooks.values() for points in notebook["scores"].values()]
    return {
        "format": FORMAT,
        "student": submission.student,
        "lab": exercises[0].lab,
        "written_at": written_at.astimezone(dt.UTC).isoformat(),
        "release": release_mark(course, exercises[0].lab),
        "seed": int(next(iter(submission.parts.values()))["seed"]),
        "limits": asdict(limits),
        "notebooks": notebooks,
        "not_handed_in": [e.name for e in exercises if e.name not in notebooks],
        "total": sum(scored),
        "total_is": "points of hidden tests, before marks by hand and penalties",
        "warnings": list(submission.warnings),
    }


def _notebook(exercise: Exercise, submission: Submission, result: NotebookResult) -> dict[str, Any]:
    name = exercise.name
    return {
        "result": submission.keys[name],
        "parts": dict(submission.parts[name]),
        "file_sha256": submission.files.get(name, ""),
        "isolation": result.isolation,
        "versions": dict(result.versions),
        "scores": {task: float(points) for task, points in result.scores.items()},
        "by_hand": [task.grade_id for task in exercise.tasks if task.manual],
        "tests": [
            {
                "id": test.id,
                "task": test.task,
                "points": test.points,
                "passed": test.passed,
                "option": test.option,
                "counts": test.counts,
            }
            for test in result.tests
        ],
        "warnings": list(result.warnings),
    }


def stated(receipt: dict[str, Any], name: str, kind: type) -> Any:
    """A field of a receipt, of the type that it must have.

    Raises:
        CourseError: It is missing or of another type: an earlier or later version wrote it.
    """
    value = receipt.get(name)
    if not isinstance(value, kind):
        raise CourseError(
            f"The receipt says nothing that can be read of {name!r}: another version of the "
            "autograder wrote it."
        )
    return value
