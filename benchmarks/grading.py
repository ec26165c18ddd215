"""Grade a class of Lab 1 with this autograder and with stock `nbgrader autograde`.

The same notebooks, the same machine, one after the other, whole processes with their children:
wall and CPU seconds for each submission. Stock nbgrader runs the same visible checks but no hidden
tests, in a Jupyter kernel of its own for each notebook; this autograder runs both.

    python benchmarks/grading.py --students 6
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from autograder.course import CONFIG_NAME, Course, put_scripts_on_path
from autograder.demo import make_demo_course
from autograder.lab import read_lab
from autograder.release.build import generate_assignment

REPOSITORY = Path(__file__).parents[1]
LAB = "lab1_magnitude"
OURS = [sys.executable, "-m", "autograder.cli", "grade", LAB, "--workers"]
STOCK = [sys.executable, "-m", "nbgrader", "autograde", LAB, "--Execute.timeout=300"]


def main() -> None:
    """Grade twice and print a table in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--students", type=int, default=6, help="how many submissions (default 6)")
    parser.add_argument("--workers", type=int, default=2, help="workers of ours (default 2)")
    options = parser.parse_args()
    put_scripts_on_path()
    ours = _measure([*OURS, str(options.workers)], options.students, stock=False)
    stock = _measure(STOCK, options.students, stock=True)
    print(f"| {options.students} submissions of {LAB} | wall s each | CPU s each |")
    print("|---|---:|---:|")
    print(f"| `autograder grade`, {options.workers} workers | {ours[0]:.2f} | {ours[1]:.2f} |")
    print(f"| stock `nbgrader autograde` | {stock[0]:.2f} | {stock[1]:.2f} |")
    print(f"| stock / ours | {stock[0] / ours[0]:.1f} | {stock[1] / ours[1]:.1f} |")


def _measure(command: list[str], students: int, stock: bool) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        course = _course(Path(folder), students, stock)
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, cwd=course.root, capture_output=True, text=True)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall / students, cpu / students


def _course(folder: Path, students: int, stock: bool) -> Course:
    real = folder / "real"
    real.mkdir()
    for path in REPOSITORY.iterdir():
        if path.name not in ("build", ".git", ".venv"):
            (real / path.name).symlink_to(path)
    course = make_demo_course(Course(real))
    if stock:
        lines = (
            (course.root / CONFIG_NAME).read_text(encoding="utf-8").split("# Submissions are")[0]
        )
        (course.root / CONFIG_NAME).write_text(lines, encoding="utf-8")
    generate_assignment(course, LAB)
    for number in range(students):
        target = course.submitted / f"student{number}" / LAB
        target.mkdir(parents=True)
        for exercise in read_lab(course.labs, LAB):
            notebook = nbformat.from_dict(exercise.source)
            for cell in notebook.cells:  # nobody's notebook is another's
                if cell.id.endswith("-task"):
                    cell.source += f"\n# {number}"
            nbformat.write(notebook, target / f"{exercise.name}.ipynb")
    return course


if __name__ == "__main__":
    main()
