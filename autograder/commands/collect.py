"""`autograder collect`: from a download of the learning platform to build/submitted/."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.console import BarProgress, console, fail
from autograder.course import Course
from autograder.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from autograder.collecting.collect import Outcome
    from autograder.collecting.names import Naming

EXAMPLES = """
**Examples**

- `autograder collect lab1_magnitude ~/Downloads/submissions.zip` — what Canvas or Moodle gives

- `autograder collect lab1_magnitude mail/ --received "2026-12-01 23:40"` — a folder of zips

- `autograder collect lab1_magnitude ada.zip --student ada` — one late file
"""


def register(parent: typer.Typer) -> None:
    """Add the command."""
    parent.command(epilog=EXAMPLES)(collect)


def collect(
    lab: Annotated[str, typer.Argument(help="The lab's folder name under labs/.")],
    source: Annotated[
        Path,
        typer.Argument(help="Bulk zip of Canvas or Moodle, folder of zips or folders, zip, ipynb."),
    ],
    received: Annotated[
        str, typer.Option(help="When all of it came, a local time such as 2026-12-01 23:40.")
    ] = "",
    student: Annotated[str, typer.Option(help="Whose all of it is.")] = "",
    pattern: Annotated[
        str, typer.Option(help="Finds (?P<student_id>…) in a file's path in SOURCE.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen.")] = False,
) -> None:
    """Put what students handed in into build/submitted/STUDENT/LAB, ready to be graded.

    Takes the lab's notebooks, tables and the report; nothing else leaves a student's zip. A
    submission that is replaced is kept in build/collected-before/. The same call twice changes
    nothing.
    """
    import contextlib

    from autograder.batch.lock import one_grader
    from autograder.collecting.collect import NOT_TAKEN, Plan
    from autograder.collecting.collect import collect as collect_all
    from autograder.collecting.times import read_received
    from autograder.lab import read_lab
    from autograder.settings import read_settings, read_timezone

    course = Course.find()
    notebooks = [exercise.name for exercise in read_lab(course.labs, lab)]
    zone = read_timezone(course)
    plan = Plan(
        lab=lab,
        notebooks=notebooks,
        naming=_naming(course, lab, pattern, student),
        zone=zone,
        settings=read_settings(course, lab),
        received=read_received(received, zone) if received else None,
        dry_run=dry_run,
    )
    with contextlib.nullcontext() if dry_run else one_grader(course), BarProgress() as progress:
        outcomes, nameless = collect_all(course, source, plan, progress)
    _show(lab, outcomes, nameless, zone, dry_run)
    if any(outcome.what == NOT_TAKEN for outcome in outcomes):
        raise typer.Exit(1)


def _naming(course: Course, lab: str, pattern: str, student: str) -> Naming:
    from autograder.collecting.names import Naming, read_pattern, safe_id

    if pattern and student:
        raise CourseError("--pattern and --student say the same thing twice: give one of them.")
    if student and safe_id(student) != student:
        raise CourseError(
            f"--student is {student!r}, which is no name for a folder; try {safe_id(student)!r}."
        )
    return Naming(lab, read_pattern(pattern) if pattern else None, student, _roster(course, lab))


def _roster(course: Course, lab: str) -> frozenset[str]:
    """Ids in the gradebook; none where there is no gradebook yet."""
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

    directory = CourseDirectory(config=course.nbgrader_config(lab))
    file = directory.db_url.removeprefix("sqlite:///")
    if file != directory.db_url and not Path(file).exists():
        return frozenset()
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        return frozenset(student.id for student in gradebook.students)


def _show(
    lab: str,
    outcomes: Sequence[Outcome],
    nameless: Sequence[str],
    zone: ZoneInfo,
    dry_run: bool,
) -> None:
    """A line for each hand-in, then the sum."""
    from collections import Counter

    from autograder.collecting.collect import NOT_TAKEN
    from autograder.collecting.setting_aside import shown

    table = Table(title=f"{lab}: {len(outcomes)} hand-ins")
    for column in ("came as", "student id", "named by", f"handed in ({zone})", "notebooks", ""):
        table.add_column(column, overflow="fold")
    for outcome in outcomes:
        received = outcome.received.astimezone(zone) if outcome.received else None
        table.add_row(
            escape(shown(outcome.owner.came_as)),
            escape(outcome.owner.student),
            outcome.owner.by,
            f"{received:%Y-%m-%d %H:%M}" if received else "–",
            str(len(outcome.notebooks)) if outcome.notebooks else "–",
            outcome.what,
        )
    console.print(table)
    clocks = sorted({outcome.clock for outcome in outcomes if outcome.clock})
    if clocks:
        console.print(
            f"When it came is {' or '.join(clocks)} ({zone}); another one can be given with "
            "--received.",
            soft_wrap=True,
        )
    if (span := _minutes_between(outcomes)) is not None and span <= 10:
        console.print(
            f"All of them came within {span} minutes: that is when the zip was made, not when "
            "students handed in. Give the time with --received.",
            soft_wrap=True,
        )
    sums = Counter(outcome.what for outcome in outcomes)
    parts = [f"{count} {what}" for what, count in sorted(sums.items())]
    if nameless:
        parts.append(f"{len(nameless)} with names that fit nothing")
    before = "Nothing was written. It would be: " if dry_run else ""
    console.print(f"{before}{', '.join(parts) or 'nothing found'}.")
    if outcomes and set(sums) == {"as it was"}:
        console.print("Everything was there already; nothing changed.")
    if sums[NOT_TAKEN]:
        names = ", ".join(o.owner.student for o in outcomes if o.what == NOT_TAKEN)
        fail(f"Not taken: {names}. The lines above say why.")


def _minutes_between(outcomes: Sequence[Outcome]) -> int | None:
    """From the first to the last time in a bulk zip; None for fewer than three of them."""
    from autograder.collecting.sources import MEMBER_CLOCK

    times = [o.received for o in outcomes if o.received and o.clock == MEMBER_CLOCK]
    if len(times) < 3:
        return None
    return int((max(times) - min(times)).total_seconds() / 60)
