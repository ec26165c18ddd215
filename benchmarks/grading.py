"""Grade a class of Lab 1 with this autograder, with stock `nbgrader autograde`, and with Otter.

Complete honest submissions of all exercises, the same for all, on the same machine, one way after
the other, as whole commands with their children: wall and CPU seconds for each submission. Ours is
the full pipeline: visible checks, hidden tests, gradebook, feedback pages, class report. Stock
nbgrader and Otter run the visible checks only, in a Jupyter kernel for each notebook; nbgrader once
as it comes and once with `LABKIT_QUICK=1`, as grading here does (see labkit/quick.py). The last
row is the students' own code: the same cells, in a process that has imported everything before.

    python benchmarks/grading.py --students 4
    pip install 'otter-grader==7.*'             # for the row of Otter
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import nbformat
from arguments import script_parser
from cpu_time import counted
from grading_otter import otter_commands, require_full_results
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.course import CONFIG_NAME, Course, put_scripts_on_path
from autograder.demo import make_demo_course
from autograder.lab import read_lab
from autograder.release.build import generate_assignment

REPOSITORY = Path(__file__).parents[1]
LAB = "lab1_magnitude"
OURS = [sys.executable, "-m", "autograder.cli", "grade", LAB, "--workers"]
STOCK = [sys.executable, "-m", "nbgrader", "autograde", LAB, "--Execute.timeout=300"]
CELLS = [sys.executable, str(Path(__file__).with_name("grading_cells.py"))]
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
QUICK = {"LABKIT_QUICK": "1"}
WAYS = {
    "ours": "`autograder grade`, {workers} workers, everything",
    "stock": "stock `nbgrader autograde`, visible checks only",
    "stock-quick": "the same, quick runs as ours",
    "otter": "`otter run`, visible checks only, quick runs as ours",
    "cells": "the students' cells alone, one process, quick runs as ours",
}


class Cost(NamedTuple):
    """Seconds for each submission."""

    wall_s: float
    cpu_s: float


def main() -> None:
    """Grade in each way and print a table in Markdown."""
    parser = script_parser(__doc__)
    parser.add_argument("--students", type=int, default=4, help="how many submissions (default 4)")
    parser.add_argument("--workers", type=int, default=2, help="workers of ours (default 2)")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS), help="default: all")
    options = parser.parse_args()
    put_scripts_on_path()
    costs: dict[str, Cost] = {}
    for way in options.ways:
        if way == "otter" and find_spec("otter") is None:
            print("Otter is not installed: pip install 'otter-grader==7.*'", file=sys.stderr)
            continue
        costs[way] = measure(way, options.students, options.workers)
        print(f"{way}: {costs[way]}", file=sys.stderr)
    print_table(costs, options.students, options.workers)


def measure(way: str, students: int, workers: int) -> Cost:
    """Grade a class in one way, in a course of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        course = make_course(folder, students, stock=way != "ours")
        environment = {} if way in ("ours", "stock") else QUICK
        commands = [[*OURS, str(workers)] if way == "ours" else STOCK]
        if way == "cells":
            commands = [[*CELLS, str(course.submitted), str(course.small_data)]]
        elif way == "otter":
            commands = otter_commands(course, LAB, folder / "otter")
            environment = QUICK | {"PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])}
        wall_s, cpu_s = timed(commands, course.root, environment)
        if way in ("ours", "stock", "stock-quick"):
            require_full_marks(course, students)
        elif way == "otter":
            require_full_results(folder / "otter")
    return Cost(wall_s / students, cpu_s / students)


def require_full_marks(course: Course, students: int) -> None:
    """Refuse times of a grading that did not work: honest work gets every automatic point."""
    directory = CourseDirectory(config=course.nbgrader_config(LAB))
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        submissions = gradebook.assignment_submissions(LAB)
        grades = [g for s in submissions for n in s.notebooks for g in n.grades]
        automatic = [g for g in grades if g.cell.cell_type == "code"]
        lost = [g.cell.name for g in automatic if (g.auto_score or 0.0) < g.max_score - 1e-6]
    if len(submissions) != students or not automatic or lost:
        sys.exit(f"{len(submissions)} of {students} graded; points lost in {sorted(set(lost))}.")


def timed(commands: list[list[str]], folder: Path, environment: dict[str, str]) -> Cost:
    """Run commands one after the other; their seconds with those of their children."""
    inherited = {name: value for name, value in os.environ.items() if name not in THREADS}
    start = time.perf_counter()
    with counted() as cpu:
        for command in commands:
            done = subprocess.run(
                command,
                cwd=folder,
                env=inherited | environment,
                capture_output=True,
                text=True,
                preexec_fn=cpu.join,
            )
            if done.returncode:
                printed = done.stdout[-2000:] + done.stderr[-2000:]
                sys.exit(f"{' '.join(command)} failed:\n{printed}")
    return Cost(time.perf_counter() - start, cpu.seconds)


def print_table(costs: dict[str, Cost], students: int, workers: int) -> None:
    """One row for each way, and what follows from them."""
    print(f"| {students} submissions of {LAB} | wall s each | CPU s each | per hour |")
    print("|---|---:|---:|---:|")
    for way, cost in costs.items():
        label = WAYS[way].format(workers=workers)
        print(f"| {label} | {cost.wall_s:.2f} | {cost.cpu_s:.2f} | {3600 / cost.wall_s:.0f} |")
    ours = costs.get("ours")
    for other in ("stock", "stock-quick", "otter"):
        if ours and other in costs:
            wall, cpu = costs[other].wall_s / ours.wall_s, costs[other].cpu_s / ours.cpu_s
            print(f"| {other} / ours | {wall:.1f} | {cpu:.1f} | |")
    if ours and "cells" in costs:
        cells = costs["cells"]
        wall_s, cpu_s = ours.wall_s - cells.wall_s / workers, ours.cpu_s - cells.cpu_s
        print(
            f"| ours beyond the cells, shared by {workers} workers | {wall_s:.2f} | {cpu_s:.2f} | |"
        )


def make_course(folder: Path, students: int, stock: bool) -> Course:
    """A released course with the solutions of every exercise handed in, nobody's like another's."""
    real = folder / "real"
    real.mkdir()
    for path in REPOSITORY.iterdir():
        if path.name not in ("build", ".git", ".venv"):
            (real / path.name).symlink_to(path)
    course = make_demo_course(Course(real))
    if stock:
        config = course.root / CONFIG_NAME
        own = config.read_text(encoding="utf-8").split("# Submissions are")[0]
        config.write_text(own, encoding="utf-8")
    generate_assignment(course, LAB)
    for number in range(students):
        target = course.submitted / f"student{number}" / LAB
        target.mkdir(parents=True)
        for exercise in read_lab(course.labs, LAB):
            notebook = nbformat.from_dict(exercise.source)
            for cell in notebook.cells:
                if cell.id.endswith("-task"):
                    cell.source += f"\n# {number}"
            nbformat.write(notebook, target / f"{exercise.name}.ipynb")
    return course


if __name__ == "__main__":
    main()
