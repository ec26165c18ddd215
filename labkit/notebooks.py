"""Notebook files as plain data: nothing is validated or executed, and odd ones give what they have.

Does: read the cells of a file, join their text, name them. Does not: say what a cell is for
(`labkit.guide.cells`), nor look at outputs (`labkit.report.notebook`).
"""

import json
from pathlib import Path
from typing import Any

from labkit.errors import LabkitError


class NotebookError(LabkitError):
    """A notebook is missing, or cannot be read or run."""


def read_raw_cells(path: Path) -> list[dict[str, Any]]:
    """Read the cells of a notebook file, in nbformat's shape.

    Args:
        path: The `.ipynb` file, of format 4.

    Raises:
        NotebookError: It cannot be opened, or is no notebook.
    """
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise NotebookError(f"{path} cannot be opened: {error.strerror or error}.") from error
    except (ValueError, RecursionError):
        raise NotebookError(
            f"{path.name} is damaged: it is no JSON. Take an earlier copy of it "
            f"(.ipynb_checkpoints) or a fresh one of the lab."
        ) from None
    cells = as_dict(content).get("cells")
    if not isinstance(cells, list):
        raise NotebookError(
            f"{path.name} is no notebook of format 4: it has no list of cells. Open it in "
            f"JupyterLab and save it again."
        )
    return [cell for cell in cells if isinstance(cell, dict)]


def names_of(cell: dict[str, Any]) -> list[str]:
    """The names that a cell has: nbgrader's grade_id, its id, and where Colab keeps the id."""
    metadata = as_dict(cell.get("metadata"))
    names = (settings_of(cell).get("grade_id"), cell.get("id"), metadata.get("id"))
    return [name for name in names if isinstance(name, str)]


def settings_of(cell: dict[str, Any]) -> dict[str, Any]:
    """What nbgrader's metadata say of a cell; empty where they are lost."""
    return as_dict(as_dict(cell.get("metadata")).get("nbgrader"))


def outputs_of(cell: dict[str, Any]) -> list[dict[str, Any]]:
    """A cell's outputs."""
    outputs = cell.get("outputs")
    return [o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else []


def error_of(outputs: list[dict[str, Any]]) -> str:
    """The kind of error among a cell's outputs; empty if there is none."""
    errors = (output for output in outputs if output.get("output_type") == "error")
    return next((str(output.get("ename") or "an error") for output in errors), "")


def joined(text: Any) -> str:
    """The text of a notebook's field, which is a string or a list of lines."""
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    return text.replace("\r\n", "\n") if isinstance(text, str) else ""


def as_dict(value: Any) -> dict[str, Any]:
    """The value where it is a dict, else an empty one."""
    return value if isinstance(value, dict) else {}
