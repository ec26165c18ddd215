"""`autograder release`: build a lab's student edition, or say why not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from autograder.console import BarProgress, console
from autograder.course import Course

FAST_HELP = "Skip solutions, stubs, right answers and mutants; the release is marked as unchecked."

VARIANTS_HELP = (
    "Who gets a variant: a CSV file with a column 'student id'; else the gradebook's students. "
    "For labs with `variants = true` in course.toml."
)


def register(parent: typer.Typer) -> None:
    """Hang the command into the command line."""
    parent.command(epilog="Example: `autograder release lab1_magnitude`")(release)


def release(
    lab: Annotated[str, typer.Argument(help="The lab's folder name under labs/.")],
    fast: Annotated[bool, typer.Option("--fast", help=FAST_HELP)] = False,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that run answers, a thread each.")
    ] = 2,
    variants: Annotated[Path | None, typer.Option(metavar="ROSTER.CSV", help=VARIANTS_HELP)] = None,
) -> None:
    """Build a lab's student edition under build/release/, as a folder and a zip.

    Refuses when an answer or a hidden test would leak, points disagree, the solution does not
    score full marks, the stub scores anything, a right answer fails or a mutant survives. What
    passed is kept: the next release is quick, and a stopped one goes on where it was.
    """
    from autograder.mutants.table import mutants_table
    from autograder.release.checked import checked_path
    from autograder.release.gate import LabRefused
    from autograder.release.release import release_lab
    from autograder.release.variants import students_to_serve, withdraw_variants, write_variants

    course = Course.find()
    students = students_to_serve(course, lab, variants)
    withdraw_variants(course, lab)
    try:
        with BarProgress() as progress:
            folder, archive = release_lab(course, lab, _say, not fast, progress, workers)
    except LabRefused as refusal:
        if refusal.rows:
            console.print(mutants_table(refusal.rows, "Judged wrongly by the hidden tests"))
        raise
    if fast:
        console.print(
            "[bold red]RELEASED WITHOUT CHECKS:[/] --fast skipped solutions, stubs, right answers "
            "and mutants, so nothing says that the hidden tests grade fairly. Before students get "
            "this, release again without --fast.",
            soft_wrap=True,
        )
    console.print(
        f"Student edition: {_shown(course, folder)}\nZip to hand out: {_shown(course, archive)}\n"
        f"What was checked: {_shown(course, checked_path(course, lab))}",
        soft_wrap=True,
    )

    if students:
        zips = write_variants(course, lab, archive, students)
        console.print(
            f"Variants, one for each of {len(students)} students: {_shown(course, zips)}",
            soft_wrap=True,
        )


def _say(sentence: str) -> None:
    console.print(escape(sentence), soft_wrap=True)


def _shown(course: Course, path: Path) -> str:
    return escape(str(path.relative_to(course.root)))
