"""Run the cells of every notebook of a class, and nothing else: what students' own code costs.

One process imports what notebooks import and forks for each notebook; IPython runs the cells, with
one thread. No limits, no walls, no tests, no pages.

    python benchmarks/grading_cells.py SUBMITTED DATA
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
import tempfile
from pathlib import Path

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

IMPORTS = (
    "labkit.adapters labkit.data labkit.guide labkit.metrics.latency labkit.models.ffn "
    "labkit.plotting labkit.pruning labkit.runtimes.onnx labkit.runtimes.quantization "
    "labkit.training matplotlib.pyplot pandas torchvision tqdm.auto"
).split()
SMALL = {"MNIST": "digits/MNIST", "sst2": "reviews/sst2"}


class Shell(InteractiveShell):
    """IPython's shell, for inline figures."""

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no event loop to hook into."""


def main(submitted: Path, data: Path) -> None:
    """Run every notebook, each in a fork and a folder of its own."""
    sys.path.insert(0, str(data.parent))
    for name in IMPORTS:
        importlib.import_module(name)
    import torch

    torch.set_num_threads(1)
    for notebook in sorted(submitted.glob("*/*/*.ipynb")):
        child = os.fork()
        if child == 0:
            try:
                problem = run_cells(notebook, data)
            except BaseException as error:
                problem = repr(error)
            print(problem, file=sys.stderr, end="", flush=True)
            os._exit(bool(problem))
        if os.waitpid(child, 0)[1]:
            sys.exit(f" in {notebook}")


def run_cells(path: Path, data: Path) -> str:
    """Run the cells of one notebook; says which one failed, if any."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.mkdir("data")
        for name, place in SMALL.items():
            os.symlink(data.resolve() / place, f"data/{name}")
        for other in path.parent.glob("*.ipynb"):
            Path(other.name).write_bytes(other.read_bytes())
        os.environ["LABKIT_DATA"] = f"{folder}/data"
        shell = Shell.instance()
        shell.run_line_magic("matplotlib", "inline")
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type != "code":
                continue
            with capture_output(), contextlib.redirect_stderr(io.StringIO()):
                done = shell.run_cell(cell.source, store_history=True)
            if not done.success:
                return f"{cell.id}: {done.error_in_exec or done.error_before_exec!r}"
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
