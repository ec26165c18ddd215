import random

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell

from labkit.guide import check as run
from labkit.guide import places
from labkit.guide.cells import read_notebook
from tests.labkit.guide_notebooks import STUB, check, code, lab, lose_metadata, task, text, write


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """A notebook's shell in an empty folder; no other notebooks can be found."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places, "COURSE_ROOT", tmp_path / "nowhere")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture
def say(shell, capsys):
    """Run source in the notebook, then check a task; return what is printed."""

    def say(source, number="2.2"):
        shell.run_cell(source, store_history=True)
        capsys.readouterr()
        run(number)
        return capsys.readouterr().out

    return say


@pytest.mark.parametrize("keep", ["metadata", "ids", "nothing"])
def test_a_right_answer_passes_and_nothing_stays(say, shell, tmp_path, keep):
    path = lab(tmp_path)
    if keep != "metadata":
        lose_metadata(path, keep == "ids")
    said = say("def double(x): return 2 * x")
    assert said == "2.2 Doubling: all visible checks pass.\n"
    assert "value" not in shell.user_ns


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def double(x): return x", ["twice 4 is 8", "line 3 of the check", "assert value == 8"]),
        (STUB.format("double"), ["`double` is not written yet."]),
        ("pass", ["`double` is not defined", "run the task cell first"]),
        ("def double(x):\n    y = 1\n    return x / 0", ["ZeroDivision", "line 3: return x / 0"]),
        ("def double(x):\n    return undefined", ["undefined", "in your `double`, line 2"]),
        ("def double(x):\n    assert False, 'mine'", ["AssertionError: mine", "in your `double`"]),
        ("def double(x):\n    exit()", ["exit()"]),
        ("def double(x):\n    raise SystemExit(3)", ["calls exit(): take that out"]),
        ("def double(x, y): return x", ["TypeError", "line 1 of the check"]),
        ("def double(x): return double(x)", ["RecursionError"]),
        ("import torch\ndef double(x): return torch.nn.Module()(x)", ["NotImplementedError: Mod"]),
    ],
)
def test_what_is_wrong_is_said_in_words(say, tmp_path, source, words):
    lab(tmp_path)
    said = say(source)
    assert said.startswith("2.2 Doubling: ")
    assert "Traceback" not in said
    for word in words:
        assert word in said


def test_written_answers(say, tmp_path):
    lab(tmp_path, reason="one two three")
    assert say("", "2.3") == "2.3 Why: 3 words, as last saved; a person reads them.\n"
    lab(tmp_path, reason="YOUR ANSWER HERE")
    assert "not written yet" in say("", "2.3")


def test_all_tasks_of_the_notebook_that_runs(say, tmp_path):
    lab(tmp_path)
    write(tmp_path / "ex1_x.ipynb", [text("## 1.1 X (1 point)"), check("assert 1", "ex1-x-check")])
    said = say("import math\n\nFACTOR = 2", "")
    assert said.splitlines()[0].startswith("2.2 Doubling: `double` is not defined")
    assert "2.3 Why" in said
    assert "1.1" not in said


def test_what_cannot_be_found_is_said(say, tmp_path):
    assert "not here" in say("", "2.2")
    lab(tmp_path)
    assert say("", "9.9") == "There is no task '9.9' here; the tasks are 2.2, 2.3.\n"
    assert "Which task?" in say("", "")
    (tmp_path / "broken.ipynb").write_text("{")
    assert "pass" in say("def double(x): return 2 * x", "2.2")


def test_hints_of_the_front_ends(tmp_path, monkeypatch):
    path = lab(tmp_path)
    books = [read_notebook(path)]
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert places.running_notebook(books, {}) is None
    assert places.running_notebook(books, {"__vsc_ipynb_file__": str(path)}) == books[0]
    assert places.running_notebook(books, {"__session__": str(path)}) == books[0]
    monkeypatch.setenv("JPY_SESSION_NAME", "some/where/ex2_small.ipynb")
    assert places.running_notebook(books, {}) == books[0]
    monkeypatch.setenv("JPY_SESSION_NAME", "a-session-without-a-file")
    assert places.running_notebook(books, {}) is None


def test_a_name_from_another_cell_is_explained(say, tmp_path):
    cells = [
        text("## 3.1 Own (1 point)"),
        task("def own(): return 1", "ex3-own-task"),
        code("own_df = own()", "ex3-own-see"),
        check("assert own_df == own()", "ex3-own-check"),
    ]
    write(tmp_path / "ex3_x.ipynb", cells)
    said = say("def own(): return 1", "3.1")
    assert "`own_df` is not defined: run the cell ex3-own-see first." in said


def test_an_option_that_was_not_chosen(say, tmp_path):
    cells = [text("## 3.2A X"), code("assert 1", "ex3-a-check")]
    write(tmp_path / "ex3_x.ipynb", cells)
    assert "not among your OPTIONS" in say('OPTIONS = "B", "C"', "3.2A")
    assert "pass" in say('OPTIONS = "A", "C"', "3.2")


def test_generators_and_figures_stay_as_they_are(say, tmp_path):
    import matplotlib.pyplot as plt

    source = (
        "import random, torch\nimport matplotlib.pyplot as plt\n"
        "torch.manual_seed(1); random.seed(1); plt.figure(); plt.show()\nassert double(1) == 2"
    )
    write(tmp_path / "ex2_x.ipynb", [text("## 2.2 X (1 point)"), check(source)])
    state, numbers, figures = torch.get_rng_state(), random.getstate(), plt.get_fignums()
    assert "pass" in say("def double(x): return 2 * x")
    assert torch.equal(torch.get_rng_state(), state)
    assert random.getstate() == numbers
    assert plt.get_fignums() == figures


def test_an_interrupt_is_one_sentence(say, tmp_path):
    lab(tmp_path)
    said = say("def double(x): raise KeyboardInterrupt")
    assert said == "Interrupted: the check did not come to an end.\n"
