"""The code of a task, as short as a reader needs it.

The source is parsed, never executed. Docstrings keep their first line, and the numbered steps of
the handout go.
"""

import ast
import re
import warnings

MARKER = re.compile(r"^\s*#{3} (?:BEGIN|END) [A-Z ]+$")
STEP = re.compile(r"^\s*# +\d+\. ")
STEP_GOES_ON = re.compile(r"^\s*# {3,}\S")
STUB = "NotImplementedError"
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
MOST_LINES, WIDEST = 60, 100


class StillToWriteError(Exception):
    """The function is not there, or is still the stub."""


def listing(source: str, functions: tuple[str, ...] = ()) -> tuple[str, int]:
    """The code of some functions of a cell, or of the whole cell.

    Args:
        source: The cell's text.
        functions: Names of functions or classes, in the order to show; none for the whole cell.

    Returns:
        The code, and the number of lines that were left out since it is long.

    Raises:
        StillToWriteError: A function is missing or still a stub.
    """
    try:
        code = "\n\n\n".join(_definitions(source, functions)) if functions else _whole(source)
    except UNREADABLE:  # unfinished code is shown as it is
        code = source
    lines = [line for line in _without_steps(code.splitlines()) if not MARKER.match(line)]
    lines = [part for line in lines for part in _folded(line.rstrip())]
    return "\n".join(lines[:MOST_LINES]).strip("\n"), max(0, len(lines) - MOST_LINES)


def _definitions(source: str, functions: tuple[str, ...]) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = {node.name: node for node in _parsed(source).body if isinstance(node, kinds)}
    missing = [name for name in functions if name not in nodes]
    if missing:
        raise StillToWriteError(missing[0])
    return [_short(source, nodes[name]) for name in functions]


def _whole(source: str) -> str:
    if _is_stub(_parsed(source)):
        raise StillToWriteError("")
    return source


def _parsed(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as an invalid escape in a string
        return ast.parse(source)


def _short(source: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    """One definition with the first line of its docstring."""
    if _is_stub(node):
        raise StillToWriteError(node.name)
    lines = source.splitlines()
    start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    end = node.end_lineno or node.lineno
    doc = ast.get_docstring(node)
    first = node.body[0]
    if not doc or first.end_lineno is None or first.end_lineno == first.lineno:
        return "\n".join(lines[start - 1 : end])
    indent = " " * first.col_offset
    sentence = doc.splitlines()[0].replace("\\", "\\\\").rstrip('"')
    kept = [*lines[start - 1 : first.lineno - 1], f'{indent}"""{sentence}"""']
    return "\n".join([*kept, *lines[first.end_lineno : end]])


def _is_stub(node: ast.AST) -> bool:
    raised = (n.exc for n in ast.walk(node) if isinstance(n, ast.Raise))
    calls = (exc.func if isinstance(exc, ast.Call) else exc for exc in raised)
    return any(isinstance(call, ast.Name) and call.id == STUB for call in calls)


def _without_steps(lines: list[str]) -> list[str]:
    kept, in_step = [], False
    for line in lines:
        in_step = bool(STEP.match(line) or (in_step and STEP_GOES_ON.match(line)))
        if not in_step:
            kept.append(line)
    return kept


def _folded(line: str) -> list[str]:
    """A line in pieces that fit on the page."""
    return [line[i : i + WIDEST] for i in range(0, len(line), WIDEST)] or [""]
