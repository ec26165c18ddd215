import json

import pytest

from labkit.guide.cells import HEADING, is_stub, parse, read_notebook
from labkit.guide.tasks import choose, exercise_number, read_tasks
from labkit.notebooks import NotebookError
from tests.labkit.guide_notebooks import STUB, check, code, lab, lose_metadata, task, text, write


def test_tasks_have_number_title_points_and_answers(tmp_path):
    tasks = read_tasks(read_notebook(lab(tmp_path)))
    assert [(t.number, t.title, t.graded.points) for t in tasks] == [
        ("2.2", "Doubling", 1.0),
        ("2.3", "Why", 0.5),
    ]
    assert [cell.name for cell in tasks[0].answers] == ["ex2-double-task"]
    assert not tasks[0].stubs
    assert [t.written for t in tasks] == [False, True]


@pytest.mark.parametrize("keep_ids", [True, False])
def test_tasks_are_found_without_metadata(tmp_path, keep_ids):
    path = lab(tmp_path, STUB.format("double"), "YOUR ANSWER HERE")
    lose_metadata(path, keep_ids)
    tasks = read_tasks(read_notebook(path))
    assert [(t.number, t.graded.points) for t in tasks] == [("2.2", 1.0), ("2.3", 0.5)]
    assert tasks[0].stubs == ["double"]
    assert tasks[1].unanswered


def test_colab_keeps_the_id_in_the_metadata(tmp_path):
    path = lab(tmp_path)
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        cell["metadata"] = {"id": cell.pop("id")}
    path.write_text(json.dumps(book))
    assert [t.graded.name for t in read_tasks(read_notebook(path))] == [
        "ex2-double-check",
        "ex2-why-written",
    ]


def test_options_of_a_task(tmp_path):
    cells = [
        text("## 3.2 Two of three options"),
        text("## 3.2A Structured"),
        task(STUB.format("a"), "ex3-a-task"),
        code("assert a(1)", "ex3-a-check"),
        text("## 3.2 B: Sensitivity"),
        task(STUB.format("b"), "ex3-b-task"),
        code("assert b(1)", "ex3-b-check"),
        text("## 3.2 Two options (2 extra points)"),
        check("assert passed", "ex3-options-check", 2),
    ]
    tasks = read_tasks(read_notebook(write(tmp_path / "ex3_x.ipynb", cells)))
    assert [(t.number, t.optional, t.title) for t in tasks] == [
        ("3.2A", True, "Structured"),
        ("3.2B", True, "Sensitivity"),
        ("3.2", False, "Two options"),
    ]
    assert choose(tasks, "3.2") == tasks
    assert choose(tasks, "3.2 b") == [tasks[1]]
    assert choose(tasks, "ex3-a") == [tasks[0]]
    assert not choose(tasks, "3")
    assert not choose(tasks, "")


@pytest.mark.parametrize(
    ("source", "stub"),
    [
        ("def f():\n    '''Doc.'''\n    raise NotImplementedError()", True),
        ("def f():\n    raise NotImplementedError", True),
        ("def f():\n    x = 1\n    raise NotImplementedError()", True),
        ("def f():\n    return 1\n    raise NotImplementedError()", False),
        ("def f():\n    raise ValueError()", False),
        ("def f():\n    pass", False),
        ("def f(x):\n    if x:\n        raise NotImplementedError\n    return x", False),
        ("class A:\n    def f(self):\n        raise NotImplementedError()", True),
    ],
)
def test_stubs(source, stub):
    assert is_stub(parse(source).body[0]) == stub


def test_lines_for_ipython_keep_their_place():
    tree = parse("%matplotlib inline\n!ls\nif True:\n    %time x\n\ndef f():\n    return 1")
    assert tree.body[-1].lineno == 6
    assert parse("%%bash\nls -l").body == []
    assert parse("def broken(") is None


@pytest.mark.parametrize("content", ["", "no json", "[]", "{}", '{"cells": 3}', "[" * 100_000])
def test_a_damaged_file_is_one_sentence(tmp_path, content):
    path = tmp_path / "ex1_x.ipynb"
    path.write_text(content)
    with pytest.raises(NotebookError, match=r"ex1_x\.ipynb"):
        read_notebook(path)


def test_odd_cells_do_not_matter(tmp_path):
    cells = [{}, {"cell_type": 7, "source": [1, "a"], "metadata": [], "outputs": 3}]
    path = tmp_path / "ex1_x.ipynb"
    path.write_text(json.dumps({"cells": [*cells, "text", None]}))
    assert [cell.source for cell in read_notebook(path).cells] == ["", "a"]


@pytest.mark.parametrize(
    ("line", "number", "title", "points"),
    [
        ("## 2.1 A sparse network (0.5 points)", "2.1", "A sparse network", "0.5"),
        ("### 3.2A Structured pruning", "3.2A", "Structured pruning", None),
        ("## 3.2 B: Sensitivity (option, 1 point)", "3.2 B", "Sensitivity (option, 1 point)", None),
        ("## 4.1: One more (1 extra point)", "4.1", "One more", "1"),
        ("## 4.2 (2 points, extra)", "4.2", "", "2"),
    ],
)
def test_headings(line, number, title, points):
    match = HEADING.match(line)
    assert (match["number"], match["title"], match["points"]) == (number, title, points)


@pytest.mark.parametrize("line", ["# Lab 1, Exercise 2", "## The 2.5 rule", "2.1 No heading"])
def test_headings_of_something_else(line):
    assert not HEADING.match(line)


def test_exercise_numbers():
    assert exercise_number("ex2_magnitude_pruning") == "2"
    assert exercise_number("notes") == "notes"
