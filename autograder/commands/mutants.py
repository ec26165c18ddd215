"""`autograder mutants`: test the hidden tests by answers whose verdict is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from autograder.console import BarProgress, console
from autograder.course import Course
from autograder.errors import CourseError


def register(parent: typer.Typer) -> None:
    """Hang the command into the command line."""
    parent.command(epilog="Example: `autograder mutants lab1_magnitude`")(mutants)


def mutants(
    lab: Annotated[str, typer.Argument(help="The lab's folder name under labs/.")],
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that run answers, a thread each.")
    ] = 2,
    task: Annotated[str | None, typer.Option(help="Only this task, such as ex2-prune.")] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Run also what passed before, on new hidden inputs.")
    ] = False,
    markdown: Annotated[
        Path | None, typer.Option(help="Also write the table to this file, in Markdown.")
    ] = None,
) -> None:
    """Test the hidden tests: right answers must pass, wrong ones fail in their own task only.

    What passed and has not changed since is kept; after a stop, the same command goes on.
    """
    from autograder.mutants import mutants_markdown, mutants_table, run_mutants

    course = Course.find()
    with BarProgress() as progress:
        rows = run_mutants(course, lab, None, task, progress, workers, anew)
    console.print(mutants_table(rows))
    if markdown:
        _write(markdown, mutants_markdown(lab, rows))
    if any(not row.ok for row in rows):
        raise typer.Exit(1)


def _write(path: Path, text: str) -> None:
    from autograder.grading.store import write_atomically

    try:
        write_atomically(path, text)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from None
    console.print(f"Table: {escape(str(path))}", soft_wrap=True)
