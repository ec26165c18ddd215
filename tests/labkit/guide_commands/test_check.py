"""`labkit check` on small notebooks, with real kernels."""

import re
import sys

from tests.labkit.guide_notebooks import STUB, check, code, lab, task, text, write, written


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
