"""Small notebooks for the tests of the guide, as files."""

import json
from pathlib import Path

STUB = "def {}(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def text(source, id=""):
    return {"cell_type": "markdown", "id": id, "metadata": {}, "source": source}


def code(source, id="", **settings):
    metadata = {"nbgrader": {"grade_id": id, "schema_version": 3, **settings}} if settings else {}
    return {
        "cell_type": "code",
        "id": id,
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def task(source, id="ex2-double-task"):
    return code(source, id, solution=True, grade=False, locked=False)


def check(source, id="ex2-double-check", points=1):
    return code(source, id, solution=False, grade=True, locked=True, points=points)


def written(source, id="ex2-why-written", points=0.5):
    cell = text(source, id)
    cell["metadata"]["nbgrader"] = {"grade_id": id, "grade": True, "solution": True}
    cell["metadata"]["nbgrader"]["points"] = points
    return cell


def write(path, cells, minor=5):
    """Write cells as a notebook; ids that are empty are left out."""
    for cell in cells:
        if not cell.get("id") or minor < 5:
            cell.pop("id", None)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    Path(path).write_text(json.dumps(book | {"nbformat_minor": minor}), encoding="utf-8")
    return Path(path)


def lab(folder, answer="def double(x):\n    return 2 * x", reason="Because it is."):
    """A notebook with one task to write, one to explain."""
    cells = [
        text("# Lab 1, Exercise 2: Small", "ex2-title"),
        code("import math\n\nFACTOR = 2", "ex2-setup", solution=False, grade=False, locked=True),
        text("Words.\n\n## 2.2 Doubling (1 point)\n\n```\n# no heading\n```", "ex2-double-text"),
        task(answer),
        text("### A hint", "ex2-double-hint"),
        code("shown = double(3)", "ex2-double-see"),
        check(
            "value = double(4)\n"
            'assert isinstance(value, int), f"expected a number, got {value}"\n'
            'assert value == 8, "twice 4 is 8"'
        ),
        text("## 2.3 Why (0.5 points)", "ex2-why-text"),
        written(reason),
    ]
    return write(Path(folder) / "ex2_small.ipynb", cells)


def lose_metadata(path, keep_ids=False):
    """Do to a notebook what Colab or VS Code may do: take its metadata, and ids."""
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        cell["metadata"] = {}
        if not keep_ids:
            cell.pop("id", None)
    path.write_text(json.dumps(book | {"nbformat_minor": 5 if keep_ids else 0}))
