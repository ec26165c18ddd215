"""The PDF report: what is found in notebooks, how it is written, and what is said where not."""

import base64
import io
import json
import sys
from pathlib import Path

import pytest
import typer

from labkit.commands import report as command
from labkit.report import ReportError, build_report
from labkit.report.collect import fill
from labkit.report.columns import column, header
from labkit.report.listings import StillToWriteError, listing
from labkit.report.notebook import read_notebook
from labkit.report.outline import Outline, outlines, parse_outline
from labkit.report.pictures import PictureFolder
from labkit.report.pieces import PieceMaker
from labkit.report.prose import answer, clean, prose
from labkit.report.symbols import readable
from labkit.report.tables import tables_in
from labkit.report.typeset import typeset, write_whole

FRAME = """<div><table class="dataframe"><thead><tr><th></th><th>iteration</th><th>latency_s</th>
<th>parameters</th></tr></thead><tbody>
<tr><th>0</th><td>0</td><td>0.00123</td><td>1470474</td></tr>
<tr><th>1</th><td>1</td><td>0.01234</td><td>1024</td></tr></tbody></table></div>"""
OUTLINE = """
course = "Course"
title = "A lab"
[[section]]
title = "Results"
notebook = "ex1"
[[section.item]]
kind = "table"
cell = "ex1-a-see"
find = "df = table("
task = "1.1"
caption = "A table."
[[section.item]]
kind = "written"
cell = "ex1-words-written"
after = "in words"
task = "1.2"
[[section]]
title = "Options"
notebook = "ex1"
options = 2
[[section.item]]
kind = "table"
cell = "ex1-b-see"
task = "2A"
caption = "Of A."
option = "A"
[[section.item]]
kind = "figure"
cell = "ex1-c-see"
task = "2A"
caption = "Also of A."
option = "A"
[[section.item]]
kind = "table"
cell = "ex1-d-see"
task = "2B"
caption = "Of B."
option = "B"
[[section]]
title = "Extra"
notebook = "ex2"
extra = true
[[section.item]]
kind = "table"
cell = "ex2-a-see"
task = "3"
caption = "More."
[[section]]
title = "Code"
notebook = "ex1"
[[section.item]]
kind = "code"
cell = "ex1-f-task"
functions = ["f"]
task = "1.3"
caption = "f."
[[section.item]]
kind = "code"
cell = "ex1-g-task"
functions = ["g"]
task = "2B"
caption = "g."
option = "B"
"""


def png(width=20, height=10):
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(buffer, "PNG", dpi=(100, 100))
    return base64.b64encode(buffer.getvalue()).decode()


def shown(**data):
    return {"output_type": "display_data", "data": data, "metadata": {}}


def code(name, source="", *outputs):
    cell = {"cell_type": "code", "id": name, "metadata": {}, "source": source}
    return {**cell, "execution_count": 1 if outputs else None, "outputs": list(outputs)}


def words(name, source, **more):
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source, **more}


def save(path, *cells):
    content = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def filled(folder, *cells, outline=OUTLINE):
    notebook = read_notebook(save(folder / "ex1.ipynb", *cells))
    maker = PieceMaker({"ex1": notebook}, PictureFolder(folder))
    return fill(parse_outline(outline, "lab"), maker)


def kinds(content):
    return [[item["kind"] for item in section["items"]] for section in content.sections]


ALL = (
    code("ex1-a-see", "df = table()", shown(**{"text/html": FRAME})),
    words("ex1-words-written", "Because **it** is."),
    code("ex1-b-see", "b", shown(**{"text/html": FRAME})),
    code("ex1-c-see", "c", shown(**{"image/png": png()})),
    code("ex1-d-see", "d", shown(**{"text/html": FRAME})),
    code("ex1-f-task", "def f(x):\n    return x"),
    code("ex1-g-task", "def g(x):\n    return -x"),
)


# ---- the lab's outline ------------------------------------------------------------------------


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


# ---- filling it -------------------------------------------------------------------------------


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


# ---- tables -----------------------------------------------------------------------------------


def test_a_table_has_units_and_sensible_digits_and_no_counting_index():
    (table,) = tables_in([FRAME])
    assert table.headers == ["Round", "Latency (ms)", "Parameters"]
    assert table.rows == [["0", "1.23", "1\u2009470\u2009474"], ["1", "12.34", "1024"]]
    assert table.numeric == [True, True, True]


