"""Notebook files as the guide sees them: cells, and what each is for.

Does: read a file, name the role of each cell by metadata, by id, or by its text and place.
Does not: execute or write anything. Metadata may be lost on the way (Colab, VS Code), ids too.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.notebooks import (
    error_of,
    joined,
    names_of,
    outputs_of,
    read_raw_cells,
    settings_of,
)

NAMED = re.compile(r"ex\d+-[\w-]*")
HEADING = re.compile(
    r"^#{1,5}\s+(?P<number>\d+\.\d+(?:[A-Z](?=[\s:.)])|\s+[A-Z](?=[:.)]))?)[\s:.)]*(?P<title>.*?)"
    r"\s*(?:\((?P<points>\d+(?:\.\d+)?)[^()]*points?[^()]*\))?\s*$"
)
FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        kind: `code`, `markdown` or `raw`.
        name: Its grade_id or id, such as `ex2-sparsity-check`; empty where both are lost.
        role: `task`, `check`, `written`, `setup`, or what else the name ends in; empty if unknown.
        source: Its text.
        points: What nbgrader's metadata say; None without metadata.
        count: Its execution count, None if it never ran.
        error: The kind of error that it stopped with when it ran last; empty if with none.
    """

    kind: str
    name: str
    role: str
    source: str
    points: float | None = None
    count: int | None = None
    error: str = ""


@dataclass(frozen=True)
class Notebook:
    """The cells of a notebook file, in order."""

    path: Path
    cells: list[Cell]


def read_notebook(path: Path) -> Notebook:
    """Read a notebook file.

    Args:
        path: The `.ipynb` file.

    Raises:
        NotebookError: It cannot be opened, or is no notebook.
    """
    return Notebook(path, read_cells(read_raw_cells(path)))


def read_cells(cells: list[dict[str, Any]]) -> list[Cell]:
    """Cells of nbformat's shape, with their roles."""
    made = []
    under_task = False
    for cell in cells:
        kind, source = str(cell.get("cell_type", "code")), joined(cell.get("source"))
        settings, name = settings_of(cell), _name(cell)
        for line in headings(source) if kind == "markdown" and not settings else []:
            under_task = bool(HEADING.match(line)) or (under_task and line.startswith("###"))
        count = cell.get("execution_count")
        points = settings.get("points")
        made.append(
            Cell(
                kind,
                name,
                _role(kind, name, source, settings, under_task),
                source,
                float(points) if isinstance(points, int | float) else None,
                count if isinstance(count, int) else None,
                error_of(outputs_of(cell)),
            )
        )
    return made


def headings(markdown: str) -> list[str]:
    """The heading lines of a text cell, those inside code left out."""
    found, fenced = [], False
    for line in markdown.splitlines():
        if FENCE.match(line):
            fenced = not fenced
        elif line.startswith("#") and not fenced:
            found.append(line)
    return found


def parse(source: str) -> ast.Module | None:
    """The syntax tree of a cell, `%magic` and `!shell` lines taken out; None if it is no Python."""
    try:
        return ast.parse(plain_python(source))
    except (SyntaxError, ValueError, RecursionError):
        return None


def plain_python(source: str) -> str:
    """A cell's Python: lines for IPython or the shell become comments, so that lines keep place."""
    if source.lstrip().startswith("%%"):
        return re.sub(r"^", "# ", source, flags=re.MULTILINE)
    return re.sub(r"^([ \t]*)([%!?].*)$", r"\1pass  # \2", source, flags=re.MULTILINE)


def definitions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Functions and classes that a cell defines at its top level."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node for node in tree.body if isinstance(node, kinds)]


def bound(node: ast.stmt) -> set[str]:
    """The names that a statement binds."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names} - {"*"}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    names = (part for part in ast.walk(node) if isinstance(part, ast.Name))
    return {part.id for part in names if isinstance(part.ctx, ast.Store)}


def is_stub(node: ast.stmt) -> bool:
    """Whether a function still raises NotImplementedError, as released, before it returns."""
    if isinstance(node, ast.ClassDef):
        methods = [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        return any(map(is_stub, methods))
    for statement in getattr(node, "body", []):
        if isinstance(statement, ast.Return):
            return False
        if isinstance(statement, ast.Raise) and statement.exc is not None:
            raised = statement.exc
            raised = raised.func if isinstance(raised, ast.Call) else raised
            return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return False


def _name(cell: dict[str, Any]) -> str:
    """The first of a cell's names that is one of a lab's; empty where all are lost."""
    return next((name for name in names_of(cell) if NAMED.fullmatch(name)), "")


def _role(kind: str, name: str, source: str, settings: dict[str, Any], under_task: bool) -> str:
    if settings.get("solution") or settings.get("grade"):
        if settings.get("grade") and settings.get("solution"):
            return "written"
        return "check" if settings.get("grade") else "task"
    if name:
        return name.rsplit("-", 1)[-1]
    return _role_by_text(kind, source, under_task)


def _role_by_text(kind: str, source: str, under_task: bool) -> str:
    """Guess what a nameless cell is: checks assert, tasks define, under the heading of a task."""
    if kind != "code":
        return "written" if "YOUR ANSWER HERE" in source else ""
    tree = parse(source)
    if tree is None or not under_task:
        return ""
    if any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        return "check"
    return "task" if definitions(tree) else ""
