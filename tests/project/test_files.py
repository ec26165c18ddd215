"""What no tracked file may hold, and what every source notebook must be."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import nbformat
import pytest

COURSE = Path(__file__).parents[2]
NOTEBOOKS = sorted((COURSE / "labs").glob("*/*.ipynb"))
# Spelt in two halves, so that this file holds none of them.
REGISTRIES = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "anaconda" + ".org",
    "anaconda" + ".com",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "download.pytorch" + ".org",
]


@cache
def tracked_files() -> list[Path]:
    """Files that git tracks or would track; none outside a clone."""
    if shutil.which("git") is None or not (COURSE / ".git").exists():
        pytest.skip("not a git clone")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=COURSE, check=True, capture_output=True, text=True).stdout
    paths = [COURSE / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("registry", REGISTRIES)
def test_no_registry_host_is_named(registry: str) -> None:
    needle = registry.encode()
    holders = [str(p.relative_to(COURSE)) for p in tracked_files() if needle in p.read_bytes()]
    assert not holders


def test_nothing_large_is_tracked() -> None:
    large = [str(p.relative_to(COURSE)) for p in tracked_files() if p.stat().st_size > 2_000_000]
    assert not large, "full data sets are downloaded, not committed"


def test_there_are_source_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_source_notebook_is_clean(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs, f"cell {cell.id} carries outputs"
            assert cell.execution_count is None, f"cell {cell.id} carries an execution count"
