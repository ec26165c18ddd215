"""The source notebooks hold to the format: ids, points, nbgrader's metadata, no outputs."""

import ast
import json
import re

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import CheckCellMetadata, ClearSolutions

from tests.labs.execution import LAB, NOTEBOOKS, read

POINTS = {
    "ex1_base_model": {"ex1-hardware-check": 0.5, "ex1-baseline-check": 0.5},
    "ex2_magnitude_pruning": {
        "ex2-prune-check": 0.5,
        "ex2-sparsity-check": 1,
        "ex2-size-check": 1,
        "ex2-repeated-check": 1,
        "ex2-imp-check": 1,
        "ex2-plot-check": 0.5,
        "ex2-trends-written": 0.5,
    },
    "ex3_your_model": {
        "ex3-own-check": 1,
        "ex3-options-check": 1.5,
        "ex3-conclusions-written": 0.5,
    },
    "ex4_extra_credit": {"ex4-method-check": 1, "ex4-quantize-check": 1},
    "ex5_contributions": {"ex5-contributions-written": 0.5},
}
OF_OPTIONS = {"ex3-options-check"}  # behind the tasks of the options, which have own checks
every_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def graded(cells: list[NotebookNode]) -> dict[str, float]:
    """Name to points of the graded cells."""
    metas = [cell.metadata.get("nbgrader", {}) for cell in cells]
    return {meta["grade_id"]: meta["points"] for meta in metas if meta.get("grade")}


def sections(notebook: NotebookNode) -> list[tuple[str, list[NotebookNode]]]:
    """Split at the headings of level two, each with the cells below it."""
    found: list[tuple[str, list[NotebookNode]]] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            found.append((cell.source.splitlines()[0], []))
        if found:
            found[-1][1].append(cell)
    return found


@every_notebook
def test_notebook_is_valid_for_nbformat_and_nbgrader(name: str) -> None:
    notebook = read(name)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    CheckCellMetadata().preprocess(notebook, {})


@every_notebook
def test_points_are_those_of_the_course(name: str) -> None:
    assert graded(read(name).cells) == POINTS[name]


@every_notebook
def test_points_in_headings_equal_points_in_cells(name: str) -> None:
    told = 0.0
    for heading, cells in sections(read(name)):
        match = re.search(r"\(([\d.]+) points?\)$", heading)
        points = float(match[1]) if match else 0.0
        assert points == sum(graded(cells).values()), heading
        told += points
    total = re.search(r"\*\*Points:\*\* ([\d.]+)", read(name).cells[0].source)
    assert total is not None
    assert float(total[1]) == told == sum(POINTS[name].values())


@every_notebook
def test_cell_ids_are_grade_ids_and_say_what_a_cell_is(name: str) -> None:
    cells = read(name).cells
    assert len({cell.id for cell in cells}) == len(cells)
    for cell in cells:
        meta = cell.metadata.get("nbgrader")
        assert cell.id.startswith(name.split("_")[0] + "-")
        if meta is None:
            assert not cell.id.endswith(("-task", "-check", "-written", "-setup")), cell.id
            continue
        assert meta.grade_id == cell.id
        kinds = {
            (False, True, False): "task",
            (True, False, True): "check",
            (True, True, False): "written",
            (False, False, True): ("setup", "check", "see"),  # read-only, and gives no points
        }
        assert cell.id.split("-")[-1] in kinds[meta.grade, meta.solution, meta.locked]


@every_notebook
def test_each_check_follows_its_task(name: str) -> None:
    ids = [cell.id for cell in read(name).cells]
    checks = [cell_id for cell_id in ids if cell_id.endswith("-check")]
    checks = [cell_id for cell_id in checks if cell_id not in OF_OPTIONS]
    for check in checks:
        assert ids.index(check.replace("-check", "-task")) < ids.index(check)


@every_notebook
def test_checks_are_asserts_that_each_say_what_is_wrong(name: str) -> None:
    for cell in read(name).cells:
        if cell.id.endswith("-check") and cell.id not in OF_OPTIONS:
            asserts = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Assert)]
            assert len(asserts) >= 5, cell.id
            assert all(node.msg is not None for node in asserts), cell.id
            assert "print(" not in cell.source


@every_notebook
def test_file_is_diffable_and_without_outputs(name: str) -> None:
    text = (LAB / f"{name}.ipynb").read_text(encoding="utf-8")
    content = json.loads(text)
    assert text == json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    for cell in content["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert set(cell["metadata"]) <= {"nbgrader"}


@every_notebook
def test_student_edition_has_stubs_with_signatures_and_steps(name: str) -> None:
    notebook, _ = ClearSolutions().preprocess(read(name), {})
    for cell in notebook.cells:
        assert "BEGIN SOLUTION" not in cell.source
        assert "MARK SCHEME" not in cell.source
        if cell.id.endswith("-task"):
            body = [n for n in ast.parse(cell.source).body if not isinstance(n, ast.Assign)]
            for function in body:
                assert isinstance(function, ast.FunctionDef), cell.id
                assert function.returns is not None
                assert ast.get_docstring(function)
                stub = ast.get_source_segment(cell.source, function) or ""
                assert "# 1." in stub
                assert stub.endswith("raise NotImplementedError()")


@every_notebook
def test_written_answers_have_a_marking_scheme(name: str) -> None:
    for cell in read(name).cells:
        if cell.id.endswith("-written"):
            assert "### BEGIN MARK SCHEME" in cell.source
            assert "### END MARK SCHEME" in cell.source
