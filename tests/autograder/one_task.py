"""An exercise of one graded task with hidden tests of a test's own."""

from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from autograder.lab import Exercise


def one_task(folder: Path, hidden_tests: str, source: str, points: float) -> Exercise:
    """An exercise whose cells are `task`, with this source, and `check`.

    Args:
        folder: Where the file of hidden tests is written; its name becomes the module's.
        hidden_tests: Its text; the tests judge `check`.
        source: What the student writes.
        points: Of the task.
    """
    hidden = folder / "lab" / f"test_{folder.name}.py"
    hidden.parent.mkdir()
    hidden.write_text(hidden_tests)
    marks = {"schema_version": 3, "grade_id": "check", "grade": True, "solution": False}
    marks |= {"locked": True, "points": points}
    check = new_code_cell("pass", id="check", metadata={"nbgrader": marks})
    notebook = new_notebook(cells=[new_code_cell(source, id="task"), check])
    return Exercise("lab", "ex1", notebook, (hidden,))
