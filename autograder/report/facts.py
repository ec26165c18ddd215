"""From a graded class to what its page says: figures, bars and rows, all plain numbers and text.

Does: count. Does not: write HTML. A student who handed something in but lacks a task has 0 there;
who handed in nothing is listed as missing, and counts in no mean.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median

from autograder.lab import without_points
from autograder.report.model import ClassData, StudentRow, TaskRow, TestRow

WIDTHS = (0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
MOST_BARS = 14
EXERCISE = re.compile(r"ex(\d+)(?:_(.*))?$")
EPS = 1e-9


@dataclass(frozen=True)
class Bar:
    """One bar of the distribution: students with `low <= total < high` points."""

    low: float
    high: float
    count: int
    height: float  # percent of the highest bar


@dataclass(frozen=True)
class TaskFacts:
    """How the class did in one task; shares are percent of the students who handed in."""

    task: TaskRow
    title: str
    mean: float | None  # percent of the points, over those that are graded
    shares: dict[str, float]  # full, part, zero, waiting


@dataclass(frozen=True)
class TestFacts:
    """How the class did in one hidden test."""

    __test__ = False  # no pytest class

    title: str
    task: str
    passed: int
    total: int
    sentence: str  # the feedback that was given most often
    times: int

    @property
    def share(self) -> float:
        """Percent of those who were tested that passed."""
        return 100 * self.passed / self.total


@dataclass(frozen=True)
class Exercise:
    """A column of the students' table."""

    name: str
    short: str  # Ex 2
    long: str  # Exercise 2: magnitude pruning
    max_score: float
    tasks: list[TaskRow]

    def score(self, student: StudentRow) -> float:
        """A student's points in this exercise; what waits for a person counts nothing yet."""
        return sum(student.scores.get(task.grade_id) or 0.0 for task in self.tasks)


def short_title(task: TaskRow) -> str:
    """A task's heading without the points, or its grade_id where it has no heading."""
    return without_points(task.title) or task.grade_id


def exercises(data: ClassData) -> list[Exercise]:
    """The lab's exercises, in the order of their tasks."""
    found = []
    for name in dict.fromkeys(task.group for task in data.tasks):
        tasks = [task for task in data.tasks if task.group == name]
        match = EXERCISE.match(name)
        short = f"Ex {match[1]}" if match else name
        rest = match[2].replace("_", " ") if match and match[2] else ""
        long = (f"Exercise {match[1]}" if match else name) + (f": {rest}" if rest else "")
        found.append(Exercise(name, short, long, sum(task.max_score for task in tasks), tasks))
    return found


def mean_and_median(data: ClassData) -> tuple[float, float] | None:
    """Mean and median of the totals of those who handed in, or None where nobody did."""
    totals = [student.total for student in data.students]
    return (fmean(totals), median(totals)) if totals else None


def distribution(totals: Iterable[float], max_score: float) -> list[Bar]:
    """Count totals in bars of a round width; the last bar takes full marks and beyond."""
    width = next((w for w in WIDTHS if max_score <= MOST_BARS * w), max_score / MOST_BARS)
    number = max(1, math.ceil(max_score / width - EPS))
    index = [min(max(int(total / width + EPS), 0), number - 1) for total in totals]
    counts = Counter(index)
    top = max(counts.values(), default=1)
    return [
        Bar(i * width, (i + 1) * width, counts[i], 100 * counts[i] / top) for i in range(number)
    ]


def level(score: float | None, max_score: float) -> str:
    """How well a task is done: full, part, zero or waiting (for a person)."""
    if score is None:
        return "waiting"
    if score >= max_score - EPS:
        return "full"
    return "part" if score > EPS else "zero"


def task_facts(data: ClassData) -> list[TaskFacts]:
    """Mean and shares of each task, in the lab's order."""
    facts = []
    for task in data.tasks:
        scores = [student.scores.get(task.grade_id, 0.0) for student in data.students]
        graded = [score for score in scores if score is not None]
        mean = 100 * fmean(graded) / task.max_score if graded and task.max_score else None
        counts = Counter(level(score, task.max_score) for score in scores)
        shares = {
            name: 100 * counts[name] / len(scores) if scores else 0.0
            for name in ("full", "part", "zero", "waiting")
        }
        facts.append(TaskFacts(task, short_title(task), mean, shares))
    return facts


def hardest_tests(data: ClassData) -> list[TestFacts]:
    """All hidden tests that somebody failed, hardest first."""
    titles = {task.grade_id: short_title(task) for task in data.tasks}
    rows: dict[tuple[str, str], list[TestRow]] = {}
    for student in data.students:
        for test in student.tests:
            rows.setdefault((test.task, test.id), []).append(test)
    facts = []
    for (task, _), tests in rows.items():
        failed = [test for test in tests if not test.passed]
        if failed:
            sentence, times = Counter(test.message for test in failed).most_common(1)[0]
            passed = len(tests) - len(failed)
            title = tests[0].title
            facts.append(
                TestFacts(title, titles.get(task, task), passed, len(tests), sentence, times)
            )
    return sorted(facts, key=lambda fact: fact.share)
