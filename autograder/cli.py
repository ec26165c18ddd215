"""The `autograder` command: release, grade, report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from autograder.boundary.errors import WarmProcessFailed
from autograder.commands import export
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
export.register(app)
Lab = Annotated[str, typer.Argument(help="The lab's folder name under labs/.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes that run notebooks, a thread each.")]


@app.command(epilog="Example: `autograder release lab1_magnitude`")
def release(
    lab: Lab,
    fast: Annotated[
        bool, typer.Option("--fast", help="Do not run the solution and the stub first.")
    ] = False,
) -> None:
    """Build a lab's student edition under build/release/, as a folder and a zip.

    Refuses when an answer or a hidden test would leak, points disagree, the solution does not
    score full marks or the stub scores anything.
    """
    from autograder.release.release import release_lab

    course = Course.find()
    with console.status("Reading the lab") as status:
        folder, archive = release_lab(course, lab, status.update, check_scores=not fast)
    console.print(
        f"Student edition: {_shown(course, folder)}\nZip to hand out: {_shown(course, archive)}"
    )


@app.command(epilog="Example: `autograder grade lab1_magnitude --workers 4`")
def grade(
    lab: Lab,
    workers: Workers = 2,
    seed: Annotated[
        int | None,
        typer.Option(help="Draw hidden inputs from this seed instead of the recorded one."),
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Draw a new seed and grade everything again.")
    ] = False,
) -> None:
    """Grade build/submitted/<student>/LAB: grades, feedback pages and a class report.

    What was graded before and has not changed is kept; after a stop, the same command goes on.
    """
    from autograder.grade import grade_lab

    course = Course.find()
    with BarProgress() as progress:
        run = grade_lab(course, lab, progress, workers, seed, anew)
    _write_report(course, lab)
    show_run(course, lab, run)
    if run.failed:
        raise typer.Exit(1)


@app.command(epilog="Example: `autograder report lab1_magnitude`")
def report(lab: Lab) -> None:
    """Write the class report again, after hand grading for instance."""
    course = Course.find()
    console.print(f"Class report: {_shown(course, _write_report(course, lab))}")


@app.command(epilog="Example: `autograder feedback lab1_magnitude`")
def feedback(lab: Lab) -> None:
    """Write everybody's feedback pages again, with marks and comments given by hand."""
    from autograder.commands.penalties import bring_penalties_up_to_date
    from autograder.lab import read_lab
    from autograder.recording import Recorder, one_grader

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
        run = grade_lab(course, lab, progress, workers)
    _write_report(course, lab)
    show_run(course, lab, run)


@app.command(epilog="Example: `autograder mutants lab1_magnitude`")
def mutants(lab: Lab, workers: Workers = 2) -> None:
    """Test the hidden tests: right answers must pass, wrong ones fail in their own task only."""
    from autograder.mutants import mutants_table, run_mutants

    rows = run_mutants(lab, workers=workers)
    console.print(mutants_table(rows))
    if any(not row.ok for row in rows):
        raise typer.Exit(1)


def _write_report(course: Course, lab: str) -> Path:
    from autograder.commands.penalties import bring_penalties_up_to_date
    from autograder.lab import read_lab
    from autograder.report import write_report
    from autograder.report.collect import collect, report_folder

    read_lab(course.labs, lab)
    notes = bring_penalties_up_to_date(course, lab)
    data = collect(course, lab)
    for student in data.students:
        student.warnings.extend(notes.get(student.student_id, []))
    return write_report(data, report_folder(course, lab))


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
