"""Carry a student's own functions over from an earlier notebook of the lab.

Does: execute what the earlier task cells define, and the imports and constants they need.
Does not: train, print or draw again what the earlier notebook did: calls that stand alone in a cell
are left out. What does not run is named, and the rest goes on.
"""

from __future__ import annotations

import ast
import builtins
import linecache
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labkit.guide.cells import Cell, Notebook, bound, definitions, is_stub, parse, plain_python
from labkit.guide.places import find_notebook
from labkit.guide.tasks import exercise_number
from labkit.notebooks import NotebookError


def carry_over(name: str, namespace: dict[str, Any]) -> None:
    """Define the functions that you wrote in an earlier exercise, and say which there are.

    Save the earlier notebook first: what is read is the file.

    Args:
        name: The earlier notebook, such as `ex2_magnitude_pruning`.
        namespace: Where the functions go: `globals()`.
    """
    if not isinstance(namespace, dict):
        print("Nothing carried over: the second argument has to be globals().")
        return
    number = exercise_number(Path(str(name)).name.removesuffix(".ipynb"))
    try:
        notebook = find_notebook(str(name), namespace)
    except NotebookError as error:
        print(
            f"Nothing carried over from Exercise {number}: {str(error).rstrip('.')}. Put that "
            f"notebook beside this one and run this cell again."
        )
        return
    try:
        carried, unwritten, problems = carry(notebook, namespace)
    except KeyboardInterrupt:
        print(f"Interrupted: not everything was carried over from Exercise {number}.")
        return
    if carried:
        print(f"Carried over from Exercise {number}: {', '.join(carried)}")
    if unwritten:
        print(f"Not written yet: {', '.join(unwritten)} (Exercise {number})")
    for problem in problems:
        print(f"Does not run in Exercise {number}: {problem}")
    if not (carried or unwritten or problems):
        print(f"{notebook.path.name} has no task cells to carry over.")


def carry(notebook: Notebook, namespace: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """Execute a notebook's definitions in a namespace.

    Args:
        notebook: The earlier notebook.
        namespace: Gets the functions; other names that it has already stay as they are.

    Returns:
        Names that are there, names that are still to be written, and a sentence for each cell that
        does not run.
    """
    answers = [cell for cell in notebook.cells if cell.role == "task"]
    trees = [(cell, parse(cell.source)) for cell in answers]
    own = {node.name for _, tree in trees if tree for node in definitions(tree)}
    problems = list(_provide(notebook, namespace, own, [tree for _, tree in trees if tree]))
    carried: list[str] = []
    unwritten: list[str] = []
    for cell, tree in trees:
        where = cell.name or "a cell"
        if tree is None:
            problems.append(f"{where} (its Python has a syntax error)")
            continue
        filename = _remember(notebook, cell)
        for node in tree.body:
            if isinstance(node, ast.Expr):
                continue
            error = _execute(node, filename, namespace)
            if error:
                problems.append(f"{where} ({error})")
            elif node in definitions(tree):
                (unwritten if is_stub(node) else carried).append(getattr(node, "name", ""))
    return list(dict.fromkeys(carried)), list(dict.fromkeys(unwritten)), problems


def _provide(
    notebook: Notebook, namespace: dict[str, Any], own: set[str], trees: list[ast.Module]
) -> Iterator[str]:
    """Execute imports and constants of the setup, and what else the task cells use.

    Yields:
        A sentence for each statement that does not run.
    """
    setup: list[tuple[Cell, ast.stmt]] = []
    rest: list[tuple[Cell, ast.stmt]] = []
    first = True
    for cell in notebook.cells:
        tree = parse(cell.source) if cell.kind == "code" else None
        if tree and cell.role not in {"task", "check"}:
            group = setup if cell.role == "setup" or (first and not cell.name) else rest
            group += [(cell, node) for node in tree.body if _harmless(node)]
        first = first and cell.kind != "code"
    chosen = [node for _, node in setup]
    needed = {name for tree in (*trees, *chosen) for name in _used(tree)} - own
    while more := [n for _, n in rest if bound(n) & needed and n not in chosen]:
        chosen += more
        needed |= {name for node in more for name in _used(node)} - own
    for cell, node in setup + rest:
        missing = bound(node) - namespace.keys() - own
        if node in chosen and (missing or _binds_unknown(node)):
            kept = {key: namespace[key] for key in bound(node) & namespace.keys()}
            error = _execute(node, _remember(notebook, cell), namespace)
            namespace.update(kept)
            if error:
                yield f"{cell.name or 'a cell'} ({error})"


def _harmless(node: ast.stmt) -> bool:
    """Whether a statement only imports, defines, or names a constant."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(isinstance(part, ast.Call | ast.Await) for part in ast.walk(node))
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return isinstance(node, kinds)


def _binds_unknown(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


def _used(node: ast.AST) -> set[str]:
    """The names that code reads, those of Python itself left out."""
    names = (part for part in ast.walk(node) if isinstance(part, ast.Name))
    return {part.id for part in names if isinstance(part.ctx, ast.Load)} - set(dir(builtins))


def _remember(notebook: Notebook, cell: Cell) -> str:
    """A file name under which tracebacks and `inspect.getsource` find the cell's lines."""
    filename = f"<{notebook.path.name}:{cell.name or notebook.cells.index(cell)}>"
    lines = plain_python(cell.source).splitlines(keepends=True)
    linecache.cache[filename] = (len(cell.source), None, lines, filename)
    return filename


def _execute(node: ast.stmt, filename: str, namespace: dict[str, Any]) -> str:
    """Run one statement; return what went wrong in words, empty if nothing did."""
    try:
        exec(compile(ast.Module([node], []), filename, "exec", dont_inherit=True), namespace)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a student's code: exit() included
        return f"{type(error).__name__}: {error}".rstrip(": ")
    return ""
