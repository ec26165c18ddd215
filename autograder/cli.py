"""The `autograder` command: release, grade, report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from autograder.boundary.errors import WarmProcessFailed
from autograder.commands import collect, doctor, export, grade, mutants, release, replay, similarity
from autograder.commands.class_report import write_class_report
from autograder.console import BarProgress, console, fail, show_run
from autograder.course import Course, put_scripts_on_path
from autograder.errors import CourseError, HiddenTestsBroken

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Release pruning labs, grade what comes back, report on the class, export grades.",
)
release.register(app)
grade.register(app)
mutants.register(app)
export.register(app)
collect.register(app)
similarity.register(app)
replay.register(app)
doctor.register(app)
Lab = Annotated[str, typer.Argument(help="The lab's folder name under labs/.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes that run notebooks, a thread each.")]


@app.command(epilog="Example: `autograder report lab1_magnitude`")
def report(lab: Lab) -> None:
    """Write the class report again, after hand grading for instance."""
    course = Course.find()
    console.print(f"Class report: {_shown(course, write_class_report(course, lab))}")


@app.command(epilog="Example: `autograder feedback lab1_magnitude`")
def feedback(lab: Lab) -> None:
    """Write everybody's feedback pages again, with marks and comments given by hand."""
    from autograder.batch.lock import one_grader
    from autograder.commands.penalties import bring_penalties_up_to_date
    from autograder.lab import read_lab
    from autograder.recording import Recorder

    course = Course.find()
    read_lab(course.labs, lab)
    bring_penalties_up_to_date(course, lab, write_pages=False)
    failed = {}
    with BarProgress() as progress, one_grader(course):
        recorder = Recorder(course, lab)
        recorder.require_release()
        graded = [
            s for s in course.students(lab) if (course.build / "autograded" / s / lab).exists()
        ]
        progress.start("Writing feedback", len(graded))
        for student in graded:
            failed[student] = recorder.write_feedback(student)
            progress.step(student)
    for student, problem in failed.items():
        if problem:
            fail(f"No feedback for {student}: {problem}")
    console.print(f"Feedback: {_shown(course, course.build / 'feedback')}")
    if any(failed.values()):
        raise typer.Exit(1)


@app.command(epilog="Example: `autograder demo`")
def demo(workers: Workers = 2) -> None:
    """Release Lab 1, hand in a sample class's notebooks, and grade them.

    Works in build/demo/, a course folder of its own: real submissions and grades stay as they are.
    """
    from autograder.demo import hand_in, make_demo_course
    from autograder.grade import grade_lab
    from autograder.release.release import release_lab

    real = Course.find()
    lab = "lab1_magnitude"
    with console.status("Setting up the demo course") as status:
        course = make_demo_course(real)
        release_lab(course, lab, status.update, check_scores=False)
        hand_in(course, lab)
    with BarProgress() as progress:
        run = grade_lab(course, lab, progress, workers, isolation="any")  # our own samples
    write_class_report(course, lab)
    show_run(course, lab, run)


def _shown(course: Course, path: Path) -> str:
    return str(path.relative_to(course.root)) if path.is_relative_to(course.root) else str(path)


def main() -> None:
    """Run the command; an error is one sentence and a non-zero exit."""
    put_scripts_on_path()
    try:
        app()
    except (CourseError, WarmProcessFailed, HiddenTestsBroken) as error:
        fail(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        fail("Stopped. What was done is kept; the same command goes on from there.")
        sys.exit(130)


if __name__ == "__main__":
    main()
