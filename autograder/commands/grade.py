"""`autograder grade`: grade what was handed in, or show first what that would change."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.class_report import write_class_report
from autograder.console import BarProgress, fail, say, show_run
from autograder.course import Course
from autograder.errors import CourseError
from autograder.walls.isolation import WISHES

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.batch.changes import Changes
    from autograder.batch.run import GradingRun, Options
    from autograder.grading.pool import Pool

STOPPED = "Stopped. What was done is kept; the same command goes on from there."
CHANGED_HELP = (
    "Show which recorded grades would change, from what to what and why, before any is written."
)


def register(parent: typer.Typer) -> None:
    """Hang the command into the command line."""
    parent.command(epilog="Example: `autograder grade lab1_magnitude --workers 4`")(grade)


def grade(
    lab: Annotated[str, typer.Argument(help="The lab's folder name under labs/.")],
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that run notebooks, a thread each.")
    ] = 2,
    changed: Annotated[bool, typer.Option("--changed", help=CHANGED_HELP)] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --changed: do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --changed: show it and write nothing.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait where another grading of the course is running.")
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Run notebooks on a Dask cluster, such as tcp://host:8786."),
    ] = None,
    isolation: Annotated[
        str, typer.Option(help=f"Walls to insist on: {', '.join(WISHES)}; see `doctor`.")
    ] = "auto",
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
    _sensible(changed, yes, dry_run)
    if isolation not in WISHES:
        raise CourseError(f"--isolation is {isolation!r}; expected one of {', '.join(WISHES)}.")
    from autograder.batch.run import Options

    course = Course.find()
    try:
        with BarProgress() as progress:
            options = Options(
                workers=workers,
                seed=seed,
                fresh=anew,
                pool=_dask_pool(course, lab, scheduler, isolation) if scheduler else None,
                isolation=isolation,
                confirm=(lambda found: _decide(progress, found, yes, dry_run)) if changed else None,
                waiting=say if wait else None,
            )
            run = _run(course, lab, progress, options)
        _finish(course, lab, run, changed, dry_run)
    except KeyboardInterrupt:
        fail(STOPPED)
        raise typer.Exit(130) from None


def _sensible(changed: bool, yes: bool, dry_run: bool) -> None:
    if (yes or dry_run) and not changed:
        raise CourseError("--yes and --dry-run belong to --changed: say that, too.")
    if changed and not (yes or dry_run or sys.stdin.isatty()):
        raise CourseError(
            "--changed asks before it writes grades, and here is no terminal to ask on: say --yes "
            "to write them, or --dry-run to see them only."
        )


def _run(course: Course, lab: str, progress: BarProgress, options: Options) -> GradingRun:
    from autograder.grade import run_grading

    return run_grading(course, lab, progress, options)


def _decide(progress: BarProgress, changes: Changes, yes: bool, dry_run: bool) -> bool:
    from autograder.batch.show import show_changes

    with progress.paused():
        show_changes(changes)
        if dry_run or yes or not changes.changed:
            return not dry_run
        return typer.confirm("Write these grades?", default=False)


def _finish(course: Course, lab: str, run: GradingRun, changed: bool, dry_run: bool) -> None:
    if run.committed:
        write_class_report(course, lab)
        show_run(course, lab, run)
    else:
        say("No grade was written; the gradebook is as it was.")
    if run.changes.changed and not changed:
        names = ", ".join(change.student for change in run.changes.changed[:5])
        more = " …" if len(run.changes.changed) > 5 else ""
        say(
            f"{len(run.changes.changed)} grades that were recorded before have changed: {names}"
            f"{more}. `autograder grade {lab} --changed` shows such a change before it is written."
        )
    if run.failed or not (run.committed or dry_run):
        raise typer.Exit(1)


def _dask_pool(course: Course, lab: str, address: str, isolation: str) -> Callable[[], Pool]:
    from autograder.batch.dask_pool import DaskPool

    return lambda: DaskPool(course, lab, address, isolation)
