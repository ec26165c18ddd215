"""What grading a submission takes beyond the student's own code, part by part.

Complete honest submissions of all five exercises of Lab 1, one after the other: each is graded by
one engine in this process and recorded with nbgrader, feedback pages included. The student's own
code is its cells and the calls of its functions by hidden tests, in seconds of its own clock. All
else is ours. In a class it is shared by the workers, since one records while others grade.

    python benchmarks/overhead.py --students 10
"""

from __future__ import annotations

import functools
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # as workers have it

from arguments import script_parser
from grading import LAB, make_course

from autograder.boundary.notebook import NotebookSession
from autograder.boundary.snapshot import Snapshot
from autograder.course import Course, put_scripts_on_path
from autograder.grading.engine import Engine
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.grading.store import Store
from autograder.lab import read_lab
from autograder.recording import Recorder
from autograder.submissions import Reader

Timer = Callable[[Any, float], None]


class Cost(NamedTuple):
    """Seconds for one submission, by what takes them."""

    cells_s: float
    calls_s: float
    carrying_s: float
    testing_s: float
    recording_s: float


ROWS = {
    "cells_s": "its cells",
    "calls_s": "its functions, called by hidden tests",
    "carrying_s": "what goes in and out of these calls",
    "testing_s": "hidden tests themselves, forks, pytest",
    "recording_s": "recording it, with feedback pages",
}


class Seconds:
    """Adds up what the student's code takes, and what calls of it take as we see them."""

    def __init__(self) -> None:
        self.cells_s = self.calls_s = self.calls_seen_s = 0.0
        _time(NotebookSession, "execute", self._add_cell)
        _time(Snapshot, "call", self._add_call)

    def _add_cell(self, run: Any, seconds: float) -> None:
        self.cells_s += run.seconds

    def _add_call(self, call: Any, seconds: float) -> None:
        self.calls_s += call.seconds
        self.calls_seen_s += seconds


def _time(kind: type, name: str, add: Timer) -> None:
    """Tell a timer what each call of a method gave and how long it took."""
    method = getattr(kind, name)

    @functools.wraps(method)
    def timed(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        value = method(*args, **kwargs)
        add(value, time.perf_counter() - start)
        return value

    setattr(kind, name, timed)


class Grader:
    """Grades and records the submissions of a course, one at a time."""

    def __init__(self, course: Course) -> None:
        self._exercises = read_lab(course.labs, LAB)
        self._store = Store(course.store)
        self._reader = Reader(course, self._exercises, self._store.seed(LAB), Limits())
        self._recorder = Recorder(course, LAB)
        self._engine = Engine(course.root)
        self._seconds = Seconds()

    def cost(self, student: str) -> Cost:
        """Grade and record one submission."""
        before = list(vars(self._seconds).values())
        start = time.perf_counter()
        submission = self._reader.read(student)
        job = self._reader.job(submission, self._store.scores)
        assert job is not None
        results = {k: NotebookResult.from_json(v) for k, v in self._engine.grade(job).items()}
        for key, result in results.items():
            self._store.put(key, result)
        graded = time.perf_counter()
        problem = self._recorder.record(submission, self._exercises)
        recorded = time.perf_counter()
        lost = [test for result in results.values() for test in result.tests if not test.passed]
        if problem or lost:
            sys.exit(f"{student}: {problem or lost[0]}")
        after = list(vars(self._seconds).values())
        cells_s, calls_s, seen_s = (b - a for a, b in zip(before, after, strict=True))
        testing_s = graded - start - cells_s - seen_s
        return Cost(cells_s, calls_s, seen_s - calls_s, testing_s, recorded - graded)

    def close(self) -> None:
        """End the engine's processes."""
        self._engine.close()


def main() -> None:
    """Grade one submission after the other and print medians as a table in Markdown."""
    parser = script_parser(__doc__)
    parser.add_argument("--students", type=int, default=10, help="how many (default 10)")
    parser.add_argument("--workers", type=int, default=2, help="that share it (default 2)")
    options = parser.parse_args()
    put_scripts_on_path()
    costs = measure(options.students)
    print(f"| one submission alone, medians of {options.students} | s |\n|---|---:|")
    for field, label in ROWS.items():
        print(f"| {label} | {statistics.median(getattr(c, field) for c in costs):.2f} |")
    ours = [c.carrying_s + c.testing_s + c.recording_s for c in costs]
    share = statistics.median(ours) / options.workers
    label = f"beyond its own code: the last three, shared by {options.workers} workers"
    print(f"| **{label}** | **{share:.2f}** |")


def measure(students: int) -> list[Cost]:
    """What each submission of a class costs, after one that warms up."""
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder), students + 1, stock=False)
        os.chdir(course.root)
        grader = Grader(course)
        gc.freeze()  # as workers do
        try:
            costs = []
            for number in range(students + 1):
                costs.append(grader.cost(f"student{number}"))
                print(f"student{number}: {costs[-1]}", file=sys.stderr)
        finally:
            grader.close()
    return costs[1:]


if __name__ == "__main__":
    main()
