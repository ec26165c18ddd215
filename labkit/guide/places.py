"""Which notebook is running, and where the other notebooks of its lab lie.

JupyterLab and VS Code run a notebook in its folder; Colab does not, and has no file at all. Hints
of the front ends come first, then what has been executed, then the folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import labkit
from labkit.guide.cells import Notebook, read_notebook
from labkit.notebooks import NotebookError

COURSE_ROOT = Path(labkit.__file__).resolve().parents[1]
COPY = re.compile(r"(-Copy\d+|[ _]?\(\d+\))+$")


def notebook_folders(namespace: Mapping[str, Any] | None = None) -> list[Path]:
    """Folders that may hold the lab's notebooks, the most likely one first."""
    hinted = [path.parent for path in _hints(namespace or {})]
    labs = [path for path in sorted((COURSE_ROOT / "labs").glob("*")) if path.is_dir()]
    return list(dict.fromkeys([*hinted, Path.cwd(), COURSE_ROOT, *labs]))


def lab_notebooks(namespace: Mapping[str, Any] | None = None) -> list[Notebook]:
    """The readable notebooks of the first folder that has any of a lab's, in order of names."""
    for folder in notebook_folders(namespace):
        found = list(_readable(folder))
        if found:
            return found
    return []


def find_notebook(name: str, namespace: Mapping[str, Any] | None = None) -> Notebook:
    """Find an earlier notebook of the lab by its name.

    Args:
        name: File name, with or without `.ipynb`.
        namespace: Variables of the running notebook, which may say where it lies.

    Raises:
        NotebookError: There is no such file, or it is no notebook.
    """
    wanted = Path(name).name.removesuffix(".ipynb") + ".ipynb"
    for folder in notebook_folders(namespace):
        if (folder / wanted).is_file():
            return read_notebook(folder / wanted)
    raise NotebookError(f"There is no {wanted} in {Path.cwd()}")


def running_notebook(notebooks: list[Notebook], namespace: Mapping[str, Any]) -> Notebook | None:
    """The notebook whose cells are being executed: as the front end says, else by what has run."""
    for hint in _hints(namespace):
        for notebook in notebooks:
            if notebook.path.name == hint.name:
                return notebook
    ran = namespace.get("In")
    executed = {str(s).strip() for s in ran if str(s).strip()} if isinstance(ran, list) else set()
    common = [sum(cell.source.strip() in executed for cell in n.cells) for n in notebooks]
    best = max(common, default=0)
    return notebooks[common.index(best)] if best else None


def _hints(namespace: Mapping[str, Any]) -> Iterator[Path]:
    for text in (
        namespace.get("__vsc_ipynb_file__"),
        namespace.get("__session__"),
        os.environ.get("JPY_SESSION_NAME"),
    ):
        if isinstance(text, str) and text.endswith(".ipynb"):
            yield Path(text) if Path(text).is_absolute() else Path.cwd() / Path(text).name


def notebook_paths(folder: Path) -> list[Path]:
    """The notebooks in a folder, in order of their names; copies beside an original left out."""
    paths = sorted(folder.glob("*.ipynb"))
    return [path for path in paths if original(path) == path or original(path) not in paths]


def original(path: Path) -> Path:
    """What `ex2_x-Copy1.ipynb` or a browser's `ex2_x (1).ipynb` is a copy of; else the path."""
    return path.with_name(COPY.sub("", path.stem) + path.suffix)


def _readable(folder: Path) -> Iterator[Notebook]:
    for path in notebook_paths(folder):
        try:
            notebook = read_notebook(path)
        except NotebookError:
            continue
        if any(cell.role in {"task", "check", "written"} for cell in notebook.cells):
            yield notebook
