"""Small notebooks for the tests of the report, as files, and an outline that they fill."""

import base64
import io
import json

from labkit.report.collect import fill
from labkit.report.notebook import read_notebook
from labkit.report.outline import parse_outline
from labkit.report.pictures import PictureFolder
from labkit.report.pieces import PieceMaker

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
