"""Tables of a cell's outputs: from the HTML that pandas wrote to headers and rows.

A plain counting index is left out; headers of several lines become one.
"""

import re
import warnings
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from labkit.report.columns import column, header
from labkit.report.prose import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bs4 import Tag

Raw = tuple[list[str], list[list[str]]]  # names of the columns, rows
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 40, 12, 90
WIDEST_SPAN = 50  # of one cell; a table that claims more is no table of ours


@dataclass
class Table:
    """A table to print: headers, which columns are numbers, rows, and what was left out."""

    headers: list[str]
    rows: list[list[str]]
    numeric: list[bool] = field(default_factory=list)
    left_out: str = ""

    def as_data(self) -> dict[str, Any]:
        """Plain data for the template; what stands above several headers is a group of them."""
        parts = [header.rpartition("\n") for header in self.headers]
        groups = [(above, len(list(same))) for above, same in groupby(part[0] for part in parts)]
        named = any(text for text, _ in groups)
        return {
            "groups": [{"text": text, "span": span} for text, span in groups] if named else [],
            "headers": [part[2] for part in parts],
            "rows": self.rows,
            "numeric": self.numeric,
            "note": self.left_out,
        }


def tables_in(html: list[str]) -> list[Table]:
    """All tables of some HTML texts; neighbours with the same headers become one."""
    tags = [tag for text in html for tag in _tables(text)]
    merged: list[Raw] = []
    for names, rows in map(_raw_table, tags):
        if merged and merged[-1][0] == names:
            merged[-1][1].extend(rows)
        else:
            merged.append((names, rows))
    return [_printed(names, rows) for names, rows in merged if names and rows]


def _tables(text: str) -> "Sequence[Tag]":
    from bs4 import BeautifulSoup

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as: this looks like a file name
        return BeautifulSoup(text, "html.parser").find_all("table")


def _raw_table(table: "Tag") -> Raw:
    """Header and rows as the notebook shows them."""
    lines = table.find_all("tr")
    grid = _grid(lines)
    tops = [
        line.find_parent("thead") is not None or (place == 0 and not line.find_all("td"))
        for place, line in enumerate(lines)
    ]
    width = max((len(cells) for cells in grid), default=0)
    grid = [cells + [""] * (width - len(cells)) for cells in grid]
    head = [cells for cells, top in zip(grid, tops, strict=True) if top]
    body = [cells for cells, top in zip(grid, tops, strict=True) if not top]
    names = ["\n".join(dict.fromkeys(c[i] for c in head if c[i])) for i in range(width)]
    if width > 1 and not names[0] and [c[0] for c in body] == [str(i) for i in range(len(body))]:
        return names[1:], [cells[1:] for cells in body]  # a counting index
    return names, body


def _grid(lines: "Sequence[Tag]") -> list[list[str]]:
    """The cells of each line; one over several columns is repeated, one over several rows not."""
    below: dict[int, int] = {}  # column -> rows that a cell above still covers
    grid = []
    for line in lines:
        cells: list[str] = []
        for tag in line.find_all(["th", "td"]):
            while below.get(len(cells), 0):
                below[len(cells)] -= 1
                cells.append("")
            text = clean(" ".join(tag.get_text(" ").split()))
            for _ in range(_span(tag, "colspan")):
                below[len(cells)] = _span(tag, "rowspan") - 1
                cells.append(text)
        grid.append(cells)
    return grid


def _span(tag: "Tag", name: str) -> int:
    span = str(tag.get(name, "1"))
    return max(1, min(int(span), WIDEST_SPAN)) if re.fullmatch("[0-9]{1,4}", span) else 1


def _printed(names: list[str], rows: list[list[str]]) -> Table:
    left_out = []
    if len(rows) > MOST_ROWS:
        left_out.append(f"{len(rows) - MOST_ROWS} more rows")
    if len(names) > MOST_COLUMNS:
        left_out.append(f"{len(names) - MOST_COLUMNS} more columns")
    names, rows = names[:MOST_COLUMNS], [row[:MOST_COLUMNS] for row in rows[:MOST_ROWS]]
    columns = [column(name, [row[i] for row in rows]) for i, name in enumerate(names)]
    cells = [[_cut(cell) for cell in row] for row in zip(*(c for c, _ in columns), strict=True)]
    note = f"In the notebook: {' and '.join(left_out)}." if left_out else ""
    return Table([_cut(header(n)) for n in names], cells, [n for _, n in columns], note)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
