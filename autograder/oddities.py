"""What a student or an editor did to a notebook that is undone or ignored, one line for each kind.

Nothing of it costs or gives a point: the notebook is rebuilt (`intake`). The instructor is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from autograder.lab import Exercise

SETTINGS = ("grade", "solution", "locked", "points", "task", "schema_version", "cell_type")
KERNELS = ("python", "ir_python", "conda", "venv", ".venv", "pruning")


@dataclass(frozen=True)
class SubmittedCell:
    """What is believed of a submitted cell: its kind, text and claimed names.

    Attributes:
        kind: `code` or `markdown`.
        source: Its text.
        grade_id: Its name by nbgrader's metadata, if it has one.
        cell_id: Its id, if it has one.
        settings: nbgrader's metadata, as claimed.
        tagged: Whether it has tags.
        mended: Whether characters of its text that are none were replaced.
    """

    kind: str
    source: str
    grade_id: str | None
    cell_id: str | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    tagged: bool = False
    mended: bool = False


def describe_file(data: Mapping[str, Any]) -> Iterator[str]:
    """What is odd about a notebook's own fields and about entries that are no cells."""
    if data.get("nbformat") != 4:
        yield "was in an old notebook format and was converted"
    metadata = data.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = spec.get("name") if isinstance(spec, dict) else None
    if isinstance(spec, dict) and not _is_python(name, spec.get("language")):
        yield f"names a kernel that is not Python's ({str(name)[:40]!r})"
    cells = data.get("cells")
    if isinstance(cells, list) and not all(map(_is_cell, cells)):
        yield "has cells of an odd type, which were left out or read as empty"


def _is_python(name: object, language: object) -> bool:
    return "py" in str(language or name).lower() or str(name).lower().startswith(KERNELS)


def _is_cell(cell: object) -> bool:
    if not isinstance(cell, dict):
        return False
    source = cell.get("source", "")
    lines = source if isinstance(source, list) else [source]
    return all(isinstance(line, str) for line in lines) and isinstance(cell.get("cell_type"), str)


def describe_cells(
    cells: Sequence[SubmittedCell], names: Sequence[str | None], exercise: Exercise
) -> Iterator[str]:
    """What was changed in cells that are put back as released.

    Args:
        cells: As submitted.
        names: For each, the source's cell that it stands for; None for one of the student's own.
        exercise: What they answer.
    """
    released = {cell.id: cell for cell in exercise.student_edition.cells}
    known = [(cell, released[name]) for cell, name in zip(cells, names, strict=True) if name]
    for what, differs in (
        ("changed the check", _is_edited_check),
        ("changed nbgrader's metadata of", _has_other_settings),
        ("changed the type of", lambda cell, other: cell.kind != other.cell_type),
    ):
        found = [other.id for cell, other in known if differs(cell, other)]
        if found:
            yield f"{what} {_listed(found)}; put back as released"
    if any(cell.tagged for cell in cells):
        yield "has tags in cells' metadata, which were ignored"
    if any(cell.mended for cell in cells):
        yield "holds halves of characters, which were replaced"
    claimed = Counter(cell.grade_id for cell in cells if cell.grade_id in released)
    doubled = [str(name) for name, count in claimed.items() if count > 1]
    if doubled:
        yield f"has more than one cell that claims to be {_listed(doubled)}; the first counts"
    order = [name for name in names if name]
    if order != [name for name in released if name in order]:
        yield "has its cells in another order; put back as released"


def _is_edited_check(cell: SubmittedCell, released: NotebookNode) -> bool:
    settings = released.metadata.get("nbgrader", {})
    if not settings or settings.get("solution"):
        return False
    return cell.source.strip() != released.source.strip()


def _has_other_settings(cell: SubmittedCell, released: NotebookNode) -> bool:
    settings = released.metadata.get("nbgrader", {})
    if not cell.settings or not settings:
        return False
    return any(
        name in cell.settings and _differ(cell.settings[name], settings[name])
        for name in SETTINGS
        if name in settings
    )


def _differ(one: object, other: object) -> bool:
    return (one is not other and (type(one) is bool) != (type(other) is bool)) or one != other


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
