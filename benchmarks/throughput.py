"""Throughput of this autograder against stock `nbgrader autograde`, a bit of each in turn.

A machine that is shared varies by half within minutes, so one way after the other compares two hours
of its day. Here each round grades one submission with stock nbgrader and a small class with ours,
both as whole commands; what the rounds took is added up. The last column leaves the start of the
workers out, which a class of 1,000 does not notice: from the first recorded grade to the last.

    python benchmarks/throughput.py --rounds 5 --students 12
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from grading import OURS, STOCK, make_course, require_full_marks, timed

from autograder.course import Course, put_scripts_on_path


class Round(NamedTuple):
    """Wall seconds for each submission: stock, ours, and ours without the start."""

    stock_s: float
    ours_s: float
    steady_s: float


def main() -> None:
    """Grade round after round and print a table in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--students", type=int, default=12, help="of ours in a round (default 12)")
    parser.add_argument("--workers", type=int, default=2, help="of ours (default 2)")
    options = parser.parse_args()
    put_scripts_on_path()
    print("| round | stock s each | ours s each | without the start | ratio | without the start |")
    print("|---|---:|---:|---:|---:|---:|")
    rounds = []
    for number in range(1, options.rounds + 1):
        rounds.append(one_round(options.students, options.workers))
        print_row(str(number), rounds[-1])
    print_row("mean", Round(*(sum(column) / len(rounds) for column in zip(*rounds, strict=True))))


def one_round(students: int, workers: int) -> Round:
    """One submission with stock nbgrader, then a class with ours."""
    stock_s, _ = grade(1, [*STOCK], stock=True)
    ours_s, course_log = grade(students, [*OURS, str(workers)], stock=False)
    recorded = [
        datetime.fromisoformat(event["time"])
        for event in course_log
        if event["event"] == "recorded"
    ]
    steady_s = (recorded[-1] - recorded[0]).total_seconds() / (len(recorded) - 1)
    return Round(stock_s, ours_s / students, steady_s)


def grade(students: int, command: list[str], stock: bool) -> tuple[float, list[dict[str, str]]]:
    """Grade a class by a command; its wall seconds and, of ours, its log."""
    with tempfile.TemporaryDirectory() as folder:
        course: Course = make_course(Path(folder), students, stock)
        wall_s = timed([command], course.root, {}).wall_s
        require_full_marks(course, students)
        logs = list((course.build / "logs").glob("*.jsonl"))
        text = "".join(log.read_text(encoding="utf-8") for log in logs)
    return wall_s, [json.loads(line) for line in text.splitlines()]


def print_row(name: str, cost: Round) -> None:
    """One row, with both ratios."""
    ratios = f"{cost.stock_s / cost.ours_s:.1f} | {cost.stock_s / cost.steady_s:.1f}"
    seconds = f"{cost.stock_s:.2f} | {cost.ours_s:.2f} | {cost.steady_s:.2f}"
    print(f"| {name} | {seconds} | {ratios} |")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
