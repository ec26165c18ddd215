"""`labkit check`: run notebooks afresh, and say how each task stands. Files stay as they are."""

from __future__ import annotations

from typing import Any

from labkit.guide.cells import Notebook
from labkit.guide.execution import Tell, execute_, load
from labkit.guide.long_cells import LONG_CELLS
from labkit.guide.states import State, error_name, states, stopped
from labkit.guide.tasks import Task, choose, read_tasks
from labkit.notebooks import NotebookError

SHOWN = {"see", "show", "try", "look", "train", "times"}  # cells that no check needs


def check_notebook(notebook: Notebook, tell: Tell) -> tuple[list[State], list[str]]:
    """Run a whole notebook.

    Returns:
        The state of each task, and the cells other than checks that stop with an error.
    """
    executed = load(notebook.path)
    execute_(executed, notebook.path, tell)
    return states(notebook, executed), stopped(executed)


def check_task(notebook: Notebook, wanted: list[Task], tell: Tell) -> list[State]:
    """Run what the checks of some tasks need, and no long cells unless it has to be.

    Args:
        notebook: The notebook.
        wanted: Some of its tasks.
        tell: Told the index of each cell before it runs.
    """
    executed = _run_up_to(notebook, wanted, tell, everything=False)
    if any(error_name(executed.cells[task.index]) == "NameError" for task in wanted):
        executed = _run_up_to(notebook, wanted, tell, everything=True)
    places = {task.index for task in wanted}
    return [state for state in states(notebook, executed) if state.task.index in places]


def find_tasks(notebooks: list[Notebook], wanted: str) -> list[tuple[Notebook, list[Task]]]:
    """The tasks with a number, notebook by notebook.

    Raises:
        NotebookError: No notebook has it.
    """
    found = [(n, tasks) for n in notebooks if (tasks := choose(read_tasks(n), wanted))]
    if not found:
        known = (task.number for n in notebooks for task in read_tasks(n) if task.number)
        raise NotebookError(
            f"There is no task {wanted!r} here; the tasks are {', '.join(dict.fromkeys(known))}."
        )
    return found


def _run_up_to(notebook: Notebook, wanted: list[Task], tell: Tell, everything: bool) -> Any:
    """Execute the cells before the last wanted check; those left out are emptied."""
    executed = load(notebook.path)
    last = max(task.index for task in wanted)
    checks = {task.index for task in wanted}
    long = {cell.name for cells in LONG_CELLS.values() for cell in cells}
    for index, cell in enumerate(notebook.cells):
        skipped = cell.role in SHOWN or cell.name in long or cell.role == "check"
        left_out = index > last or (skipped and index not in checks and not everything)
        if left_out and cell.kind == "code":
            executed.cells[index].source = ""
    execute_(executed, notebook.path, tell)
    return executed
