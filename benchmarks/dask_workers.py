"""Grade the same class on a Dask cluster of 1, 2 and 4 workers, and without one.

A real scheduler and real workers on this machine, each with one thread; complete honest submissions
of Lab 1. Wall seconds are those of `autograder grade`, the start of the graders in the workers and
the report included; the rate is that from the first recorded grade to the last. More workers than
cores gain nothing: the rows show what the cluster itself costs.

    python benchmarks/dask_workers.py --students 12
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

from arguments import script_parser
from distributed import LocalCluster
from grading import LAB, make_course, require_full_marks

from autograder.course import Course, put_scripts_on_path

GRADE = [sys.executable, "-m", "autograder.cli", "grade", LAB]


def main() -> None:
    """Grade in each way and print a table in Markdown."""
    parser = script_parser(__doc__)
    parser.add_argument("--students", type=int, default=12)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    put_scripts_on_path()
    print(f"| {options.students} submissions, {os.cpu_count()} cores | wall s | then s each |")
    print("|---|---:|---:|")
    for workers in options.workers:
        show(f"{workers} local", options.students, ["--workers", str(workers)])
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster:
            scheduler = ["--scheduler", cluster.scheduler_address]
            show(f"{workers} on Dask", options.students, scheduler)


def show(name: str, students: int, words: list[str]) -> None:
    """Grade a new course with one more option; print its row."""
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder), students, stock=False)
        start = time.perf_counter()
        done = subprocess.run(
            [*GRADE, *words], cwd=course.root, capture_output=True, text=True, check=False
        )
        wall_s = time.perf_counter() - start
        if done.returncode:
            sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
        require_full_marks(course, students)
        print(f"| {name} | {wall_s:.0f} | {seconds_each(course):.2f} |", flush=True)


def seconds_each(course: Course) -> float:
    """Seconds from one recorded grade to the next, as the log has them."""
    (log,) = (course.build / "logs").glob("*.jsonl")
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    done = [datetime.fromisoformat(e["time"]) for e in events if e["event"] == "recorded"]
    return (done[-1] - done[0]).total_seconds() / (len(done) - 1)


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "120")
    main()
