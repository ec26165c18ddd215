import inspect

import pytest

from labkit.guide import carry_over, places
from tests.labkit.guide_notebooks import STUB, code, lab, lose_metadata, task, text, write


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places, "COURSE_ROOT", tmp_path / "course")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


def carried(capsys, name="ex2_small", **namespace):
    carry_over(name, namespace)
    return namespace, capsys.readouterr().out


@pytest.mark.parametrize("keep", ["metadata", "ids", "nothing"])
def test_functions_imports_and_constants_come_along(tmp_path, capsys, keep):
    path = lab(tmp_path, "def double(x: int) -> int:\n    return FACTOR * math.floor(x)")
    if keep != "metadata":
        lose_metadata(path, keep == "ids")
    names, said = carried(capsys)
    assert said == "Carried over from Exercise 2: double\n"
    assert names["double"](2.5) == 4
    assert "return FACTOR" in inspect.getsource(names["double"])
    assert "shown" not in names


def test_names_of_the_later_notebook_stay(tmp_path, capsys):
    lab(tmp_path)
    names, _ = carried(capsys, FACTOR=7, math="mine")
    assert (names["FACTOR"], names["math"]) == (7, "mine")


def test_stubs_are_named_and_raise(tmp_path, capsys):
    lab(tmp_path, STUB.format("double") + "\n\n\ndef half(x):\n    return x / 2")
    names, said = carried(capsys)
    assert said == "Carried over from Exercise 2: half\nNot written yet: double (Exercise 2)\n"
    with pytest.raises(NotImplementedError):
        names["double"](1)


def test_what_does_not_run_is_named_and_the_rest_goes_on(tmp_path, capsys):
    cells = [
        task("%matplotlib inline\n!ls\ndef one(): return helper()", "ex2-one-task"),
        task("x = 1 / 0\ndef two(): return 2", "ex2-two-task"),
        task("def three(:", "ex2-three-task"),
        task("def four(a=missing): return 4", "ex2-four-task"),
        task("exit_code = exit(3)", "ex2-five-task"),
        task("print('slow'); two()\ndef six(): return 6", "ex2-six-task"),
        code("def other(): return 1\ndef helper(): return CONSTANT", "my-own"),
        code("CONSTANT = 5\ncomputed = print('not this')", "mine"),
    ]
    write(tmp_path / "ex2_small.ipynb", cells)
    names, said = carried(capsys, name="ex2_small.ipynb")
    assert "Carried over from Exercise 2: one, two, six\n" in said
    for words in ("ex2-two-task (ZeroDivisionError", "ex2-three-task (its Python", "SystemExit"):
        assert words in said
    assert "slow" not in said
    assert names["one"]() == 5
    assert not {"other", "computed"} & names.keys()


def test_no_notebook_is_one_sentence(tmp_path, capsys):
    _, said = carried(capsys)
    assert said.startswith("Nothing carried over from Exercise 2: There is no ex2_small.ipynb in")
    assert said.count("\n") == 1
    (tmp_path / "ex2_small.ipynb").write_text("{")
    assert "is damaged" in carried(capsys)[1]
    write(tmp_path / "ex2_small.ipynb", [text("Nothing.")])
    assert "has no task cells" in carried(capsys)[1]


def test_the_course_s_lab_folder_is_the_last_resort(tmp_path, capsys):
    folder = tmp_path / "course" / "labs" / "lab1"
    folder.mkdir(parents=True)
    lab(folder)
    assert "Carried over" in carried(capsys)[1]


def test_an_interrupt_and_a_wrong_namespace_are_one_sentence(tmp_path, capsys):
    lab(tmp_path, "x = [].sort(key=1)\ndef raised(): raise KeyboardInterrupt\ny = raised()")
    assert carried(capsys)[1].startswith("Interrupted")
    carry_over("ex2_small", None)
    assert "globals()" in capsys.readouterr().out
