"""Edits of a notebook's file: metadata, ids, order, and JSON that is no notebook.

Each takes the solved notebook of a sample and leaves the hostile form in its place.
"""

from __future__ import annotations

import json
import re

import nbformat

from autograder.hostile.place import Json, Place, edit

CHECK = "-check"
BIG_BYTES = 500 * 10**6
BOM = "\ufeff"


def _settings(place: Place, ending: str, **changes: object) -> None:
    place.edit_cell(ending, lambda cell: cell["metadata"]["nbgrader"].update(changes))


@edit
def skip_checks(place: Place) -> None:
    """Tags that keep checks from being executed or from failing."""
    tags = ["skip-execution", "raises-exception"]
    place.edit_cell(CHECK, lambda cell: cell["metadata"].update(tags=tags))


@edit
def points_100(place: Place) -> None:
    """Every check gives 100 points."""
    _settings(place, CHECK, points=100)


@edit
def points_nan(place: Place) -> None:
    """Every check gives NaN points."""
    _settings(place, CHECK, points=float("nan"))


@edit
def unlock_checks(place: Place) -> None:
    """Checks are unlocked and say `pass`."""
    _settings(place, CHECK, locked=False)
    place.edit_cell(CHECK, lambda cell: cell.update(source="pass"))


@edit
def grade_false(place: Place) -> None:
    """Checks are no graded cells any more."""
    _settings(place, CHECK, grade=False)


@edit
def solution_true(place: Place) -> None:
    """Checks are answers that a person grades."""
    _settings(place, CHECK, solution=True)


@edit
def rename_ids(place: Place) -> None:
    """Every graded cell has another id."""

    def rename(cell: Json) -> None:
        cell["metadata"]["nbgrader"]["grade_id"] += "-2"
        cell["id"] += "-2"

    place.edit_cell(CHECK, rename)
    place.edit_cell("-task", rename)


@edit
def delete_checks(place: Place) -> None:
    """The checks are gone."""
    _delete(place, CHECK)


@edit
def delete_solution(place: Place) -> None:
    """The answers are gone."""
    _delete(place, "-baseline-task")


def _delete(place: Place, ending: str) -> None:
    notebook = place.read()
    notebook["cells"] = [c for c in notebook["cells"] if not c["id"].endswith(ending)]
    place.write(notebook)


@edit
def reverse_cells(place: Place) -> None:
    """The last cell comes first."""
    notebook = place.read()
    notebook["cells"].reverse()
    place.write(notebook)


@edit
def checks_to_markdown(place: Place) -> None:
    """Checks are text."""
    place.edit_cell(CHECK, lambda cell: cell.update(cell_type="markdown"))


@edit
def solutions_to_markdown(place: Place) -> None:
    """Answers are text."""
    place.edit_cell("-task", lambda cell: cell.update(cell_type="markdown"))


@edit
def schema_99(place: Place) -> None:
    """The metadata of nbgrader are of a version that does not exist."""
    for ending in (CHECK, "-task", "-setup"):
        _settings(place, ending, schema_version=99)


@edit
def metadata_list(place: Place) -> None:
    """Metadata are lists."""
    notebook = place.read()
    notebook["metadata"] = []
    for cell in notebook["cells"]:
        cell["metadata"] = []
    place.write(notebook)


@edit
def unknown_kernel(place: Place) -> None:
    """The kernel is one that nobody has."""
    notebook = place.read()
    spec = {"name": "malbolge", "display_name": "Malbolge", "language": "malbolge"}
    notebook["metadata"]["kernelspec"] = spec
    place.write(notebook)


@edit
def huge_file(place: Place) -> None:
    """500 MB, nearly all of them a hole in the file that takes no disk."""
    with place.path.open("r+b") as file:
        file.truncate(BIG_BYTES)


