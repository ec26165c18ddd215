"""Read notebooks as plain data, and find cells in them.

Nothing is executed, and the format is not validated: a notebook that an editor wrote oddly still
gives the cells that it has. VS Code and Colab may drop ids and metadata, so a cell is also found
by its text.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
        errors = (o for o in self.outputs if o.get("output_type") == "error")
        return next((str(o.get("ename") or "an error") for o in errors), "")

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
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(f"Cannot read {path.name}: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ReportError(
            f"{path.name} is damaged (it is not valid JSON); save it again from your editor."
        ) from error
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise ReportError(
            f"{path.name} is no notebook of format 4; open it in JupyterLab and save it again."
        )
    return Notebook(path.stem, tuple(_cell(cell) for cell in cells if isinstance(cell, dict)))


def _cell(raw: dict[str, Any]) -> Cell:
    metadata = as_dict(raw.get("metadata"))
    graded = as_dict(metadata.get("nbgrader"))
    # Colab keeps the id in the metadata
    names = {raw.get("id"), metadata.get("id"), graded.get("grade_id")}
    outputs = raw.get("outputs")
    return Cell(
        kind=str(raw.get("cell_type")),
        source=joined(raw.get("source")),
        names=frozenset(name for name in names if isinstance(name, str)),
        outputs=tuple(o for o in outputs if isinstance(o, dict))
        if isinstance(outputs, list)
        else (),
        attachments=as_dict(raw.get("attachments")),
        run=raw.get("execution_count") is not None,
    )


def joined(text: Any) -> str:
    """The text of a notebook's field, which is a string or a list of lines."""
    if isinstance(text, list):
        return "".join(str(line) for line in text)
    return text if isinstance(text, str) else ""


def as_dict(value: Any) -> dict[str, Any]:
    """The value where it is a dict, else an empty one."""
    return value if isinstance(value, dict) else {}
