"""Filling the outline: which pieces are found in notebooks, and what is said where not."""

import pytest

from labkit.report.collect import fill
from labkit.report.outline import parse_outline
from labkit.report.pictures import PictureFolder
from labkit.report.pieces import PieceMaker
from tests.labkit.report.notebooks import ALL, FRAME, OUTLINE, code, filled, kinds, shown, words


def test_a_whole_lab_has_every_piece_and_misses_none(tmp_path):
    content = filled(tmp_path, *ALL)
    assert content.missing == []
    assert kinds(content) == [["table", "written"], ["table", "figure", "table"], ["code", "code"]]
    assert content.left_out == ["Extra"]


def test_what_is_missing_says_what_to_do(tmp_path):
    content = filled(
        tmp_path,
        code("ex1-a-see", "df = table()"),
        words("ex1-words-written", "YOUR ANSWER HERE"),
        code("ex1-b-see", "b", shown(**{"text/html": FRAME})),
        code("ex1-c-see", "c", {"output_type": "error", "ename": "NameError"}),
        code("ex1-f-task", "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"),
    )
    text = "\n".join(content.missing)
    for sentence in (
        "Run Exercise 1.1 in ex1.ipynb (a table).",
        "Write your answer to Exercise 1.2.",
        "Exercise 2A ended with NameError: mend it and run it (also of A).",
        "Options: 1 of 2 options so far.",
        "Write f in Exercise 1.3.",
    ):
        assert sentence in text
    assert "2B" not in text  # not chosen, so neither its table nor its code is asked for


def test_a_notebook_that_is_not_there_is_named_once(tmp_path):
    content = fill(parse_outline(OUTLINE, "lab"), PieceMaker({}, PictureFolder(tmp_path)))
    assert content.missing == ["ex1.ipynb is not in the folder."]


@pytest.mark.parametrize("keep", ["colab", "nbgrader", "text"])
def test_cells_are_found_when_an_editor_lost_their_ids(tmp_path, keep):
    cells = []
    for cell in (words("w", "## 1.2 in words"), *ALL[1::-1]):
        name = cell.pop("id") if "id" in cell else ""
        metadata = {"colab": {"id": name}, "nbgrader": {"nbgrader": {"grade_id": name}}, "text": {}}
        cells.append({**cell, "metadata": metadata[keep]})
        cell["id"] = name
    assert kinds(filled(tmp_path, *cells))[0] == ["table", "written", "missing"][:2]


def test_odd_cells_are_no_trouble(tmp_path):
    odd = [None, 3, {}, {"cell_type": "code", "outputs": 5, "metadata": [], "source": None}]
    odd += [code("x", ["a\n", "b"], {"data": None}, {"data": {"text/html": 7}})]
    content = filled(tmp_path, *odd, *ALL)
    assert content.missing == []


def test_neighbours_stand_beside_each_other_unless_they_are_wide(tmp_path):
    beside = OUTLINE.replace('caption = "Also of A."', 'caption = "Also of A."\nbeside = true')
    assert kinds(filled(tmp_path, *ALL, outline=beside))[1] == ["pair", "table"]
    wide = "<table><tr>" + "<th>a</th>" * 9 + "</tr><tr>" + "<td>1</td>" * 9 + "</tr></table>"
    cells = list(ALL)
    cells[2] = code("ex1-b-see", "b", shown(**{"text/html": wide}))
    assert kinds(filled(tmp_path, *cells, outline=beside))[1] == ["table", "figure", "table"]
