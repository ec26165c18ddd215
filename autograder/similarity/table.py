"""Alike solutions as a CSV and as a table for the terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from autograder.exports.cells import number, safe_text
from autograder.grading.store import write_atomically
from autograder.similarity.compare import Pair

COLUMNS = (
    "first", "second", "exercise", "cell", "share", "evidence", "shared_fingerprints", "compared_by"
)  # fmt: skip
HINT = "A hint for a person, not a verdict: look at the cells side by side, and ask."
SHOWN = 20


def write_csv(pairs: Sequence[Pair], path: Path) -> None:
    """Write a row for each cell in which two students are alike."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for pair in pairs:
        for match in pair.matches:
            document = match.first
            writer.writerow(
                [
                    safe_text(pair.first),
                    safe_text(pair.second),
                    document.exercise,
                    document.cell,
                    number(match.share),
                    number(match.evidence),
                    match.shared,
                    "syntax tree" if match.parsed else "words",
                ]
            )
    write_atomically(path, text.getvalue())


def pairs_table(pairs: Sequence[Pair]) -> Table:
    """The strongest pairs as a table to print."""
    table = Table(title=f"{len(pairs)} {'pair' if len(pairs) == 1 else 'pairs'} to look at")
    table.add_column("students")
    table.add_column("cells")
    table.add_column("evidence", justify="right")
    table.add_column("share", justify="right")
    for pair in pairs[:SHOWN]:
        cells = ", ".join(match.first.cell for match in pair.matches)
        names = escape(f"{pair.first} – {pair.second}")
        table.add_row(names, cells, f"{pair.evidence:.0f}", f"{100 * pair.share:.0f} %")
    more = f" {len(pairs) - SHOWN} more are in the CSV." if len(pairs) > SHOWN else ""
    table.caption = HINT + more
    return table
