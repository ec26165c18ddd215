"""A CSV file whose untouched cells are written back as they were, quotes and line ends included.

Python's own writer would drop quotes that were not needed and add others; a file that goes back
into somebody else's system should differ in the one column that was meant.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

BOM = "\ufeff"


@dataclass
class RawCsv:
    """A table of cells, each as it stands in the file.

    Attributes:
        rows: The cells of each row, with their quotes.
        ends: How each row ends: a line end, or nothing at the end of the file.
        separator: Between cells, `,` or `;`.
        bom: Whether the file starts with a byte-order mark.
    """

    rows: list[list[str]]
    ends: list[str]
    separator: str = ","
    bom: bool = False

    @classmethod
    def parse(cls, text: str) -> RawCsv:
        """Split a file's text.

        Raises:
            ValueError: A quoted cell never ends.
        """
        bom, text = text.startswith(BOM), text.removeprefix(BOM)
        first = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
        separator = ";" if first.count(";") > first.count(",") else ","
        cell = re.compile(rf'((?:"[^"]*"|[^"{separator}\r\n])*+)({separator}|\r\n|\n|\r|\Z)')
        rows: list[list[str]] = []
        ends: list[str] = []
        row: list[str] = []
        position = 0
        while position < len(text) or row:
            match = cell.match(text, position)
            if match is None:
                raise ValueError(f"line {len(rows) + 1} has a quote that never ends")
            row.append(match[1])
            position = match.end()
            if match[2] != separator:
                rows.append(row)
                ends.append(match[2])
                row = []
        return cls(rows, ends, separator, bom)

    def value(self, row: int, column: int) -> str:
        """What a cell says, without its quotes; nothing where the row is too short."""
        cells = self.rows[row]
        raw = cells[column] if column < len(cells) else ""
        return next(csv.reader(io.StringIO(raw, newline="")), [""])[0] if '"' in raw else raw

    def set(self, row: int, column: int, value: str) -> None:
        """Write a value that needs no quotes, such as a number; a short row is filled up."""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        cells[column] = value

    def insert_column(self, column: int, heading: str) -> None:
        """Make room for a column, in rows that are long enough to notice."""
        quoted = heading.replace('"', '""')
        needs = any(sign in heading for sign in f'{self.separator}"\r\n')
        for number, cells in enumerate(self.rows):
            if number == 0:
                cells.insert(column, f'"{quoted}"' if needs else heading)
            elif len(cells) >= column and any(cells):
                cells.insert(column, "")

    def text(self) -> str:
        """The file's text."""
        lines = (
            self.separator.join(cells) + end
            for cells, end in zip(self.rows, self.ends, strict=True)
        )
        return (BOM if self.bom else "") + "".join(lines)
