"""Grade a large class of Lab 1 in one go: time, memory and store as the number of students grows.

Complete honest submissions of all five exercises, nobody's like another's, graded by
`autograder grade`; the whole command with its report. Memory is that of the command and everything
below it, what processes share counted once (PSS), looked at every second.

    python benchmarks/large_class.py --students 50 100 200
    python benchmarks/large_class.py --students 1000       # an evening
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil
from grading import OURS, make_course, require_full_marks

from autograder.course import put_scripts_on_path


class Measured(NamedTuple):
    """What one class took."""

    students: int
    wall_s: float
    memory_mb: float
    store_mb: float


def main() -> None:
    """Grade classes of each size and print a table in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--students", type=int, nargs="+", default=[25, 50, 100])
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    put_scripts_on_path()
    print("| students | wall s | s each | peak memory MB | store MB | KB each |")
    print("|---:|---:|---:|---:|---:|---:|")
    for students in options.students:
        it = measure(students, options.workers)
        each_kb = 1000 * it.store_mb / students
        print(
            f"| {students} | {it.wall_s:.0f} | {it.wall_s / students:.2f} | {it.memory_mb:.0f} "
            f"| {it.store_mb:.1f} | {each_kb:.0f} |",
            flush=True,
        )


def measure(students: int, workers: int) -> Measured:
    """Grade one class."""
    with tempfile.TemporaryDirectory() as name:
        course = make_course(Path(name), students, stock=False)
        start, peak = time.perf_counter(), 0.0
        with (Path(name) / "printed").open("w") as printed:
            command = subprocess.Popen(
                [*OURS, str(workers)], cwd=course.root, stdout=printed, stderr=printed
            )
            while command.poll() is None:
                peak = max(peak, memory_mb(command.pid))
                time.sleep(1)
        wall_s = time.perf_counter() - start
        if command.returncode:
            sys.exit((Path(name) / "printed").read_text()[-3000:])
        require_full_marks(course, students)
        store = sum(path.stat().st_size for path in course.store.rglob("*") if path.is_file())
        return Measured(students, wall_s, peak, store / 1e6)


def memory_mb(pid: int) -> float:
    """Proportional memory of a process and all below it."""
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    total = 0
    for member in family:
        try:
            lines = Path(f"/proc/{member.pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total / 1e6


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "120")
    main()
