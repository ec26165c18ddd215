"""`autograder replay`: grade once more what a receipt is about, and compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from autograder.console import console, say
from autograder.course import Course
from autograder.errors import CourseError
from autograder.walls.isolation import WISHES

if TYPE_CHECKING:
    from autograder.receipts.replaying import Replay, Verdict

EPILOG = "Example: `autograder replay build/receipts/lab1_magnitude/ada`"
RECEIPT_HELP = "A receipt, or a student's folder of receipts: the newest counts."
SUBMISSION_HELP = "The folder with the graded notebooks; else build/submitted and what came before."


def register(parent: typer.Typer) -> None:
    """Hang the command into the command line."""
    parent.command(epilog=EPILOG)(replay)


def replay(
    receipt: Annotated[Path, typer.Argument(help=RECEIPT_HELP)],
    submission: Annotated[Path | None, typer.Option(help=SUBMISSION_HELP)] = None,
    isolation: Annotated[
        str, typer.Option(help=f"Walls to insist on: {', '.join(WISHES)}; see `doctor`.")
    ] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Check a receipt's signature, grade its submission once more, and compare every verdict.

    Uses the receipt's seed and limits, and nothing from the store. Ends with 1 where a verdict
    differs, the receipt was altered, or the lab or the submission is another one by now.
    """
    if isolation not in WISHES:
        raise CourseError(f"--isolation is {isolation!r}; expected one of {', '.join(WISHES)}.")
    from autograder.receipts.replaying import replay as run

    course = Course.find()
    if as_json:
        done = run(course, receipt, submission, isolation)
        console.print_json(data=_as_data(done))
    else:
        with console.status("Grading once more"):
            done = run(course, receipt, submission, isolation)
        _show(done)
    if not done.same:
        raise typer.Exit(1)


def _show(done: Replay) -> None:
    content = done.content
    mark = f", {content['release']}" if content["release"] else ""
    say(
        f"{content['student']}, {content['lab']}, written {content['written_at']}{mark}. "
        f"The signature holds.\nGraded once more: {done.submission}"
    )
    table = Table()
    table.add_column("task")
    table.add_column("receipt", justify="right")
    table.add_column("now", justify="right")
    table.add_column("same?")
    for task in done.tasks:
        table.add_row(task.name, _points(task.receipt), _points(task.now), _word(task))
    for name in done.by_hand:
        table.add_row(name, "by hand", "–", "not compared")
    console.print(table)
    different = [test for test in done.tests if not test.same]
    for test in different:
        say(f"{test.name}: {_passed(test.receipt)} then, {_passed(test.now)} now.")
    for sentence in done.differences:
        say(f"Not as it was: {sentence}")
    tests = f"{len(done.tests)} hidden tests"
    say(f"Every verdict is the same: {tests}." if done.same else f"Not the same: of {tests} "
        f"{len(different)} say something else.")  # fmt: skip


def _as_data(done: Replay) -> dict[str, Any]:
    content = done.content
    return {
        "receipt": str(done.receipt),
        "signature": "holds",
        "student": content["student"],
        "lab": content["lab"],
        "written_at": content["written_at"],
        "submission": str(done.submission),
        "same": done.same,
        "tasks": [_row(verdict) for verdict in done.tasks],
        "tests": [_row(verdict) for verdict in done.tests],
        "by_hand": done.by_hand,
        "differences": done.differences,
    }


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "receipt": verdict.receipt,
        "now": verdict.now,
        "same": verdict.same,
    }


def _points(points: float | None) -> str:
    return "–" if points is None else f"{points:.2f}"


def _passed(passed: float | bool | None) -> str:
    return "absent" if passed is None else "passed" if passed else "failed"


def _word(verdict: Verdict) -> str:
    return "same" if verdict.same else "[bold red]no[/]"
