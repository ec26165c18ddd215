"""Feedback pages: tasks with what they earned on top, else nbconvert's, with described pictures."""

from __future__ import annotations

import base64

from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.feedback.exporter import NO_DESCRIPTION, FeedbackExporter
from autograder.feedback.tasks import graded_tasks, page_title

PIXEL = base64.b64encode(b"\x89PNG not really").decode()


def notebook():
    picture = new_output("display_data", data={"image/png": PIXEL, "text/plain": "figure"})
    named = new_output(
        "display_data", data={"image/png": PIXEL}, metadata={"image/png": {"alt": "a curve"}}
    )
    text = new_output("stream", name="stdout", text="<b>1 < 2</b>")
    cell = new_code_cell("x = 1 < 2", outputs=[picture, named, text])
    return new_notebook(cells=[new_markdown_cell("# Title\n\n$a < b$"), cell])


def pages():
    exporters = [kind(template_name="classic") for kind in (HTMLExporter, FeedbackExporter)]
    texts = [exporter.from_notebook_node(notebook())[0] for exporter in exporters]
    return [BeautifulSoup(text, "html.parser") for text in texts]


def test_pictures_are_described_and_descriptions_kept():
    _, ours = pages()
    assert [img["alt"] for img in ours.select("img")] == [NO_DESCRIPTION, "a curve"]


def test_the_page_is_otherwise_the_same():
    theirs, ours = pages()
    for page in (theirs, ours):
        for img in page.select("img"):
            del img["alt"]
    assert ours.get_text().split() == theirs.get_text().split()
    tags = [[tag.name for tag in page.find_all(True)] for page in (theirs, ours)]
    assert tags[0] == tags[1]
    assert "<b>1" not in str(ours.find("pre"))


def graded(name, points, score, written=False, comment=""):
    settings = {"grade_id": name, "grade": True, "solution": written, "points": points}
    settings |= {"score": score, "comment": comment}
    kind = new_markdown_cell if written else new_code_cell
    return kind("pass", metadata={"nbgrader": settings})


def test_tasks_are_named_by_their_headings_and_marked_by_what_they_earned():
    answer = {"nbgrader": {"grade_id": "task", "solution": True, "comment": "Look again."}}
    cells = [
        new_markdown_cell("# Lab 1"),
        graded("bare", 1, 0),
        new_markdown_cell("## 2.1 One step (0.5 points)\n\nText"),
        new_code_cell("def f(): ...", metadata=answer),
        graded("check", 0.5, 0.2),
        new_markdown_cell("## 2.2 Why? (1 point)"),
        graded("read", 1, 1.0, written=True, comment="Yes."),
        graded("unread", 1, None, written=True),
    ]
    notebook = new_notebook(cells=cells)
    found = [(t.grade_id, t.title, t.mark, t.comments) for t in graded_tasks(notebook)]
    assert found == [
        ("bare", "Lab 1", "none", ()),
        ("check", "2.1 One step", "part", ("task",)),
        ("read", "2.2 Why?", "full", ("read",)),
        ("unread", "2.2 Why?", "person", ()),
    ]
    assert page_title(notebook) == "Lab 1"
    assert page_title(new_notebook()) == ""
