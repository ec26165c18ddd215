"""`autograder similarity`: who handed in suspiciously alike solutions."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from autograder.console import BarProgress, console
from autograder.course import Course
from autograder.errors import CourseError


def register(parent: typer.Typer) -> None:
    """Hang the command into the command line."""
    parent.command(epilog="Example: `autograder similarity lab1_magnitude`")(similarity)


def similarity(
    lab: Annotated[str, typer.Argument(help="The lab's folder name under labs/.")],
) -> None:
    """Report suspiciously alike solutions among build/submitted/<student>/LAB.

    Names, comments, layout and the order of functions make no difference; the handout and what a
    third of the class wrote count nothing. A hint for a person, not a verdict.
    """
    from autograder.lab import read_lab
    from autograder.report.collect import report_folder
    from autograder.similarity.compare import find_pairs
    from autograder.similarity.documents import read_class
    from autograder.similarity.page import CSV, write_page
    from autograder.similarity.table import pairs_table, write_csv

    course = Course.find()
    exercises, students = read_lab(course.labs, lab), course.students(lab)
    if not students:
        raise CourseError(
            f"There are no submissions of {lab}: expected folders like "
            f"{course.submitted}/<student>/{lab}/ with notebooks in them."
        )
    with BarProgress() as progress:
        progress.start("Reading solutions", len(students))
        documents = list(read_class(course, exercises, progress.step))
    with console.status("Comparing"):
        pairs = find_pairs(documents)
    folder = report_folder(course, lab)
    page = write_page(lab, pairs, len(students), len(documents), folder)
    write_csv(pairs, folder / CSV)
    if pairs:
        console.print(pairs_table(pairs))
    else:
        console.print("Nobody's solutions are more alike than the tasks themselves ask for.")
    console.print(
        f"Side by side: {escape(str(page))}\nAs a table:   {escape(str(folder / CSV))}",
        soft_wrap=True,
    )
