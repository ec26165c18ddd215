"""The whole report: the command, what stands in the PDF, and bad input in one sentence."""

import base64
import sys
from pathlib import Path

import pytest
import typer

from labkit.commands import report as command
from labkit.report import ReportError, build_report
from labkit.report.typeset import typeset, write_whole
from tests.labkit.report.notebooks import FRAME, code, png, save, shown, words

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
