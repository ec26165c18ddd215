"""Where a hostile sample is built, and the register of the functions that edit it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sample_class import SampleError

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A submission that is honest so far.

    Attributes:
        folder: The submission's, which holds its notebooks.
        name: The notebook to edit.
        gradebook: A file that no submission may see.
        neighbour: Another student's notebook.
    """

    folder: Path
    name: str
    gradebook: Path
    neighbour: Path

    @property
    def path(self) -> Path:
        """The notebook to edit."""
        return self.folder / f"{self.name}.ipynb"

    def read(self) -> Json:
        """The notebook as plain JSON, the text of each cell in one piece."""
        notebook: Json = json.loads(self.path.read_text("utf-8"))
        for cell in notebook.get("cells", ()):
            cell["source"] = "".join(cell["source"])
        return notebook

    def write(self, notebook: object) -> None:
        """Put back any JSON, also what is no notebook."""
        self.path.write_text(json.dumps(notebook), "utf-8")

    def edit_cell(self, ending: str, change: Callable[[Json], object]) -> None:
        """Change each cell whose id ends so, in place.

        Raises:
            SampleError: There is no such cell.
        """
        notebook = self.read()
        cells = [cell for cell in notebook["cells"] if cell["id"].endswith(ending)]
        if not cells:
            raise SampleError(f"{self.name} has no cell whose id ends in {ending!r}.")
        for cell in cells:
            change(cell)
        self.write(notebook)


EDITS: dict[str, Callable[[Place], None]] = {}


def edit(function: Callable[[Place], None]) -> Callable[[Place], None]:
    """Register an edit under its function's name."""
    EDITS[function.__name__] = function
    return function
