"""`labkit check` and `labkit submit` on small notebooks, with real kernels."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from labkit.commands import student
from labkit.errors import LabkitError
from labkit.guide.submission import lab_name, safe_name
from tests.labkit.guide_notebooks import STUB, check, code, lab, task, text, write, written

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    place = tmp_path / "lab9_small"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def labkit():
    """Run a command; return its exit code and what it prints, or the sentence it ends with."""
    app = typer.Typer()
    student.register(app)

    def run(*args, answer=""):
        result = CliRunner(env={"COLUMNS": "200"}).invoke(app, list(args), input=answer)
        if isinstance(result.exception, LabkitError):
            return 1, f"labkit: {result.exception}"
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output

    return run


def ran(path):
    """Whether a notebook has outputs or counts."""
    cells = json.loads(path.read_text())["cells"]
    return any(cell.get("execution_count") for cell in cells)


def test_check_says_how_each_task_stands_and_changes_nothing(labkit, folder):
    path = lab(folder)
    before = path.read_bytes()
    status, said = labkit("check")
    assert status == 0, said
    assert re.search(r"2\.2 Doubling +│ +1 │ passes", said)
    assert re.search(r"2\.3 Why +│ +0\.5 │ 3 words", said)
    assert path.read_bytes() == before
    assert [p.name for p in folder.iterdir()] == ["ex2_small.ipynb"]


def test_check_says_what_to_look_at(labkit, folder):
    lab(folder, "def double(x):\n    return x", "YOUR ANSWER HERE")
    cells = [
        text("## 1.1 One (1 point)"),
        task(STUB.format("one"), "ex1-one-task"),
        code("one(1)", "ex1-one-try"),
        check("assert one(1)", "ex1-one-check"),
        code("made = 1 / 0", "ex1-more-see"),
        code("made + 1", "ex1-again-see"),
    ]
    write(folder / "ex1_one.ipynb", cells)
    status, said = labkit("check")
    assert status == 1
    for words in ("not written yet: one", "twice 4 is 8", "ex1-more-see: ZeroDivisionError"):
        assert words in said
    assert "division by zero (and 1 more cell after it)" in said
    assert "ex1-one-try" not in said


def test_check_of_one_task_leaves_out_what_it_does_not_need(labkit, folder):
    cells = [
        code("import math", "ex2-setup"),
        text("## 2.1 One (1 point)"),
        task("def one(): return 1", "ex2-one-task"),
        code("open('slow', 'w').close()\nresult = one()", "ex2-one-see"),
        check("assert one() == 1", "ex2-one-check"),
        text("## 2.2 Two (1 point)"),
        task("def two(): return 2", "ex2-two-task"),
        check("assert two() == 2 * result", "ex2-two-check"),
    ]
    write(folder / "ex2_x.ipynb", cells)
    assert labkit("check", "ex2", "--task", "2.1")[0] == 0
    assert not (folder / "slow").exists()
    assert labkit("check", "ex2_x.ipynb", "--task", "2.2")[0] == 0
    assert (folder / "slow").exists()
    assert "the tasks are 2.1, 2.2" in labkit("check", "--task", "7.7")[1]


def test_bad_targets_are_one_sentence(labkit, folder):
    assert "no notebook of a lab" in labkit("check")[1]
    assert "'nothing'" in labkit("check", "nothing")[1]
    assert "'nowhere'" in labkit("submit", "nowhere", "--name", "ada")[1]
    (folder / "ex1_x.ipynb").write_text("{")
    assert "ex1_x.ipynb is damaged" in labkit("check")[1]


def test_submit_runs_packs_and_gives_a_receipt(labkit, folder):
    path = lab(folder)
    write(folder / "ex1_one.ipynb", [text("## 1.1 A (1 point)"), check("assert 1", "ex1-a-check")])
    (folder / "report.pdf").write_bytes(b"%PDF-")
    (folder / "results").mkdir()
    (folder / "results" / "base.csv").write_text("a\n1\n")
    (folder / "results" / "kept.pt").write_text("weights")
    (folder / "link.csv").symlink_to("/etc/hostname")
    status, said = labkit("submit", "--name", "Ada Löve", answer="y\n")
    assert status == 0, said
    assert ran(path)
    archive = folder / "lab9_small-Ada_Löve.zip"
    with zipfile.ZipFile(archive) as packed:
        contents = {name: packed.read(name) for name in packed.namelist()}
    receipt = json.loads(contents.pop("lab9_small/receipt.json"))
    names = ["ex1_one.ipynb", "ex2_small.ipynb", "report.pdf", "results/base.csv"]
    assert sorted(receipt["sha256"]) == names
    for name, digest in receipt["sha256"].items():
        assert hashlib.sha256(contents.pop(f"lab9_small/{name}")).hexdigest() == digest
    assert not contents
    assert datetime.fromisoformat(receipt["time"]).utcoffset() is not None
    assert (receipt["lab"], receipt["labkit"]) == ("lab9_small", "0.1.0")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() in said
    assert "link.csv is a link" in said
    assert "MB" in said
    assert not list(folder.glob(".*"))


def test_submit_does_not_run_again_what_was_run(labkit, folder):
    path = lab(folder)
    labkit("submit", "--name", "ada", "--run")
    before = path.read_bytes()
    status, said = labkit("submit", "--name", "ada")
    assert (status, path.read_bytes()) == (0, before)
    assert "Not run" not in said
    book = json.loads(before)
    book["cells"][3]["execution_count"] = 99
    path.write_text(json.dumps(book))
    assert "Not run from top to bottom" in labkit("submit", "--name", "ada", "--no-run")[1]


def test_submit_warns_of_what_is_missing(labkit, folder):
    path = lab(folder, STUB.format("double"), "YOUR ANSWER HERE")
    before = path.read_bytes()
    status, said = labkit("submit", "--no-run", answer="ada\n")
    assert status == 0
    for words in ("2.2 Doubling: double not written", "2.3 Why: no answer", "notebook of ex1"):
        assert words in said
    assert "Careful: ex2_small.ipynb has not been run" in said
    assert path.read_bytes() == before
    assert (folder / "lab9_small-ada.zip").exists()


def test_submit_names_cells_that_fail_and_lost_answers(labkit, folder):
    cells = [
        code("1 / 0", "ex1-a-see"),
        text("## 1.1 A (1 point)"),
        check("assert 1", "ex1-a-check"),
    ]
    write(folder / "ex1_x.ipynb", cells)
    said = labkit("submit", "--name", "a", "--run")[1]
    assert "stop with an error: ex1-a-see" in said
    assert "1.1 A: the cell for your answer is gone" in said


def test_a_notebook_of_colab_can_be_run(labkit, folder):
    path = lab(folder)
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        cell["metadata"] = {"id": cell.pop("id")}
    path.write_text(json.dumps(book | {"nbformat_minor": 0, "metadata": {}}))
    assert labkit("check")[0] == 0
    assert labkit("submit", "--name", "a", "--run")[0] == 0
    assert ran(path)


def test_ctrl_c_leaves_the_notebook_as_it_was(folder):
    path = lab(folder, "import time\nopen('started', 'w').close()\ntime.sleep(60)")
    before = path.read_bytes()
    program = (
        "from labkit import cli; from labkit.commands import student; import sys\n"
        "app = cli.app; known = {c.callback.__name__ for c in app.registered_commands}\n"
        "'submit' in known or student.register(app)\n"
        "sys.argv = ['labkit', 'submit', '--name', 'ada', '--run']; cli.main()"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (folder / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode != 0
    assert err.strip().endswith("labkit: Interrupted; ex2_small.ipynb is as it was.")
    assert "Traceback" not in err
    assert path.read_bytes() == before
    assert not list(folder.glob("*.zip"))


def test_copies_are_left_out_and_browsers_numbers_dropped(labkit, folder):
    path = lab(folder)
    (folder / "ex2_small-Copy1.ipynb").write_bytes(path.read_bytes())
    other = lab(folder).rename(folder / "ex3_other (1).ipynb")
    assert other.exists()
    path = lab(folder)
    status, said = labkit("submit", "--name", "a", "--no-run")
    assert status == 0
    assert "ex2_small-Copy1.ipynb is a copy" in said
    with zipfile.ZipFile(folder / "lab9_small-a.zip") as packed:
        assert packed.namelist() == [
            "lab9_small/ex2_small.ipynb",
            "lab9_small/ex3_other.ipynb",
            "lab9_small/receipt.json",
        ]


def test_extra_credit_and_options_need_not_be_written(labkit, folder):
    cells = [
        text("## 3.2A One (option)"),
        task(STUB.format("a"), "ex3-a-task"),
        code("OPTIONS = ''\nif 'A' in OPTIONS:\n    a(1)", "ex3-a-check"),
        text("## 3.2 Two (1 point)"),
        check("assert OPTIONS == ''", "ex3-options-check"),
    ]
    write(folder / "ex1_options.ipynb", cells)
    cells = [text("## 4.1 X (1 point)"), task(STUB.format("x")), check("x(1)", "ex4-x-check")]
    write(folder / "ex2_extra_credit.ipynb", cells)
    status, said = labkit("check")
    assert status == 0, said
    assert "an option, not written: a" in said
    assert "extra credit, not written: x" in said
    said = labkit("submit", "--name", "a", "--no-run")[1]
    assert "x not written yet, which is extra credit" in said
    assert "3.2" not in said


def test_a_notebook_of_text_needs_no_kernel(labkit, folder, monkeypatch):
    cells = [text("## 5.1 Who (0.5 points)"), written("All of us.", "ex5-who-written")]
    write(folder / "ex1_who.ipynb", cells)
    monkeypatch.setitem(sys.modules, "nbclient", None)
    assert labkit("check")[0] == 0
    lab(folder)
    assert "nbclient" in labkit("check")[1]


def test_names_for_files():
    assert safe_name(" Jörg Müller ") == "Jörg_Müller"
    assert safe_name("../../etc/passwd") == "etc_passwd"
    assert len(safe_name("x" * 300)) == 80
    with pytest.raises(LabkitError):
        safe_name("/ . /")


def test_the_lab_keeps_its_name_in_a_folder_of_another(tmp_path):
    assert lab_name(tmp_path) == tmp_path.name
    (tmp_path / "README.md").write_text("# lab1_magnitude\n\nWords.\n")
    assert lab_name(tmp_path) == "lab1_magnitude"
    (tmp_path / "README.md").write_text("# My notes on ../labs\n")
    assert lab_name(tmp_path) == tmp_path.name


def test_nbgrader_collects_the_zips(labkit, folder, tmp_path):
    """With the pattern that instructors put into `nbgrader_config.py`."""
    from nbgrader.apps import ZipCollectApp

    lab(folder)
    labkit("submit", "--name", "Jörg Müller", "--no-run")
    course = tmp_path / "course"
    archive = course / "downloaded" / "lab9_small" / "archive"
    archive.mkdir(parents=True)
    for lms in ("", "12345_678_"):  # some put numbers in front
        name = f"{lms}lab9_small-{'Jörg_Müller' if not lms else 'eve'}.zip"
        (archive / name).write_bytes((folder / "lab9_small-Jörg_Müller.zip").read_bytes())
    app = ZipCollectApp()
    app.config.CourseDirectory.root = str(course)
    app.config.CourseDirectory.assignment_id = "lab9_small"
    app.config.CourseDirectory.submitted_directory = "submitted"
    app.config.FileNameCollectorPlugin.named_regexp = (
        r".*[/\\][^/\\]*lab\d\w*-(?P<student_id>[^/\\]+)[/\\](?:[^/\\]+[/\\])?"
        r"(?P<file_id>ex\d[^/\\]*)\.ipynb$"
    )
    app.initialize(["lab9_small", "--force"])
    app.start()
    found = sorted(
        p.relative_to(course / "submitted") for p in course.glob("submitted/*/*/*.ipynb")
    )
    assert [str(p) for p in found] == [
        "Jörg_Müller/lab9_small/ex2_small.ipynb",
        "eve/lab9_small/ex2_small.ipynb",
    ]
