"""Which notebooks a command is about: a folder, a lab's name, a file, or the front of its name."""

from __future__ import annotations

from pathlib import Path

from labkit.guide.cells import Notebook, read_notebook
from labkit.guide.places import COURSE_ROOT, notebook_paths
from labkit.notebooks import NotebookError

ANSWERS = {"task", "check", "written"}


def target_notebooks(target: str = "") -> list[Notebook]:
    """The notebooks that a user means.

    Args:
        target: A notebook, the front of its name (`ex2`), a folder, or a lab; nothing for the
            folder that the user is in.

    Raises:
        NotebookError: There are none, or the one that is named cannot be read.
    """
    path = Path(target or ".").expanduser()
    if path.is_file():
        return [read_notebook(path.resolve())]
    folder = lab_folder(target)
    if folder is not None:
        return lab_notebooks_in(folder)
    found = [n for n in _notebooks(Path.cwd()) if n.path.name.startswith(target)]
    if not found:
        raise NotebookError(
            f"There is no notebook, folder or lab named {target!r}; give a path, or go to the "
            f"folder with the notebooks."
        )
    return found


def lab_folder(target: str) -> Path | None:
    """The folder that a user names: by its path, or as a lab of the course."""
    path = Path(target or ".").expanduser()
    for folder in (path, COURSE_ROOT / "labs" / target if target else path):
        if folder.is_dir():
            return folder.resolve()
    return None


def lab_notebooks_in(folder: Path) -> list[Notebook]:
    """The notebooks of a lab in its folder, in order of their names; others are left out.

    Raises:
        NotebookError: There are none, or one cannot be read.
    """
    found = _notebooks(folder)
    if not found:
        raise NotebookError(
            f"There is no notebook of a lab in {folder}; give the folder that holds them."
        )
    return found


def _notebooks(folder: Path) -> list[Notebook]:
    notebooks = [read_notebook(path) for path in notebook_paths(folder)]
    return [n for n in notebooks if any(cell.role in ANSWERS for cell in n.cells)]
