"""The report's other pieces: code, words and pictures."""

import base64
import json

import pytest

from labkit.report.listings import StillToWriteError, listing
from labkit.report.notebook import read_notebook
from labkit.report.pictures import PictureFolder
from labkit.report.prose import answer, clean, prose
from labkit.report.symbols import readable
from tests.labkit.report.notebooks import code, filled, png, save, shown, words


def test_a_listing_has_one_function_without_steps_and_long_docstring():
    source = '''
import os

def f(x: int) -> int:
    """Return it.

    Args:
        x: A number.
    """
    # 1. Do this,
    #    and that.
    {begin} SOLUTION
    # mine
    return x
    {end} SOLUTION


def g() -> None:
    """One line."""
'''.replace("{begin}", "#" * 3 + " BEGIN").replace("{end}", "#" * 3 + " END")
    expected = 'def f(x: int) -> int:\n    """Return it."""\n    # mine\n    return x'
    assert listing(source, ("f",)) == (expected, 0)
    assert listing(source, ("g",))[0] == 'def g() -> None:\n    """One line."""'


def test_a_listing_is_cut_and_unfinished_code_is_shown():
    text, left_out = listing("def f():\n" + "    x = 1\n" * 100, ("f",))
    assert (len(text.splitlines()), left_out) == (60, 41)
    assert listing("def f(:", ("f",)) == ("def f(:", 0)
    assert listing("x = '\\d'") == ("x = '\\d'", 0)
    assert max(map(len, listing(f"x = '{'a' * 500}'")[0].splitlines())) <= 100
    with pytest.raises(StillToWriteError, match="g"):
        listing("def f(): pass", ("g",))


def test_an_answer_is_a_tree_of_plain_data():
    nodes = prose("A **b** [c](https://d.e) [f](javascript:g) `h` <i>j</i>\n\n- k\n\n|l|\n|-|\n|m|")
    assert [node["type"] for node in nodes] == ["paragraph", "list", "table"]
    kinds = [node["type"] for node in nodes[0]["body"]]
    assert "strong" in kinds and "link" in kinds and "codespan" in kinds
    assert [node["url"] for node in nodes[0]["body"] if "url" in node] == ["https://d.e"]
    assert {"type": "text", "text": "<i>"} in nodes[0]["body"]


def test_answers_lose_the_placeholder_and_the_marking_scheme():
    scheme = "#" * 3 + " BEGIN MARK SCHEME\n0.25 each\n" + "#" * 3 + " END MARK SCHEME"
    assert answer(f"Mine.\n\n{scheme}\n") == "Mine."
    assert answer("YOUR ANSWER HERE") == ""


def test_formulas_are_readable():
    formula = r"\Delta(s) = \frac{1}{n_{12}} \cdot \text{size} \le 10^{-3}"
    assert readable(formula) == "Δ(s) = 1/(n_(12)) · size ≤ 10^(-3)"
    assert readable(r"\unknown{x}") == r"\unknown{x}"


def test_text_cannot_stop_the_typesetting():
    assert clean("a\x00b\ud800c\x1b[31md") == "abcd"
    assert max(map(len, clean("x" * 90).split("\u200b"))) <= 20


@pytest.mark.parametrize("broken", ["", "!!", base64.b64encode(b"no picture").decode(), png()[:60]])
def test_a_damaged_picture_is_left_out(tmp_path, broken):
    assert PictureFolder(tmp_path).add(broken) is None


def test_a_drawing_is_kept_where_it_can_be_drawn(tmp_path):
    folder = PictureFolder(tmp_path)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><rect/></svg>'
    assert folder.add_svg(svg) == {"file": "picture1.svg", "width_cm": 2.54}
    assert folder.add_svg("<svg>") is None
    cell = read_notebook(
        save(tmp_path / "x.ipynb", code("c", "c", shown(**{"image/svg+xml": svg})))
    )
    assert len(folder.of_outputs(cell.cells[0])) == 1


def test_a_pasted_picture_is_shown_and_others_are_not(tmp_path):
    attachments = {"p.png": {"image/png": png()}}
    text = "See ![](attachment:p.png) ![](https://x.y/z.png) ![](../../secret.png)"
    content = filled(tmp_path, words("ex1-words-written", text, attachments=attachments))
    (written,) = (i for i in content.sections[0]["items"] if i["kind"] == "written")
    assert json.dumps(written).count(".png") == 1
    assert (tmp_path / "picture1.png").is_file()
