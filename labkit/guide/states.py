"""What an executed notebook says about each task, and about cells that stop with an error."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from labkit.guide.cells import Notebook, read_cells
from labkit.guide.tasks import Task, read_tasks

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class State(NamedTuple):
    """A task, whether it is in order as far as one can see, and what to look at."""

    task: Task
    good: bool
    words: str


def states(notebook: Notebook, executed: Any) -> list[State]:
    """The state of each task after a run.

    Args:
        notebook: The file.
        executed: nbformat's object of the same cells, with outputs.
    """
    return [_state(task, executed.cells[task.index]) for task in read_tasks(notebook)]


def stopped(executed: Any) -> list[str]:
    """Cells that end with an error: their id and the error.

    Checks are left out, and cells that wait for a function that is not written yet. Cells that only
    miss a name after an earlier one stopped are counted.
    """
    found: list[str] = []
    followers = 0
    for index, cell in enumerate(read_cells(executed.cells)):
        if cell.error in {"", "NotImplementedError"} or cell.role == "check":
            continue
        if cell.error == "NameError" and found:
            followers += 1
        else:
            found.append(f"{cell.name or f'cell {index + 1}'}: {_error(executed.cells[index])}")
    if followers:
        found[-1] += f" (and {followers} more cell{'s' if followers > 1 else ''} after it)"
    return found


def error_name(cell: Any) -> str:
    """The kind of error that an executed cell ended with; empty where it ran."""
    names = [o.get("ename", "") for o in cell.get("outputs", []) if o.output_type == "error"]
    return names[0] if names else ""


def _state(task: Task, cell: Any) -> State:
    if task.written:
        words = len(task.graded.source.split())
        said = "not written yet" if task.unanswered else f"{words} words; a person reads them"
        return State(task, not task.unanswered, said)
    if task.stubs and (task.optional or task.extra):
        kind = "an option" if task.optional else "extra credit"
        return State(task, True, f"{kind}, not written: {', '.join(task.stubs)}")
    if task.stubs:
        return State(task, False, f"not written yet: {', '.join(task.stubs)}")
    if error_name(cell):
        return State(task, False, _error(cell))
    if cell.get("execution_count") is None:
        return State(task, False, "did not run")
    return State(task, True, "passes")


def _error(cell: Any) -> str:
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            lines = ANSI.sub("", str(output.get("evalue", ""))).strip().splitlines()
            first = lines[0][:160] if lines else ""
            kind = str(output.get("ename", ""))
            if kind == "AssertionError":
                return first or "an assertion without a message does not hold"
            return f"{kind}: {first}".rstrip(": ")
    return ""
