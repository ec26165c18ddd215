"""What the class report shows, as plain dataclasses.

Does: name the facts. Does not: read a gradebook (the collector does) or draw (the page does).
Nothing here is trusted to be harmless text: ids, messages and warnings come from students.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TaskRow:
    """One task of the lab, with its maximum in points."""

    grade_id: str  # of the cell with the points: ex2-sparsity-check, ex2-trends-written
    title: str  # "2.2 How sparse?", for people
    max_score: float
    exercise: str = ""  # the notebook: ex2_magnitude_pruning; empty: what precedes the first "-"
    by_hand: bool = False  # a written answer, graded by a person

    @property
    def group(self) -> str:
        """The exercise that the task belongs to."""
        return self.exercise or self.grade_id.partition("-")[0]


@dataclass(frozen=True)
class TestRow:
    """What one hidden test said about one student."""

    __test__ = False  # no pytest class

    id: str  # "test_ex2_magnitude_pruning.py::test_percent"
    task: str  # grade_id of the task
    title: str
    points: float
    passed: bool
    message: str = ""  # the feedback sentence, where it failed


@dataclass(frozen=True)
class StudentRow:
    """One student who handed something in."""

    student_id: str
    scores: dict[str, float | None]  # grade_id -> points; None: waits for a person
    total: float  # what counts, after any late penalty
    needs_manual: bool = False
    late_penalty: float = 0.0  # points that were taken off
    warnings: list[str] = field(default_factory=list)
    tests: list[TestRow] = field(default_factory=list)
    feedback_links: dict[str, str] = field(default_factory=dict)  # label -> path from index.html


@dataclass(frozen=True)
class ClassData:
    """One lab of one class, after grading."""

    lab: str
    tasks: list[TaskRow]
    students: list[StudentRow]
    max_score: float
    generated_at: dt.datetime
    seed: int
    isolation: str  # "none: notebooks ran as an ordinary process"
    course: str = ""
    missing: dict[str, str] = field(default_factory=dict)  # student -> why: "no notebook in …"
    warnings: list[str] = field(default_factory=list)  # of the run as a whole