@edit
def corrupt_json(place: Place) -> None:
    """Half of the file."""
    text = place.path.read_text("utf-8")
    place.path.write_text(text[: len(text) // 2], "utf-8")


@edit
def empty_file(place: Place) -> None:
    """Nothing at all."""
    place.path.write_bytes(b"")


@edit
def format_3(place: Place) -> None:
    """The notebook as IPython 2 wrote it."""
    notebook = nbformat.read(place.path, as_version=4)
    place.path.write_text(nbformat.writes(nbformat.convert(notebook, 3), version=3), "utf-8")


@edit
def lose_metadata(place: Place) -> None:
    """No nbgrader metadata and ids of its own, as Colab saves it."""
    notebook = place.read()
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"], cell["id"] = {}, f"colab{number}"
    place.write(notebook)


@edit
def duplicate_checks(place: Place) -> None:
    """A cell in front claims to be the check, and says `pass`."""
    notebook = place.read()
    fakes = [c | {"source": "pass"} for c in notebook["cells"] if c["id"].endswith(CHECK)]
    notebook["cells"] = fakes + notebook["cells"]
    place.write(notebook)


@edit
def lone_surrogate(place: Place) -> None:
    """A character that JSON can say and UTF-8 cannot."""
    place.edit_cell("-title", lambda cell: cell.update(source="\ud800 \udfff"))
    place.edit_cell("-dataset", lambda cell: cell.update(source='DATASET = "mnist"  # \ud800'))


@edit
def null_byte(place: Place) -> None:
    """A null byte in a text and in an output's place."""
    place.edit_cell("-title", lambda cell: cell.update(source="# \0 title \x1b[2J"))


@edit
def deep_json(place: Place) -> None:
    """Lists in lists, deeper than any reader goes."""
    place.path.write_text("[" * 200_000 + "]" * 200_000, "utf-8")


@edit
def huge_number(place: Place) -> None:
    """A number with so many digits that reading it takes minutes."""
    text = place.path.read_text("utf-8")
    place.path.write_text(re.sub(r'"nbformat": 4', '"nbformat": 4' + "0" * 10**6, text), "utf-8")


@edit
def five_thousand_cells(place: Place) -> None:
    """More cells than anybody writes."""
    notebook = place.read()
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "1"}
    notebook["cells"] += [cell | {"id": f"more-{n}", "execution_count": n} for n in range(5000)]
    place.write(notebook)


@edit
def giant_cell(place: Place) -> None:
    """A comment of 20 MB: pages that show it take minutes."""
    place.edit_cell("-dataset", lambda c: c.update(source=c["source"] + "\n#" + " if" * 7_000_000))


@edit
def not_a_notebook(place: Place) -> None:
    """JSON that is a list of a notebook."""
    place.write([place.read()])


@edit
def odd_types(place: Place) -> None:
    """Cells that are numbers, sources that are maps, ids that are lists."""
    notebook = place.read()
    odd: list[object] = [7, None, {"source": {}}, {"id": [], "cell_type": {}, "source": [1, None]}]
    notebook["cells"] = odd + notebook["cells"]
    place.write(notebook)


@edit
def utf_16(place: Place) -> None:
    """UTF-16, as no notebook is."""
    place.path.write_text(place.path.read_text("utf-8"), "utf-16")


@edit
def byte_order_mark(place: Place) -> None:
    """UTF-8 as Windows' editors write it."""
    place.path.write_text(BOM + place.path.read_text("utf-8"), "utf-8")


@edit
def crlf(place: Place) -> None:
    """Windows' line ends, in the file and in every cell."""
    notebook = place.read()
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")
    text = json.dumps(notebook, indent=1, ensure_ascii=False).replace("\n", "\r\n")
    place.path.write_bytes(text.encode())


@edit
def old_outputs(place: Place) -> None:
    """Saved with the outputs of another day, an error among them."""
    stream = {"output_type": "stream", "name": "stdout", "text": ["old\n"]}
    error = {"output_type": "error", "ename": "OldError", "evalue": "old", "traceback": ["old"]}

    def add(cell: Json) -> None:
        cell["outputs"], cell["execution_count"] = [stream, error], 99

    place.edit_cell("-task", add)
    place.edit_cell(CHECK, add)
