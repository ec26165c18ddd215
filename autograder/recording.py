"""One writer: takes results from the store into nbgrader's gradebook, with nbgrader's own code."""

from __future__ import annotations

import functools
import glob
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning

from autograder.batch.disk import DiskFull, require_space, says_full
from autograder.batch.interrupts import finish_first
from autograder.batch.ledger import Ledger
from autograder.course import Course
from autograder.errors import CourseError
from autograder.gradebook import kept_open
from autograder.lab import Exercise
from autograder.late import CarefulCourseDirectory
from autograder.nbgrader_bridge import in_hand
from autograder.submissions import Submission


class Recorder:
    """Writes submissions of one lab into the gradebook.

    Args:
        course: The course folder.
        lab: The lab.
    """

    def __init__(self, course: Course, lab: str) -> None:
        self._course = course
        self._lab = lab
        self._ledger = Ledger(course, lab)

    def is_recorded(self, submission: Submission) -> bool:
        """Whether the gradebook already has just these results of a student."""
        done = self._course.build / "autograded" / submission.student / self._lab
        entry = self._ledger.entry(submission.student)
        return bool(entry and entry.whole and entry.keys == submission.keys and done.exists())

    def record(self, submission: Submission, exercises: Sequence[Exercise]) -> str | None:
        """Autograde one submission with nbgrader, which finds its results in the store.

        The ledger says so only when the feedback pages are written, too: whatever stops this in
        the middle, the next run does it again from its beginning. Ctrl-C waits for the end.

        Args:
            submission: What was read of it.
            exercises: The lab.

        Returns:
            Why it could not be recorded; None when it was.

        Raises:
            DiskFull: There is no room to write a grade as a whole.
        """
        student = submission.student
        require_space(self._course.build)
        with finish_first(), in_hand(exercises, submission), kept_open(self._kept):
            self._ledger.begin(student)
            problem = self._convert(Autograde, student) or self.write_feedback(student)
            if problem is None:
                self._ledger.end(student, submission.keys, submission.parts)
        if problem and says_full(problem):
            raise DiskFull(self._course.build)
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

    @functools.cached_property
    def _kept(self) -> Gradebook:
        """One gradebook for every student that is recorded."""
        return self._gradebook()

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
