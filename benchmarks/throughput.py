"""Throughput of this autograder against stock `nbgrader autograde`, a bit of each in turn.

A shared machine varies by half within minutes, so one way after the other compares two hours of its
day. Here each round grades one submission with stock nbgrader and a small class with ours, both as
whole commands. A class of 1,000 does not notice what starting costs, so the columns "running" leave
it out: of stock nbgrader what the same command takes when all is graded; of ours what lies before
the first recorded grade.

    python benchmarks/throughput.py --rounds 5 --students 12
"""

from __future__ import annotations

import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from arguments import script_parser
from grading import OURS, STOCK, make_course, require_full_marks, timed

from autograder.course import put_scripts_on_path


class Round(NamedTuple):
    """Wall seconds for each submission, with the start and without."""

    stock_s: float
    stock_running_s: float
    ours_s: float
    ours_running_s: float


def main() -> None:
    """Grade round after round and print a table in Markdown."""
    parser = script_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--students", type=int, default=12, help="of ours in a round (default 12)")
    parser.add_argument("--workers", type=int, default=2, help="of ours (default 2)")
    options = parser.parse_args()
    put_scripts_on_path()
    print("| round | stock s each | running | ours s each | running | ratio | running |")
    print("|---|---:|---:|---:|---:|---:|---:|", flush=True)
    rounds = []
    for number in range(1, options.rounds + 1):
        rounds.append(one_round(options.students, options.workers))
        print_row(str(number), rounds[-1])
    print_row("mean", Round(*(sum(column) / len(rounds) for column in zip(*rounds, strict=True))))


def one_round(students: int, workers: int) -> Round:
    """One submission with stock nbgrader, then a class with ours."""
    return Round(*stock(), *ours(students, workers))


def stock() -> tuple[float, float]:
    """Seconds for one submission, and without those of the start."""
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder), 1, stock=True)
        first_s = timed([STOCK], course.root, {}).wall_s
        again_s = timed([STOCK], course.root, {}).wall_s
        require_full_marks(course, 1)
    return first_s, first_s - again_s


def ours(students: int, workers: int) -> tuple[float, float]:
    """Seconds for each submission of a class, and from the first recorded grade to the last."""
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder), students, stock=False)
        wall_s = timed([[*OURS, str(workers)]], course.root, {}).wall_s
        require_full_marks(course, students)
        (log,) = (course.build / "logs").glob("*.jsonl")
        events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    done = [datetime.fromisoformat(e["time"]) for e in events if e["event"] == "recorded"]
    return wall_s / students, (done[-1] - done[0]).total_seconds() / (len(done) - 1)


def print_row(name: str, cost: Round) -> None:
    """One row, with both ratios."""
    seconds = " | ".join(f"{value:.2f}" for value in cost)
    ratio, running = cost.stock_s / cost.ours_s, cost.stock_running_s / cost.ours_running_s
    print(f"| {name} | {seconds} | {ratio:.1f} | {running:.1f} |", flush=True)


if __name__ == "__main__":
    main()
