"""How long the solution of each exercise of Lab 1 takes, as a student runs it.

Each notebook runs from a fresh kernel, one after the other in one folder, as *Restart Kernel and
Run All* does; trainings that an earlier exercise kept are found by a later one. Prints a markdown
table. Run `LABKIT_DATA=... python benchmarks/lab1.py`, with `--data sst2` for sentences.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
LAB = ROOT / "labs" / "lab1_magnitude"
OPTIONS = ('OPTIONS = "A", "B"  #', 'OPTIONS = "A", "B", "C"  #')


def run(path, folder, data):
    """Execute one notebook with every option; return seconds."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace(*OPTIONS)
        cell.source = cell.source.replace('DATASET = "mnist"', f'DATASET = "{data}"')
    resources = {"metadata": {"path": str(folder)}}
    start = time.perf_counter()
    NotebookClient(notebook, timeout=1200, kernel_name="python3", resources=resources).execute()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=("mnist", "sst2"), default="mnist")
    data = parser.parse_args().data
    os.environ["PYTHONPATH"] = str(ROOT)
    if os.environ.get("LABKIT_DATA"):
        os.environ["LABKIT_DATA"] = str(Path(os.environ["LABKIT_DATA"]).resolve())
    print(f"| exercise, {data} | seconds |\n|---|---:|")
    total = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(LAB.glob("*.ipynb")):
            (Path(folder) / path.name).write_bytes(path.read_bytes())  # later ones carry over
            seconds = run(path, folder, data)
            total += seconds
            print(f"| `{path.stem}` | {seconds:.0f} |", flush=True)
    print(f"| whole lab | {total:.0f} |")


if __name__ == "__main__":
    sys.exit(main())
