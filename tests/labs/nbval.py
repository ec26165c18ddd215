"""Solution notebooks with the cells of `reference/` behind them, for nbval to compare."""

import copy
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.labs.execution import COURSE, NOTEBOOKS, read, variables

REFERENCE = Path(__file__).parent / "reference"
CHECKED = NOTEBOOKS[:4]  # the fifth has nothing to execute
CHANGED = {"ex3-options-choice": 'OPTIONS = "A", "B", "C"'}
OFFLINE = {
    "LABKIT_DATA": str(COURSE / "data" / "digits"),
    "OMP_NUM_THREADS": "1",
    "PYTHONPATH": str(COURSE),
}


def expressions(name: str) -> list[str]:
    """What is evaluated behind a notebook: the lines of its file in `reference/`."""
    lines = (REFERENCE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip()]


def solution(name: str, dataset: str = "mnist") -> NotebookNode:
    """The source notebook with every option chosen, on one of the data sets."""
    notebook = copy.deepcopy(read(name))
    for cell in notebook.cells:
        cell.source = CHANGED.get(cell.id, cell.source)
        cell.source = cell.source.replace('DATASET = "mnist"', f'DATASET = "{dataset}"')
    return notebook


def with_reference(name: str) -> NotebookNode:
    """The solution notebook, and behind it the stored cells with their stored outputs."""
    notebook = solution(name)
    for cell in nbformat.read(REFERENCE / f"{name}.ipynb", as_version=4).cells:
        cell.metadata["tags"] = ["nbval-check-output"]
        notebook.cells.append(cell)
    return notebook


def run(name: str) -> NotebookNode:
    """Execute the solution and its expressions on the offline data."""
    notebook = solution(name)
    for number, line in enumerate(expressions(name)):
        notebook.cells.append(nbformat.v4.new_code_cell(line, id=f"reference-{number}"))
    with tempfile.TemporaryDirectory() as folder, variables(**OFFLINE):
        resources = {"metadata": {"path": folder}}
        client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources)
        client.execute()
    return notebook
