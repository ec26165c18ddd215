"""From the bytes of a submitted notebook to one that can be graded.

The notebook is rebuilt: the source's cells in the source's order, with the student's text in the
cells that are theirs, and the student's own extra cells behind the cell that they followed. So
edited, moved or deleted checks, points and metadata change nothing. A cell that lost its metadata
is found by its id, else by its text. What cannot be read at all becomes the empty student edition.
"""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.lab import Exercise
from autograder.oddities import SubmittedCell, describe_cells, describe_file

SIZE_LIMIT_BYTES = 50_000_000
CELL_LIMIT = 1_000
CELL_SIZE_LIMIT = 500_000  # characters
DEFINITION = re.compile(r"^def (\w+)", re.MULTILINE)


@dataclass
class Intake:
    """A notebook that can be graded, and what was odd about the one that came.

    Attributes:
        notebook: The rebuilt notebook, without outputs.
        warnings: One line for the instructor for each odd thing.
        readable: Whether anything of the student's could be read.
    """

    notebook: NotebookNode
    warnings: list[str] = field(default_factory=list)
    readable: bool = True


def rebuild(raw: bytes, exercise: Exercise) -> Intake:
    """Rebuild a submitted notebook around the source; it never raises for what students send."""
    try:
        cells, odd = _read_cells(raw)
    except _Unreadable as problem:
        intake = Intake(notebook=_assemble(exercise, {}, {}), readable=False)
        intake.warnings.append(f"{exercise.name}.ipynb {problem}; graded as empty.")
        return intake
    names, recovered = _match(cells, exercise)
    odd += describe_cells(cells, names, exercise)
    found, extras = _sort(cells, names)
    intake = Intake(notebook=_assemble(exercise, found, extras))
    if recovered:
        intake.warnings.append(
            f"{exercise.name}.ipynb lost nbgrader metadata; {recovered} cells were recovered "
            "by their id or text."
        )
    intake.warnings += [f"{exercise.name}.ipynb {what}." for what in odd]
    missing = [
        cell.id
        for cell in exercise.source.cells
        if "nbgrader" in cell.metadata and cell.id not in found
    ]
    if missing:
        intake.warnings.append(
            f"{exercise.name}.ipynb lacks {', '.join(missing)}; put back as released."
        )
    return intake


class _Unreadable(Exception):
    """Why nothing of a submitted file can be read."""


def _read_cells(raw: bytes) -> tuple[list[SubmittedCell], list[str]]:
    """The cells, and what is odd about the file."""
    if len(raw) > SIZE_LIMIT_BYTES:
        raise _Unreadable(f"is larger than {SIZE_LIMIT_BYTES // 10**6} MB")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _Unreadable("is not JSON, so not a notebook") from None
    if not isinstance(data, dict):
        raise _Unreadable("is JSON but not a notebook")
    odd = list(describe_file(data))
    if data.get("nbformat") != 4:
        data = _convert(data)
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise _Unreadable("has no list of cells")
    if len(cells) > CELL_LIMIT:
        raise _Unreadable(f"has more than {CELL_LIMIT} cells")
    believed = [_read_cell(cell) for cell in cells if isinstance(cell, dict)]
    if any(len(cell.source) > CELL_SIZE_LIMIT for cell in believed):
        raise _Unreadable(f"has a cell of more than {CELL_SIZE_LIMIT:,} characters")
    return believed, odd


def _convert(data: dict[str, Any]) -> dict[str, Any]:
    try:
        converted: dict[str, Any] = nbformat.reads(json.dumps(data), as_version=4)
    except Exception:  # nbformat raises many kinds on odd input
        raise _Unreadable("is not in a notebook format that is known (nbformat 4)") from None
    return converted


def _read_cell(cell: dict[str, Any]) -> SubmittedCell:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = cell.get("metadata")
    settings = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    text = source if isinstance(source, str) else ""
    whole = _whole(text)
    grade_id = settings.get("grade_id") if isinstance(settings, dict) else None
    cell_id = cell.get("id")
    return SubmittedCell(
        kind="code" if cell.get("cell_type") == "code" else "markdown",
        source=whole.replace("\r\n", "\n"),
        grade_id=grade_id if isinstance(grade_id, str) else None,
        cell_id=cell_id if isinstance(cell_id, str) else None,
        settings=settings if isinstance(settings, dict) else {},
        tagged=isinstance(metadata, dict) and bool(metadata.get("tags")),
        mended=whole != text,
    )


def _whole(source: str) -> str:
    """A text without the halves of characters that JSON can say."""
    return source.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _match(cells: list[SubmittedCell], exercise: Exercise) -> tuple[list[str | None], int]:
    """Which of the source's cells each submitted cell stands for.

    Returns:
        Its id for each, None for a cell of the student's own; how many graded cells were found
        without their metadata.
    """
    known = {cell.id: cell for cell in exercise.source.cells}
    stubs = {cell.id: cell.source for cell in exercise.student_edition.cells}
    names: list[str | None] = [None] * len(cells)
    taken: set[str] = set()

    def claim(index: int, name: str | None) -> bool:
        if names[index] is not None or name is None or name not in known or name in taken:
            return False
        names[index] = name
        taken.add(name)
        return True

    for index, cell in enumerate(cells):
        claim(index, cell.grade_id)
    recovered = 0
    for index, cell in enumerate(cells):
        if claim(index, cell.cell_id):
            recovered += "nbgrader" in known[str(cell.cell_id)].metadata
    for name, stub in stubs.items():
        for index, cell in enumerate(cells):
            if name not in taken and _same_cell(cell, known[name], stub) and claim(index, name):
                recovered += "nbgrader" in known[name].metadata
    return names, recovered


def _sort(
    cells: list[SubmittedCell], names: list[str | None]
) -> tuple[dict[str, str], dict[str, list[SubmittedCell]]]:
    """The student's text by source cell id, and extra cells by the id of the cell before them.

    That id is the empty string at the start.
    """
    found: dict[str, str] = {}
    extras: dict[str, list[SubmittedCell]] = {}
    anchor = ""
    for cell, name in zip(cells, names, strict=True):
        if name is None:
            extras.setdefault(anchor, []).append(cell)
        else:
            found[name] = cell.source
            anchor = name
    return found, extras


def _same_cell(cell: SubmittedCell, known: NotebookNode, stub: str) -> bool:
    """Whether a nameless cell is the released one, or defines what its stub defines."""
    if cell.kind != known.cell_type:
        return False
    if cell.source.strip() == stub.strip():
        return True
    wanted = set(DEFINITION.findall(stub))
    solution = known.metadata.get("nbgrader", {}).get("solution")
    return bool(solution and wanted and wanted <= set(DEFINITION.findall(cell.source)))


def _assemble(
    exercise: Exercise, found: dict[str, str], extras: dict[str, list[SubmittedCell]]
) -> NotebookNode:
    notebook = copy.deepcopy(exercise.student_edition)
    cells = _extra_cells("", extras)
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        theirs = settings.get("solution") or not settings
        if theirs and cell.id in found:
            cell.source = found[cell.id]
        if settings or cell.id in found or not found:
            cells.append(cell)
        cells += _extra_cells(cell.id, extras)
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.cells = cells
    return notebook


def _extra_cells(anchor: str, extras: dict[str, list[SubmittedCell]]) -> list[NotebookNode]:
    made = []
    for number, cell in enumerate(extras.get(anchor, [])):
        make = new_code_cell if cell.kind == "code" else new_markdown_cell
        made.append(make(cell.source, id=f"extra-{number}-{anchor}"[:64]))
    return made