def test_tables_with_the_same_header_become_one_and_words_stay():
    small = "<table><thead><tr><th></th><th>dense</th></tr><tr><th>sparsity in %</th><th></th></tr>"
    small += "</thead><tbody><tr><th>out</th><td>{}</td></tr></tbody></table>"
    (table,) = tables_in([small.format("0.0"), small.format("32.954")])
    assert table.headers == ["sparsity in %".capitalize(), "Dense"]
    assert table.rows == [["out", "0.00"], ["out", "32.95"]]


def test_spans_keep_columns_in_step():
    html = """<table><thead><tr><th>a</th><th>b</th><th colspan="2">c</th></tr></thead>
    <tr><th rowspan="2">x</th><td>1</td><td>2</td><td>3</td></tr><tr><td>4</td><td>5</td></tr>
    <tr><th colspan="9999999999">y</th></tr></table>"""
    (table,) = tables_in([html.replace('colspan="9999999999"', 'rowspan="oops"')])
    assert table.rows == [["x", "1", "2", "3"], ["", "4", "5", "–"], ["y", "–", "–", "–"]]


def test_a_large_table_is_cut_with_a_word():
    row = "<tr>" + "<td>1</td>" * 20 + "</tr>"
    (table,) = tables_in(["<table><tr>" + "<th>n</th>" * 20 + "</tr>" + row * 50 + "</table>"])
    assert (len(table.rows), len(table.headers)) == (40, 12)
    assert table.left_out == "In the notebook: 10 more rows and 8 more columns."


@pytest.mark.parametrize(
    ("name", "cells", "printed"),
    [
        ("loss", ["0.123456", "12.3"], ["0.12", "12.30"]),
        ("loss", ["1e-05", "2.5e-05"], ["0.000010", "0.000025"]),
        ("gain", ["-0.001", "NaN"], None),
        ("gain", ["-1.5", ""], ["−1.5", "–"]),
        ("accuracy", ["97.47000", "98.3"], ["97.47", "98.30"]),
        ("n", ["12345", "999"], ["12\u2009345", "999"]),
        ("n", ["1,234,567"], ["1\u2009234\u2009567"]),
        ("what", ["one", "2"], None),
    ],
)
def test_columns(name, cells, printed):
    assert column(name, cells) == ((printed, True) if printed else (cells, False))


@pytest.mark.parametrize(
    ("name", "shown_as"),
    [
        ("disk_mb", "Size (MB)"),
        ("load_time_s", "Load time (s)"),
        ("p50_ms", "P50 (ms)"),
        ("fine_tuned", "Fine-tuned (%)"),
        ("GPU", "GPU"),
        ("size (MB)", "size (MB)"),
    ],
)
def test_headers(name, shown_as):
    assert header(name) == shown_as


# ---- code, words, pictures --------------------------------------------------------------------


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


# ---- the whole --------------------------------------------------------------------------------

NASTY = """#panic("x") #read("/etc/passwd") $y #panic()$ <label> @ref \\ `raw` */ // {"a": 1}

# Head

1. one
   - *two*

> quote

```python
"#" * 3
```

---
"""


@pytest.fixture
def lab(tmp_path):
    """A folder with a part of lab 1."""
    folder = tmp_path / "lab"
    folder.mkdir()
    save(
        folder / "ex1_base_model.ipynb",
        code("ex1-hardware-try", "hardware_table()", shown(**{"text/html": FRAME})),
        code("ex1-weights-show", "plot", shown(**{"image/png": png(900, 300)})),
    )
    save(
        folder / "ex2_magnitude_pruning.ipynb",
        code("ex2-sparsity-task", 'def calculate_sparsity(p):\n    return "#panic()"'),
        words("ex2-trends-written", NASTY),
    )
    return folder


@pytest.fixture
def labkit(monkeypatch, capsys):
    """Run `labkit report`; return its output."""
    app = typer.Typer(pretty_exceptions_enable=False)
    command.register(app)

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["labkit", *map(str, args)])
        with pytest.raises(SystemExit):
            app()
        return capsys.readouterr().out

    return run


def test_the_command_says_what_is_in_the_report_and_what_not(lab, labkit):
    out = labkit(lab, "--name", "Ada Lovelace", "--name", "#panic()")
    assert (lab / "report.pdf").read_bytes().startswith(b"%PDF")
    for words_said in (
        "report.pdf: 2 pages, 1 table, 1 figure, 1 code listing, 1 written answer.",
        "Not there yet:",
        "ex2_magnitude_pruning.ipynb has no cell ex2-repeated-see of Exercise 2.4.",
        "ex3_your_model.ipynb is not in the folder.",
    ):
        assert words_said in out
    assert [path.name for path in lab.glob("*.part")] == []


