"""Find the cells of a notebook that go into the report, and what they showed.

VS Code and Colab may drop ids and metadata, so a cell is also found by its text.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.notebooks import (
    NotebookError,
    as_dict,
    error_of,
    joined,
    names_of,
    outputs_of,
    read_raw_cells,
)
from labkit.report.errors import ReportError


@dataclass(frozen=True)
class Cell:
    """One cell: its names, text, outputs, and pictures that were pasted into it."""

    kind: str
    source: str
    names: frozenset[str] = frozenset()
    outputs: tuple[dict[str, Any], ...] = ()
    attachments: dict[str, Any] = field(default_factory=dict)
    run: bool = False

    @property
    def error(self) -> str:
        """The name of the error that the cell ended with, or an empty string."""
        return error_of(list(self.outputs))

    def printed(self) -> str:
        """What the cell printed."""
        streams = (o for o in self.outputs if o.get("name") == "stdout")
        return "".join(joined(o.get("text")) for o in streams)

    def data(self, *kinds: str) -> list[tuple[str, str]]:
        """For each output that has one of these kinds, the first kind that it has and its text."""
        found = []
        for output in self.outputs:
            data = as_dict(output.get("data"))
            kind = next((kind for kind in kinds if data.get(kind)), None)
            if kind is not None:
                found.append((kind, joined(data[kind])))
        return found


@dataclass(frozen=True)
class Notebook:
    """The cells of one notebook, in order."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def executed(self) -> bool:
        """Whether any cell was run and saved with its output."""
        return any(cell.outputs or cell.run for cell in self.cells)

    def find(self, cell_id: str, text: str = "", after: str = "") -> Cell | None:
        """Find a cell by its name, else by its text, else by the text of the cell before it.

        Args:
            cell_id: The cell's id, which is also its nbgrader name.
            text: What the source of a code cell contains.
            after: What the source of the cell just before a written answer contains.

        Returns:
            The cell, or None.
        """
        named = (cell for cell in self.cells if cell_id in cell.names)
        return next(named, None) or self._by_text(text) or self._by_neighbour(after)

    def _by_text(self, text: str) -> Cell | None:
        code = (cell for cell in self.cells if cell.kind == "code")
        return next((cell for cell in code if text and text in cell.source), None)

    def _by_neighbour(self, after: str) -> Cell | None:
        pairs = zip(self.cells, self.cells[1:], strict=False)
        written = (b for a, b in pairs if after and after in a.source and b.kind == "markdown")
        return next(written, None)


def read_notebook(path: Path) -> Notebook:
    """Read one notebook.

    Raises:
        ReportError: It cannot be read, or is no notebook of format 4.
    """
    try:
        cells = read_raw_cells(path)
    except NotebookError as error:
        raise ReportError(str(error)) from error
    return Notebook(path.stem, tuple(map(_cell, cells)))


def _cell(raw: dict[str, Any]) -> Cell:
    return Cell(
        kind=str(raw.get("cell_type")),
        source=joined(raw.get("source")),
        names=frozenset(names_of(raw)),
        outputs=tuple(outputs_of(raw)),
        attachments=as_dict(raw.get("attachments")),
        run=raw.get("execution_count") is not None,
    )
