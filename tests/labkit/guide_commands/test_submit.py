"""`labkit submit` on small notebooks, with real kernels: it runs, packs and warns."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from pathlib import Path

from tests.labkit.guide_notebooks import STUB, check, code, lab, text, write

ROOT = Path(__file__).resolve().parents[3]


def ran(path):
    """Whether a notebook has outputs or counts."""
    cells = json.loads(path.read_text())["cells"]
    return any(cell.get("execution_count") for cell in cells)


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