def test_what_students_wrote_is_text_in_the_pdf(lab, tmp_path):
    pymupdf = pytest.importorskip("pymupdf")
    written = build_report(lab, tmp_path / "new" / "r.pdf", ("Ada Lovelace",))
    with pymupdf.open(written.path) as pdf:
        assert len(pdf) == written.pages
        text = "\n".join(page.get_text() for page in pdf)
    for piece in ('#panic("x")', '#read("/etc/passwd")', "<label>", "Ada Lovelace", "Table 1."):
        assert piece in text
    assert "root:" not in text


def test_the_template_can_read_nothing_outside_its_folder(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.png").write_bytes(base64.b64decode(png()))
    figure = {"kind": "figure", "caption": "", "width": 1.0}
    data = {"title": "", "course": "", "authors": [], "running": "", "date": ""}
    for name in ("../secret.png", str(tmp_path / "secret.png")):
        block = {**figure, "pictures": [{"file": name, "width_cm": 1.0}]}
        sections = [{"title": "a", "items": [block]}]
        with pytest.raises(ReportError, match="cannot be typeset"):
            typeset({**data, "sections": sections}, tmp_path / "inside")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda lab: [p.unlink() for p in lab.iterdir()], "No notebook of a lab is in"),
        (lambda lab: (lab / "ex1_base_model.ipynb").write_text("{oops"), "it is no JSON"),
        (lambda lab: (lab / "ex1_base_model.ipynb").write_text("[" * 99999), "it is no JSON"),
        (lambda lab: (lab / "ex1_base_model.ipynb").write_bytes(b"\xff\xfe\x00"), "damaged"),
        (lambda lab: (lab / "ex1_base_model.ipynb").write_text("[]"), "no notebook of format 4"),
        (lambda lab: [save(p, code("x")) for p in lab.iterdir()], "was run"),
        (lambda lab: (lab / "report.pdf").mkdir(), "Cannot write"),
    ],
)
def test_bad_input_is_one_sentence(lab, spoil, sentence):
    spoil(lab)
    with pytest.raises(ReportError, match=sentence) as caught:
        build_report(lab)
    assert "\n" not in str(caught.value)


def test_no_folder():
    with pytest.raises(ReportError, match="There is no folder"):
        build_report(Path("/nowhere/at/all"))


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "r.pdf"
    write_whole(b"old", path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="Cannot write"):
        write_whole(b"new", tmp_path / "file" / "r.pdf")
    assert path.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "r.pdf"]


def test_an_outline_names_its_notebooks_once():
    outline = parse_outline(OUTLINE, "lab")
    assert isinstance(outline, Outline)
    assert outline.notebooks == ("ex1", "ex2")


def test_headers_of_two_levels_keep_both():
    html = """<table><thead><tr><th></th><th colspan="2">magnitude</th></tr>
    <tr><th></th><th>accuracy</th><th>latency_s</th></tr></thead>
    <tbody><tr><th>0</th><td>97.5</td><td>0.001</td></tr></tbody></table>"""
    (table,) = tables_in([html])
    assert table.headers == ["Magnitude\nAccuracy (%)", "Magnitude\nLatency (ms)"]
    assert table.rows == [["97.5", "1"]]
    data = table.as_data()
    assert data["groups"] == [{"text": "Magnitude", "span": 2}]
    assert data["headers"] == ["Accuracy (%)", "Latency (ms)"]


# ---- the outline against the lab's own notebooks ----------------------------------------------

LABS = Path(__file__).resolve().parents[2] / "labs"
PIECES = [
    pytest.param(outline.lab, item, id=f"{outline.lab}-{item.cell}-{item.kind}")
    for outline in outlines()
    for section in outline.sections
    for item in section.items
    if item.kind != "text"
]


@pytest.mark.parametrize(("lab_name", "item"), PIECES)
def test_the_outline_fits_the_lab(lab_name, item):
    notebook = read_notebook(LABS / lab_name / f"{item.notebook}.ipynb")
    cell = notebook.find(item.cell)
    assert cell is not None, "no cell has this id"
    if item.find or item.after:
        assert notebook.find("", item.find, item.after) is cell, "the text finds another cell"
    if item.kind == "code":
        assert listing(cell.source, item.functions)[0].startswith(("def ", "class ", "@"))
