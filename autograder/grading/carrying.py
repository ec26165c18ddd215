"""What a notebook takes over from a student's earlier ones, so that one mistake costs one task.

While the notebook runs, its `carry_over` finds the student's own functions. In the snapshots of
hidden tests, the reference answers stand in for tasks that did not get full marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograder.lab import Exercise


@dataclass(frozen=True)
class Carried:
    """What one notebook takes over.

    Attributes:
        files: The student's earlier notebooks by file name: set-up, solutions, cells of their own.
        references: The earlier notebook's set-up, and what to define over the student's answers.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    references: list[tuple[str, str]] = field(default_factory=list)


def carry(
    exercise: Exercise,
    earlier: Mapping[str, Exercise],
    handed_in: Mapping[str, NotebookNode],
    scores: Mapping[str, Mapping[str, float]],
) -> Carried:
    """Gather what an exercise takes over.

    Args:
        exercise: The later exercise.
        earlier: The lab's exercises by name.
        handed_in: The student's rebuilt notebooks by exercise.
        scores: Their points by exercise and task; what is not there counts as wrong.
    """
    carried = Carried()
    for name in exercise.carries:
        source = earlier[name]
        if name in handed_in:
            carried.files[f"{name}.ipynb"] = _without_checks(handed_in[name])
        points = scores.get(name, {})
        wrong = [
            task.reference
            for task in source.tasks
            if not task.manual and points.get(task.grade_id, 0.0) < task.points
        ]
        if wrong:
            carried.references.append((source.setup, "\n\n".join(wrong)))
    return carried


def _without_checks(notebook: NotebookNode) -> bytes:
    kept = [cell for cell in notebook.cells if _is_theirs(cell) or cell.id.endswith("-setup")]
    bare = nbformat.v4.new_notebook(cells=kept)
    return nbformat.writes(bare).encode()


def _is_theirs(cell: NotebookNode) -> bool:
    solution = cell.metadata.get("nbgrader", {}).get("solution")
    return cell.cell_type == "code" and bool(solution or cell.id.startswith("extra-"))
