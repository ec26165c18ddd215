"""Shows which grades would change."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from autograder.batch.changes import Changes
from autograder.console import console, say


def show_changes(changes: Changes) -> None:
    """Print a table of every grade that would change, and how many would not."""
    if changes.changed:
        console.print(_table(changes))
    first = f", {len(changes.new)} are first grades" if changes.new else ""
    say(
        f"{len(changes.changed)} recorded grades would change; {changes.unchanged} would be "
        f"written again with the same points{first}. Points are those before late penalties."
    )


def _table(changes: Changes) -> Table:
    table = Table(title="Grades that would change")
    for name in ("student", "task"):
        table.add_column(name, overflow="fold")
    for name in ("old", "new"):
        table.add_column(name, justify="right")
    table.add_column("why", overflow="fold")
    for change in changes.changed:
        for task in change.tasks:
            old, new = _points(task.old), _points(task.new)
            table.add_row(escape(change.student), escape(task.task), old, new, escape(task.why))
        totals = _points(change.old_total), _points(change.new_total)
        table.add_row(escape(change.student), "total", *totals, "", style="bold", end_section=True)
    return table


def _points(points: float | None) -> str:
    return "by hand" if points is None else f"{points:.2f}"
