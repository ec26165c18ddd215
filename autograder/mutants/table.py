"""Judged answers as a table for the terminal, and as a page in Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from autograder.mutants.judge import Row

KINDS = ("right", "wrong")


def mutants_table(rows: Sequence[Row], title: str = "Answers") -> Table:
    """The rows as a table to print; what needs mending is red."""
    table = Table("task", "answer", "kind", "caught by", "verdict", title=title)
    for row in rows:
        caught = "all" if row.answer.kind == "stub" else ", ".join(row.caught_by)
        style = None if row.ok else "red"
        cells = (_task(row), row.answer.name, row.answer.kind, caught, row.verdict)
        table.add_row(*map(escape, cells), style=style)
    table.caption = _totals(rows)
    return table


def mutants_markdown(lab: str, rows: Sequence[Row]) -> str:
    """The rows as a page in Markdown: totals by task, then which test caught which mutant."""
    tasks = list(dict.fromkeys(_task(row) for row in rows if row.answer.task))
    lines = [
        f"# Right answers and mutants of {lab}",
        "",
        f"{_totals(rows)}. Made by `autograder mutants {lab} --markdown FILE`.",
        "",
        "| task | right answers that pass | mutants caught |",
        "|---|---:|---:|",
    ]
    lines += [f"| {task} | {_share(rows, task, 'right')} | {_share(rows, task, 'wrong')} |"
              for task in tasks]  # fmt: skip
    right, wrong = (_share(rows, None, kind) for kind in KINDS)
    lines.append(f"| **all** | **{right}** | **{wrong}** |")
    for task in tasks:
        lines += ["", f"## {task}", "", "| mutant | its mistake | caught by |", "|---|---|---|"]
        mutants = (row for row in rows if _task(row) == task and row.answer.kind == "wrong")
        lines += [_markdown_row(row) for row in mutants]
    return "\n".join(lines) + "\n"


def _markdown_row(row: Row) -> str:
    caught = ", ".join(f"`{name}`" for name in row.caught_by) or "nobody"
    verdict = "" if row.ok else f" **{_cell(row.verdict)}**"
    name = row.answer.name.removeprefix("wrong_")
    return f"| {name} | {_cell(row.answer.about)} | {caught}{verdict} |"


def _cell(text: str) -> str:
    """A sentence that cannot end its cell, nor start emphasis."""
    return re.sub(r"([|*_<\\])", r"\\\1", " ".join(text.split()))


def _task(row: Row) -> str:
    return row.answer.cell.removesuffix("-task") or row.answer.exercise


def _share(rows: Sequence[Row], task: str | None, kind: str) -> str:
    of_kind = [row for row in rows if row.answer.kind == kind and task in (None, _task(row))]
    return f"{sum(row.ok for row in of_kind)} of {len(of_kind)}"


def _totals(rows: Sequence[Row]) -> str:
    count = Counter(row.answer.kind for row in rows)
    bad = sum(not row.ok for row in rows)
    words = {"right": "right", "wrong": "mutant", "solution": "solution", "stub": "stub"}
    listed = ", ".join(f"{word} {count[kind]}" for kind, word in words.items() if count[kind])
    return f"{len(rows)} answers ({listed}): {bad} judged wrongly"
