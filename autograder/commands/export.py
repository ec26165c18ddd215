"""`autograder export`: grades as a table, or written into Canvas's own; a lab for Gradescope."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from autograder.console import console
from autograder.course import Course
from autograder.errors import CourseError

if TYPE_CHECKING:
    from autograder.exports.scores import LabGrades

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Write grades for other systems. Points, cap and late policy stand in `course.toml`.",
)
Lab = Annotated[str, typer.Argument(help="The lab's folder name under labs/.")]


def register(parent: typer.Typer) -> None:
    """Hang the group into the command line."""
    parent.add_typer(app, name="export")


@app.command("csv", epilog="Example: `autograder export csv lab1_magnitude --out grades.csv`")
def export_csv(
    lab: Lab,
    out: Annotated[Path | None, typer.Option(help="The file; else build/exports/LAB.csv.")] = None,
) -> None:
    """Write everybody's grades as one table, with a note where a person has still to grade."""
    from autograder.exports.csv import write_csv

    course = Course.find()
    grades, _ = _grades(course, lab)
    path = out or course.build / "exports" / f"{lab}.csv"
    try:
        write_csv(grades, path)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from None
    _tell_waiting(grades)
    console.print(f"Grades: {escape(str(path))}", soft_wrap=True)


@app.command(
    "canvas",
    epilog="Example: `autograder export canvas lab1_magnitude --canvas Grades-Pruning.csv`",
)
def export_canvas(
    lab: Lab,
    canvas: Annotated[Path, typer.Option(help="The CSV that Canvas exported.")],
    column: Annotated[
        str | None, typer.Option(help="The column's heading; else the one in course.toml.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file; else build/exports/LAB-canvas.csv.")
    ] = None,
    allow_ungraded: Annotated[
        bool, typer.Option("--allow-ungraded", help="Export though a person has still to grade.")
    ] = False,
) -> None:
    """Write grades into the CSV that Canvas exported, ready to be imported again."""
    from autograder.exports.canvas import merge

    course = Course.find()
    grades, heading = _grades(course, lab)
    if _tell_waiting(grades) and not allow_ungraded:
        raise CourseError(
            "Nothing was exported, since these scores are too low as they stand. Grade by hand in "
            "formgrader first, or say --allow-ungraded."
        )
    text, result = merge(grades, canvas, column or heading)
    path = out or course.build / "exports" / f"{lab}-canvas.csv"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from None
    added = ", which is new: Canvas will ask about it" if result.added else ""
    _say(f"{len(result.written)} scores are in the column “{result.column}”{added}.")
    if result.replaced:
        changes = ", ".join(f"{who} {change}" for who, change in result.replaced.items())
        _say(f"Another score stood there before: {changes}.")
    if result.not_in_canvas:
        _say(f"Not in Canvas, so not exported: {', '.join(result.not_in_canvas)}.")
    if result.not_ours:
        _say(f"In Canvas, but nothing handed in here; left as they were: {_list(result.not_ours)}.")
    for sentence in result.ambiguous:
        _say(f"Not exported: {sentence}.")
    console.print(f"For Canvas: {escape(str(path))}", soft_wrap=True)


@app.command(
    "gradescope",
    epilog="Example: `autograder export gradescope lab1_magnitude --visibility after_due_date`",
)
def export_gradescope(
    lab: Lab,
    output: Annotated[
        Path | None,
        typer.Option("--output", "--out", help="The zip; else build/exports/LAB-gradescope.zip."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Draw hidden inputs from this seed; else from the lab's recorded one."),
    ] = None,
    visibility: Annotated[
        str,
        typer.Option(
            help="When students see it: visible, after_due_date, after_published, hidden."
        ),
    ] = "visible",
    minutes: Annotated[
        float, typer.Option(help="Stop a run after so long, and report what is graded by then.")
    ] = 35.0,
    isolation: Annotated[
        str, typer.Option(help="Walls to insist on: auto, bubblewrap, landlock or none.")
    ] = "auto",
) -> None:
    """Build the autograder zip for Gradescope. It holds answers and hidden tests: keep it safe.

    Everybody's hidden inputs, and those of each resubmission, are drawn from one seed, so the same
    notebook always gets the same score.
    """
    from autograder.exports.gradescope.archive import pack
    from autograder.exports.gradescope.options import Options
    from autograder.exports.scores import scheme
    from autograder.grading.store import Store
    from autograder.lab import read_lab
    from autograder.settings import read_settings

    course = Course.find()
    settings = read_settings(course, lab)
    if settings.variants:
        raise CourseError(
            f"{lab} has variants, which Gradescope cannot make without the course key: grade it "
            "with `autograder grade`, or take `variants = true` out of course.toml."
        )
    scheme(read_lab(course.labs, lab), settings)
    chosen = Store(course.store).seed(lab) if seed is None else seed
    content = pack(course, Options(lab, chosen, visibility, minutes, isolation))
    path = output or course.build / "exports" / f"{lab}-gradescope.zip"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.part")
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from None
    _say(f"For Gradescope: {path} ({len(content) / 1e6:.1f} MB). Hidden inputs: seed {chosen}.")
    _say("It holds answers and hidden tests: upload it as the autograder, and give it to nobody.")


def _grades(course: Course, lab: str) -> tuple[LabGrades, str]:
    """The lab's grades with late penalties brought up to date, and its heading in Canvas."""
    from autograder.commands.penalties import bring_penalties_up_to_date
    from autograder.exports.scores import read_grades
    from autograder.lab import read_lab
    from autograder.settings import read_settings

    read_lab(course.labs, lab)
    settings = read_settings(course, lab)
    for student, sentences in bring_penalties_up_to_date(course, lab).items():
        _say(f"{student}: {' '.join(sentences)}")
    return read_grades(course, lab, settings), settings.column


def _tell_waiting(grades: LabGrades) -> bool:
    waiting = [grade for grade in grades.grades if grade.waiting]
    if waiting:
        names = ", ".join(grade.student for grade in waiting)
        _say(f"{len(waiting)} of {len(grades.grades)} still need manual grading: {names}.")
    return bool(waiting)


def _list(names: list[str]) -> str:
    return "; ".join(names)


def _say(sentence: str) -> None:
    console.print(escape(sentence), soft_wrap=True)
