"""What a lab still lacks before it is handed in: answers, runs, notebooks."""

from __future__ import annotations

import re

from labkit.guide.cells import Notebook
from labkit.guide.tasks import read_tasks


def unanswered(notebook: Notebook) -> list[str]:
    """A sentence for each task without an answer, and for a notebook that lost a task."""
    found, numbers = [], set()
    for task in read_tasks(notebook):
        if task.optional:
            numbers.add(task.number[:-1])  # the task that counts options says if there are enough
        elif task.stubs:
            extra = ", which is extra credit" if task.extra else ""
            found.append(f"{task.label}: {', '.join(task.stubs)} not written yet{extra}")
        elif task.unanswered:
            found.append(f"{task.label}: no answer yet")
        elif not (task.written or task.answers or task.number in numbers):
            found.append(f"{task.label}: the cell for your answer is gone")
        numbers.add(task.number)
    return found


def needs_run(notebook: Notebook) -> bool:
    """Whether a notebook was not run from top to bottom in a fresh kernel before it was saved."""
    counts = [c.count for c in notebook.cells if c.kind == "code" and c.source.strip()]
    return counts != list(range(1, len(counts) + 1))


def failed_cells(notebook: Notebook) -> list[str]:
    """Cells that stopped with an error when they were run last, but for want of an answer."""
    return [
        cell.name or f"cell {index + 1}"
        for index, cell in enumerate(notebook.cells)
        if cell.error not in {"", "NotImplementedError"}
    ]


def missing_exercises(notebooks: list[Notebook]) -> list[str]:
    """Exercises that the numbers of the others leave out, such as `ex2`."""
    matches = (re.match(r"ex(\d+)_", notebook.path.name) for notebook in notebooks)
    numbers = {int(match[1]) for match in matches if match}
    return [f"ex{number}" for number in range(1, max(numbers, default=0)) if number not in numbers]
