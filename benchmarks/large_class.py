"""Grade a large class of Lab 1 in one go: time, memory, store, and whether time stays linear.

Complete honest submissions of all five exercises, nobody's like another's, graded by
`autograder grade`; the whole command with its report. Memory is that of the command and everything
below it, what processes share counted once (PSS), looked at every five seconds.

    python benchmarks/large_class.py --students 100
    python benchmarks/large_class.py --students 1000       # an evening
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import psutil
from arguments import script_parser
from grading import OURS, make_course, require_full_marks

from autograder.course import Course, put_scripts_on_path

LOOK_S = 5.0


def main() -> None:
    """Grade one class and print tables in Markdown."""
    parser = script_parser(__doc__)
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    put_scripts_on_path()
    with tempfile.TemporaryDirectory() as name:
        course = make_course(Path(name), options.students, stock=False)
        handed_in = size_mb(course.submitted)
        wall_s, memory = grade(course, options.workers)
        print_table(course, options.students, wall_s, memory, handed_in)
        print_quarters(course)
        require_full_marks(course, options.students)


def grade(course: Course, workers: int) -> tuple[float, float]:
    """Run the command; its wall seconds and the most memory it had, in MB."""
    printed = course.root / "printed"
    start, peak = time.perf_counter(), 0.0
    with printed.open("w") as output:
        command = subprocess.Popen(
            [*OURS, str(workers)], cwd=course.root, stdout=output, stderr=output
        )
        while command.poll() is None:
            peak = max(peak, memory_mb(command.pid))
            time.sleep(LOOK_S)
    wall_s = time.perf_counter() - start
    if command.returncode:
        sys.exit(printed.read_text(encoding="utf-8")[-3000:])
    return wall_s, peak


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


def size_mb(folder: Path) -> float:
    """What the files below a folder take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def print_table(
    course: Course, students: int, wall_s: float, memory: float, handed_in: float
) -> None:
    """One row for the class."""
    store, pages = size_mb(course.store), size_mb(course.build / "feedback")
    print("| students | wall | s each | peak memory | handed in | store | feedback pages |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    print(
        f"| {students:,} | {wall_s / 60:.0f} min | {wall_s / students:.2f} | {memory:,.0f} MB "
        f"| {handed_in:,.0f} MB | {store:,.0f} MB | {pages:,.0f} MB |\n"
    )


def print_quarters(course: Course) -> None:
    """Seconds for each submission in each quarter of the class, the start left out."""
    (log,) = (course.build / "logs").glob("*.jsonl")
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    done = [datetime.fromisoformat(e["time"]) for e in events if e["event"] == "recorded"]
    print("| recorded | s each |\n|---|---:|")
    for quarter in range(4):
        first, last = quarter * (len(done) - 1) // 4, (quarter + 1) * (len(done) - 1) // 4
        seconds = (done[last] - done[first]).total_seconds() / (last - first)
        print(f"| {first + 2:,} to {last + 1:,} | {seconds:.2f} |")
    print()


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "120")
    main()
