"""What the command line shows: progress bars, the summary of a run, errors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from autograder.course import Course

if TYPE_CHECKING:
    from autograder.grade import GradingRun

console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)


def fail(message: str) -> None:
    """Print an error for the person at the keyboard."""
    _errors.print(f"[red]Error:[/red] {escape(message)}", soft_wrap=True)


def say(sentence: str) -> None:
    """Print a sentence, whatever brackets are in it."""
    console.print(escape(sentence), soft_wrap=True)


class BarProgress:
    """Bars with time left, and a line for each odd thing."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> BarProgress:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bars away to ask a question."""
        self._progress.stop()
        for done in self._progress.task_ids:
            self._progress.remove_task(done)
        try:
            yield
        finally:
            self._progress.start()

    def start(self, what: str, total: int) -> None:
        """Open a bar for a stage."""
        self._task = self._progress.add_task(what, total=total)

    def step(self, student: str, note: str = "") -> None:
        """Advance the bar; a note becomes a line above it."""
        if note:
            named = f"{student}: {note}" if student else note
            self._progress.console.print(f"  {escape(named)}", soft_wrap=True)
        if student and self._task is not None:
            self._progress.advance(self._task)


def show_run(course: Course, lab: str, run: GradingRun) -> None:
    """Print everybody's score and where to look."""
    from autograder.report.collect import collect, report_folder

    data = collect(course, lab)
    table = Table(title=f"{lab}: {len(data.students)} graded, {len(data.missing)} missing")
    table.add_column("student")
    table.add_column(f"of {data.max_score:g}", justify="right")
    table.add_column("by hand")
    table.add_column("odd things")
    for student in data.students:
        waiting = "waits" if student.needs_manual else ""
        note = "; ".join(text.rstrip(".") for text in student.warnings[:2])
        table.add_row(escape(student.student_id), f"{student.total:.2f}", waiting, escape(note))
    for name, why in data.missing.items():
        table.add_row(escape(name), "–", "", escape(why))
    console.print(table)
    kept = len(data.students) - len(run.recorded)
    shared = f" ({len(run.shared)} more had equal notebooks)" if run.shared else ""
    console.print(
        f"Executed {len(run.executed)}{shared}, recorded {len(run.recorded)}, kept {max(kept, 0)} "
        f"as they were; seed {run.seed}; {_duration(run.seconds)}."
    )
    for name, problem in run.failed.items():
        fail(f"{name} was not graded: {problem}")
    console.print(
        f"Gradebook  {course.gradebook_name(lab)}\nFeedback   {course.build / 'feedback'}\n"
        f"Report     {report_folder(course, lab) / 'index.html'}\nLog        {run.log}",
        soft_wrap=True,
    )


def _duration(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s"
