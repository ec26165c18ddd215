"""One writer: takes results from the store into nbgrader's gradebook, with nbgrader's own code."""

from __future__ import annotations

import contextlib
import glob
import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.store import write_atomically
from autograder.late import CarefulCourseDirectory


@contextlib.contextmanager
def one_grader(course: Course) -> Iterator[None]:
    """Hold the course's lock: two graders at once would write over each other.

    Raises:
        CourseError: Another grader is at work.
    """
    course.build.mkdir(exist_ok=True)
    lock = FileLock(course.build / ".grading.lock")
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout:
        raise CourseError(
            f"Another grading of {course.root} is running; wait for it to end, then call again."
        ) from None


class Recorder:
    """Writes submissions of one lab into the gradebook.

    Args:
        course: The course folder.
        lab: The lab.
    """

    def __init__(self, course: Course, lab: str) -> None:
        self._course = course
        self._lab = lab
        self._ledger_path = course.store / f"{lab}.recorded.json"
        self._ledger: dict[str, list[str]] = {}
        with contextlib.suppress(OSError, ValueError):
            self._ledger = json.loads(self._ledger_path.read_text(encoding="utf-8"))

    def is_recorded(self, student: str, keys: list[str]) -> bool:
        """Whether the gradebook already has just these results of a student."""
        done = self._course.build / "autograded" / student / self._lab
        return self._ledger.get(student) == keys and done.exists()

    def record(self, student: str, keys: list[str]) -> str | None:
        """Autograde one submission with nbgrader, which finds its results in the store.

        Returns:
            Why it could not be recorded; None when it was.
        """
        problem = self._convert(Autograde, student)
        if problem is None:
            self._ledger[student] = keys
            write_atomically(self._ledger_path, json.dumps(self._ledger))
        return problem

    def write_feedback(self, student: str) -> str | None:
        """Write a student's feedback pages with nbgrader; why not, where that failed."""
        return self._convert(GenerateFeedback, student)

    def enrol(self, student: str) -> None:
        """See that a student who handed in no notebook is on the roster all the same."""
        with self._gradebook() as gradebook:
            gradebook.update_or_create_student(student)

    def require_release(self) -> None:
        """Make sure that the gradebook knows the lab.

        Raises:
            CourseError: It was never released from this course folder.
        """
        with self._gradebook() as gradebook:
            try:
                gradebook.find_assignment(self._lab)
            except MissingEntry:
                raise CourseError(
                    f"The gradebook does not know {self._lab}: run `autograder release "
                    f"{self._lab}` first."
                ) from None

    def _gradebook(self) -> Gradebook:
        config = self._course.nbgrader_config(self._lab)
        directory = CourseDirectory(config=config)
        return Gradebook(directory.db_url, directory.course_id)

    def _convert(self, converter: type, student: str) -> str | None:
        if glob.has_magic(student):
            return "nbgrader cannot read a folder with * ? or [ in its name: rename it"
        config = self._course.nbgrader_config(self._lab)
        config.CourseDirectory.student_id = student
        log = logging.getLogger("autograder.nbgrader")
        errors = _Errors()
        log.addHandler(errors)
        log.propagate = False
        try:
            with warnings.catch_warnings():
                # nbgrader's own queries make SQLAlchemy 2 warn; nothing is lost by them.
                warnings.simplefilter("ignore", SAWarning)
                converter(
                    coursedir=CarefulCourseDirectory(config=config),
                    config=config,
                    force=True,
                    log=log,
                ).start()
        except (NbGraderException, SystemExit):
            return errors.last or "nbgrader gave no reason"
        finally:
            log.removeHandler(errors)
        return None


class _Errors(logging.Handler):
    """Keeps the last line of the last error that nbgrader logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        lines = record.getMessage().strip().splitlines()
        if "Traceback" in record.getMessage() or not self.last:
            self.last = lines[-1] if lines else ""


def feedback_pages(course: Course, lab: str, student: str) -> dict[str, Path]:
    """The feedback page of each notebook of a student, as far as they exist."""
    folder = course.build / "feedback" / student / lab
    return {path.stem: path for path in sorted(folder.glob("*.html"))}
