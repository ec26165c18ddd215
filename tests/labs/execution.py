"""Run a source notebook as a student would, and bring its tables back."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

COURSE = Path(__file__).resolve().parents[2]
LAB = COURSE / "labs" / "lab1_magnitude"
NOTEBOOKS = (
    "ex1_base_model",
    "ex2_magnitude_pruning",
    "ex3_your_model",
    "ex4_extra_credit",
    "ex5_contributions",
)


def read(name: str) -> NotebookNode:
    """Read a source notebook by its name without suffix."""
    return nbformat.read(LAB / f"{name}.ipynb", as_version=4)


def execute(
    notebook: NotebookNode, folder: Path, tables: tuple[str, ...] = (), **environment: str
) -> dict:
    """Run all cells in a fresh kernel, in a folder of its own; any error fails the test.

    Args:
        notebook: The notebook.
        folder: Working folder of the kernel.
        tables: Names of DataFrames to bring back.
        environment: Variables of the kernel's process; an empty value removes the variable.

    Returns:
        Name of each table to its columns, as lists.
    """
    ask = ", ".join(f"{table!r}: {table}.to_dict('list')" for table in tables)
    notebook.cells.append(
        nbformat.v4.new_code_cell(f"import json as _json; print(_json.dumps({{{ask}}}))")
    )
    path = f"{COURSE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}".rstrip(os.pathsep)
    with variables(**environment | {"PYTHONPATH": path}):
        client = NotebookClient(
            notebook,
            timeout=300,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute()
    return json.loads(notebook.cells[-1].outputs[0]["text"])


@contextmanager
def variables(**values: str) -> Iterator[None]:
    """Set environment variables for a while; an empty value removes one."""
    before = {name: os.environ.get(name) for name in values}
    try:
        for name, value in values.items():
            os.environ.pop(name, None)
            if value:
                os.environ[name] = value
        yield
    finally:
        for name, old in before.items():
            os.environ.pop(name, None)
            if old is not None:
                os.environ[name] = old
