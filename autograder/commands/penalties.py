"""What several commands do first: late penalties follow marks by hand and `course.toml`."""

from __future__ import annotations

from rich.markup import escape

from autograder.console import console, fail
from autograder.course import Course


def bring_penalties_up_to_date(
    course: Course, lab: str, write_pages: bool = True
) -> dict[str, list[str]]:
    """Settle late penalties, and write the feedback pages of those whose penalty changed.

    Args:
        course: The course folder.
        lab: The lab.
        write_pages: Leave it to the caller to write feedback pages where this is False.

    Returns:
        By student, what is odd about the time of the submission.

    Raises:
        CourseError: `course.toml` makes no sense, or another grading is at work.
    """
    from autograder.batch.lock import one_grader
    from autograder.penalties import settle
    from autograder.recording import Recorder

    changed, notes = settle(course, lab)
    if changed:
        names = ", ".join(changed)
        console.print(f"Late penalties changed for {escape(names)}.", soft_wrap=True)
    if changed and write_pages:
        with one_grader(course):
            recorder = Recorder(course, lab)
            for student in changed:
                if problem := recorder.write_feedback(student):
                    fail(f"No feedback for {student}: {problem}")
    return {student: [note] for student, note in notes.items()}
