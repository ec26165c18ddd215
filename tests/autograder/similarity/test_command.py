"""`autograder similarity`: the cells that it reads, and the page and table that it writes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.similarity.documents import read_notebook
from tests.autograder.conftest import LAB
from tests.autograder.similarity.copies import EXERCISES, HANDOUT, STYLES, disguised
from tests.autograder.test_cli import run


def test_documents_come_from_the_cells_that_students_write(tmp_path: Path) -> None:
    exercise = next(e for e in EXERCISES if e.name == "ex2_magnitude_pruning")
    notebook = copy.deepcopy(exercise.student_edition)
    notebook.cells.append(nbformat.v4.new_code_cell("def helper(a):\n    return a * 2 + a"))
    path = tmp_path / "ex2.ipynb"
    nbformat.write(notebook, path)
    found = {d.cell: d for d in read_notebook(HANDOUT, "ada", exercise, path)}
    assert set(found) == {
        "ex2-prune", "ex2-sparsity", "ex2-size", "ex2-repeated", "ex2-imp", "ex2-plot",
        "ex2-trends", "own cells",
    }  # fmt: skip
    assert found["own cells"].shape and not found["ex2-prune"].shape
    path.write_text("no notebook")
    assert all(not d.tokens for d in read_notebook(HANDOUT, "ada", exercise, path))
    link = tmp_path / "link.ipynb"
    link.symlink_to(path)
    assert list(read_notebook(HANDOUT, "ada", exercise, link)) == []


def test_the_command_writes_page_and_table(course: Course, hand_in: Callable[..., Path]) -> None:
    done = run(course.root, "similarity", LAB)
    assert done.returncode == 1 and "There are no submissions" in done.stderr
    exercise = next(e for e in EXERCISES if e.name == "ex2_magnitude_pruning")
    answer = STYLES[exercise.name, "ex2-imp"][1]
    hand_in("ada", exercise, {"ex2-imp-task": answer})
    hand_in("zoe", exercise, {"ex2-imp-task": disguised(answer)})
    hand_in("bob", exercise, b"no notebook")
    done = run(course.root, "similarity", LAB)
    assert done.returncode == 0, done.stderr
    assert "ada – zoe" in done.stdout and "not a verdict" in done.stdout
    folder = course.build / "report" / LAB
    assert "ada,zoe,ex2_magnitude_pruning,ex2-imp,1," in (folder / "similarity.csv").read_text()
    assert "thing0" in (folder / "similarity.html").read_text("utf-8")
