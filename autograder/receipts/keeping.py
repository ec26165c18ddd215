"""Writes receipts: `build/receipts/<lab>/<student>/<time>.json`, the newest being the last by name.

Each student has a folder, and all names in it are ours, so that no student's name can meet
another's or an earlier receipt. An earlier receipt is never changed or deleted.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.course import Course
from autograder.course_key import make_key
from autograder.errors import CourseError
from autograder.grading.limits import Limits
from autograder.grading.store import Store, write_atomically
from autograder.lab import Exercise
from autograder.receipts.content import make_receipt
from autograder.receipts.signing import seal
from autograder.submissions import Submission


def receipts_folder(course: Course, lab: str, student: str) -> Path:
    """Where a student's receipts lie."""
    return course.build / "receipts" / lab / student


def newest_receipt(folder: Path) -> Path | None:
    """The last of a student's receipts; None where there is none."""
    return max(folder.glob("[0-9]*.json"), default=None)


class ReceiptWriter:
    """Writes the receipts of one lab's grading.

    Args:
        course: The course folder.
        exercises: The lab.
        store: Has the results.
        limits: That submissions are graded with.

    Raises:
        CourseError: The course key cannot be read.
    """

    def __init__(
        self, course: Course, exercises: Sequence[Exercise], store: Store, limits: Limits
    ) -> None:
        self._course, self._exercises, self._store = course, exercises, store
        self._limits = limits
        self._key = make_key(course)  # first of all: without it no grade may be recorded

    def write(self, submission: Submission) -> Path | None:
        """Write the receipt of a grade that has just been recorded.

        Returns:
            Its place; None where its results are not in the store any more.
        """
        now = dt.datetime.now(dt.UTC)
        receipt = make_receipt(
            self._course, self._exercises, submission, self._store, self._limits, now
        )
        if receipt is None:
            return None
        folder = receipts_folder(self._course, self._exercises[0].lab, submission.student)
        path = folder / now.strftime("%Y-%m-%dT%H-%M-%S.%fZ.json")
        write_atomically(path, seal(self._key, receipt))
        return path

    def write_missing(self, recorded: Iterable[Submission]) -> None:
        """Write what a stop between a grade and its receipt has prevented."""
        for submission in recorded:
            if submission.keys and not self._has(submission):
                self.write(submission)

    def _has(self, submission: Submission) -> bool:
        folder = receipts_folder(self._course, self._exercises[0].lab, submission.student)
        newest = newest_receipt(folder)
        try:
            receipt = json.loads(newest.read_text(encoding="utf-8"))["receipt"] if newest else {}
            return {n: each["result"] for n, each in receipt["notebooks"].items()} == dict(
                submission.keys
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return False


def given(course: Course, path: Path) -> Path:
    """The receipt that somebody names: a file, or a student's folder for the newest in it.

    Raises:
        CourseError: The folder holds none.
    """
    if not path.is_dir():
        return path
    newest = newest_receipt(path)
    if newest is None:
        raise CourseError(
            f"There is no receipt in {path}: expected a student's folder below "
            f"{course.build / 'receipts'}, with files <time>.json."
        )
    return newest
