"""Whatever comes in, a notebook that can be graded comes out, with the student's answers."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import nbformat
import pytest

from autograder.hostile import notebook_edits
from autograder.hostile.place import Place
from autograder.intake import Intake, rebuild
from autograder.lab import Exercise
from tests.autograder.conftest import answers

NAME = "ex2_magnitude_pruning"


@pytest.fixture
def exercise(exercises: dict[str, Exercise]) -> Exercise:
    return exercises[NAME]


def solved(exercise: Exercise) -> nbformat.NotebookNode:
    return copy.deepcopy(exercise.source)


def rebuilt(exercise: Exercise, notebook: object) -> Intake:
    return rebuild(json.dumps(notebook).encode(), exercise)


def sources(intake: Intake) -> dict[str, str]:
    return {cell.id: cell.source for cell in intake.notebook.cells}


def test_an_untouched_solution_comes_through_without_a_word(exercise: Exercise) -> None:
    intake = rebuilt(exercise, solved(exercise))
    assert intake.warnings == [] and intake.readable
    found, wanted = sources(intake), answers(exercise)
    assert all(found[task] == wanted[task] for task in wanted if task.endswith("-task"))
    nbformat.validate(intake.notebook)


def test_rebuilding_twice_changes_nothing(exercise: Exercise) -> None:
    once = rebuilt(exercise, solved(exercise))
    twice = rebuilt(exercise, once.notebook)
    assert twice.notebook == once.notebook and twice.warnings == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"{not json", b"\xff\xfe\x00", b"[]", b"3", b'{"nbformat": 4}', b'{"cells": 3}',
     b'{"nbformat": 99, "cells": []}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_notebook_becomes_the_empty_one(exercise: Exercise, raw: bytes) -> None:
    intake = rebuild(raw, exercise)
    assert not intake.readable and len(intake.warnings) == 1
    assert sources(intake) == {cell.id: cell.source for cell in exercise.student_edition.cells}


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("skip_checks", "has tags in cells' metadata"),
        ("points_nan", "changed nbgrader's metadata of"),
        ("grade_false", "changed nbgrader's metadata of"),
        ("schema_99", "changed nbgrader's metadata of"),
        ("unlock_checks", "changed the check ex2-prune-check"),
        ("checks_to_markdown", "changed the type of"),
        ("reverse_cells", "in another order"),
        ("duplicate_checks", "more than one cell that claims to be ex2-prune-check"),
        ("unknown_kernel", "not Python's ('malbolge')"),
        ("format_3", "old notebook format"),
        ("odd_types", "cells of an odd type"),
    ],
)
def test_what_is_undone_is_named(exercise: Exercise, tmp_path: Path, edit: str, words: str) -> None:
    path = tmp_path / f"{NAME}.ipynb"
    nbformat.write(solved(exercise), path)
    getattr(notebook_edits, edit)(Place(tmp_path, NAME, tmp_path, tmp_path))
    intake = rebuild(path.read_bytes(), exercise)
    assert [warning for warning in intake.warnings if words in warning]
    assert all(warning.startswith(NAME) for warning in intake.warnings)


def test_halves_of_characters_and_giant_cells(exercise: Exercise) -> None:
    notebook = solved(exercise)
    notebook.cells[1].source = "# \ud800"
    nbformat.writes(rebuilt(exercise, notebook).notebook).encode()
    notebook.cells[1].source = "#" * 600_000
    intake = rebuilt(exercise, notebook)
    assert not intake.readable and "500,000 characters" in intake.warnings[0]


def test_edited_checks_points_and_order_change_nothing(exercise: Exercise) -> None:
    notebook = solved(exercise)
    for cell in notebook.cells:
        if cell.id.endswith("-check"):
            cell.source = "pass"
            cell.metadata.nbgrader.update(points=100, locked=False, solution=True)
    notebook.cells.reverse()
    intake = rebuilt(exercise, notebook)
    assert intake.notebook == rebuilt(exercise, solved(exercise)).notebook


def test_lost_metadata_is_recovered_by_id(exercise: Exercise) -> None:
    notebook = solved(exercise)
    for cell in notebook.cells:
        cell.metadata = {}
    intake = rebuilt(exercise, notebook)
    assert intake.notebook == rebuilt(exercise, solved(exercise)).notebook
    assert "lost nbgrader metadata" in intake.warnings[0]


def test_lost_ids_are_recovered_by_what_a_cell_defines(exercise: Exercise) -> None:
    notebook = solved(exercise)
    for cell in notebook.cells:
        cell.metadata = {}
        del cell["id"]
    found, wanted = sources(rebuilt(exercise, notebook)), answers(exercise)
    assert all(found[task] == wanted[task] for task in wanted if task.endswith("-task"))


def test_deleted_cells_are_put_back_and_named(exercise: Exercise) -> None:
    notebook = solved(exercise)
    notebook.cells = [c for c in notebook.cells if c.id not in ("ex2-prune-check", "ex2-setup")]
    intake = rebuilt(exercise, notebook)
    assert "ex2-prune-check" in intake.warnings[0] and "ex2-setup" in intake.warnings[0]
    assert sources(intake)["ex2-prune-check"] == answers(exercise)["ex2-prune-check"]


def test_own_cells_stay_behind_the_cell_they_followed(exercise: Exercise) -> None:
    notebook = solved(exercise)
    place = [cell.id for cell in notebook.cells].index("ex2-prune-task")
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell("my_helper = 1"))
    cells = rebuilt(exercise, notebook).notebook.cells
    position = [cell.source for cell in cells].index("my_helper = 1")
    assert cells[position - 1].id == "ex2-prune-task"


@pytest.mark.parametrize(
    "metadata", [[], None, "x", {"nbgrader": []}, {"nbgrader": {"grade_id": 3}}]
)
def test_metadata_of_any_shape_is_survived(exercise: Exercise, metadata: object) -> None:
    notebook = json.loads(nbformat.writes(solved(exercise)))
    for cell in notebook["cells"]:
        cell["metadata"] = metadata
    intake = rebuild(json.dumps(notebook).encode(), exercise)
    assert sources(intake)["ex2-prune-task"] == answers(exercise)["ex2-prune-task"]
