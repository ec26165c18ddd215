"""The report's outline: how it is read, and that it fits the lab's own notebooks."""

from pathlib import Path

import pytest

from labkit.report.listings import listing
from labkit.report.notebook import read_notebook
from labkit.report.outline import Outline, outlines, parse_outline
from tests.labkit.report.notebooks import OUTLINE

LABS = Path(__file__).resolve().parents[3] / "labs"
PIECES = [
    pytest.param(outline.lab, item, id=f"{outline.lab}-{item.cell}-{item.kind}")
    for outline in outlines()
    for section in outline.sections
    for item in section.items
    if item.kind != "text"
]


def test_every_outline_can_be_read_and_names_each_piece():
    for outline in outlines():
        items = [item for section in outline.sections for item in section.items]
        for item in items:
            if item.kind != "text":
                assert item.notebook and item.task, item
            if item.kind in ("table", "figure", "code"):
                assert item.caption.endswith("."), item
        assert len(items) > 10


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind should be one of"):
        parse_outline(OUTLINE.replace('"table"', '"tabel"', 1), "lab")


def test_an_outline_names_its_notebooks_once():
    outline = parse_outline(OUTLINE, "lab")
    assert isinstance(outline, Outline)
    assert outline.notebooks == ("ex1", "ex2")


@pytest.mark.parametrize(("lab_name", "item"), PIECES)
def test_the_outline_fits_the_lab(lab_name, item):
    notebook = read_notebook(LABS / lab_name / f"{item.notebook}.ipynb")
    cell = notebook.find(item.cell)
    assert cell is not None, "no cell has this id"
    if item.find or item.after:
        assert notebook.find("", item.find, item.after) is cell, "the text finds another cell"
    if item.kind == "code":
        assert listing(cell.source, item.functions)[0].startswith(("def ", "class ", "@"))
