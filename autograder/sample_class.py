"""The sample class: small folders of answers, built into submissions from the student edition.

Does: read `samples/<lab>/<student>/` and write nbgrader's tree of submissions. Does not: grade.

A sample's folder holds `sample.json` (what it shows, and how gaps are filled), `expected.json`
(points for each `grade_id`, null where a person grades), and for each notebook

    <notebook>/ex2-size.py              what the student wrote into the cell ex2-size-task
    <notebook>/ex2-trends.md            the written answer of the cell ex2-trends-written
    <notebook>/after-ex2-base-train.py  an extra cell behind that one
    <notebook>.ipynb                    handed in as it is, instead of all this
"""

from __future__ import annotations

import copy
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.errors import CourseError

SAMPLES = Path(__file__).parent / "samples"
LABS = Path(__file__).parents[1] / "labs"
MARKER = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)
FILLS = ("stub", "solution")


class SampleError(CourseError):
    """A sample does not fit its lab; the message says which file, and how to mend it."""


@dataclass(frozen=True)
class Sample:
    """One student of the sample class.

    Attributes:
        student: The student's id, which is the folder's name.
        folder: Where the answers are.
        shows: One line on what this sample is for.
        fill: What a task has that is not given: "stub" or "solution"; or that by notebook.
        notebooks: Notebooks handed in; None for all.
        strip_metadata: Whether nbgrader's marks are lost.
        expected: Points by grade_id; None where a person grades; empty where nothing came.
    """

    student: str
    folder: Path
    shows: str
    fill: str | dict[str, str] = "stub"
    notebooks: list[str] | None = None
    strip_metadata: bool = False
    expected: dict[str, float | None] = field(default_factory=dict)

    def fill_of(self, notebook: str) -> str:
        """How the gaps of one notebook are filled."""
        fill = self.fill if isinstance(self.fill, str) else self.fill.get(notebook, "stub")
        if fill not in FILLS:
            raise SampleError(f'{self.folder}/sample.json: "fill" is {fill!r}, expected {FILLS}.')
        return fill


def load_samples(lab: str) -> list[Sample]:
    """Read the sample class of a lab, sorted by student id.

    Raises:
        SampleError: There is none, or a sample cannot be read.
    """
    folders = sorted(path.parent for path in (SAMPLES / lab).glob("*/sample.json"))
    if not folders:
        raise SampleError(f"There is no sample class for {lab}: expected {SAMPLES / lab}/*/.")
    return [_load(folder) for folder in folders]


def _load(folder: Path) -> Sample:
    """Read one sample's two JSON files."""
    try:
        about: dict[str, Any] = json.loads((folder / "sample.json").read_text("utf-8"))
        expected = json.loads((folder / "expected.json").read_text("utf-8"))
        return Sample(student=folder.name, folder=folder, expected=expected, **about)
    except (OSError, ValueError, TypeError) as error:
        raise SampleError(f"The sample {folder} cannot be read: {error}.") from error


def build_sample_class(
    lab: str, release_notebooks: dict[str, NotebookNode], destination: Path
) -> list[str]:
    """Write a submission for each sample, as `<student>/<lab>/<notebook>.ipynb`.

    Args:
        lab: The lab's name.
        release_notebooks: Name (without suffix) to notebook, of the student edition.
        destination: nbgrader's folder of submissions; what a sample had there before is replaced.

    Returns:
        The students' ids.

    Raises:
        SampleError: A sample names a notebook, task or cell that the lab does not have.
    """
    samples = load_samples(lab)
    sources = {name: nbformat.read(LABS / lab / f"{name}.ipynb", 4) for name in release_notebooks}
    for sample in samples:
        folder = destination / sample.student / lab
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        names = list(release_notebooks) if sample.notebooks is None else sample.notebooks
        for name in names:
            raw = sample.folder / f"{name}.ipynb"
            if raw.is_file():
                shutil.copyfile(raw, folder / raw.name)
                continue
            notebook = fill_in(sample, name, release_notebooks[name], sources[name])
            nbformat.write(notebook, folder / f"{name}.ipynb")
    return [sample.student for sample in samples]


def fill_in(sample: Sample, name: str, release: NotebookNode, source: NotebookNode) -> NotebookNode:
    """Return the student edition of a notebook with a sample's answers in it.

    Args:
        sample: Whose answers.
        name: The notebook's name without suffix.
        release: The student edition; it is not changed.
        source: The notebook with solutions, for the gaps that a sample fills with them.
    """
    notebook = copy.deepcopy(release)
    cells = {cell.id: cell for cell in notebook.cells}
    if sample.fill_of(name) == "solution":
        for cell in source.cells:
            if cell.cell_type == "code" and cell.id.endswith("-task"):
                cells[cell.id].source = MARKER.sub("", cell.source).rstrip("\n")
    for path in sorted((sample.folder / name).glob("*")):
        text = path.read_text("utf-8").rstrip("\n")
        after = path.stem.startswith("after-")
        target = path.stem.removeprefix("after-") if after else f"{path.stem}{_ending(path)}"
        if target not in cells:
            raise SampleError(f"{path} belongs to the cell {target!r}, which {name} does not have.")
        if after:
            extra = nbformat.v4.new_code_cell(text, id=path.stem)
            notebook.cells.insert(notebook.cells.index(cells[target]) + 1, extra)
        else:
            cells[target].source = text
    if sample.strip_metadata:
        for number, cell in enumerate(notebook.cells):
            cell.metadata.pop("nbgrader", None)
            cell.id = f"cell-{number}"
    return notebook


def _ending(path: Path) -> str:
    """How the id of a file's cell ends: a task's is -task, a written answer's is -written."""
    return "-written" if path.suffix == ".md" else "-task"
