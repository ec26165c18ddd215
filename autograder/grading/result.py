"""What grading one notebook gives, as plain data that can be stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode


@dataclass(frozen=True)
class TestResult:
    """One hidden test's verdict.

    Attributes:
        id: The test's name.
        task: The `grade_id` of the task that it judges.
        title: What it checks, as the student reads it.
        points: What it gives when passed.
        passed: Whether it passed.
        message: For the student, when it failed: what to look at.
        option: Which option of the task it judges; empty where the task has none.
        counts: Whether its option is among those that count.
    """

    __test__ = False

    id: str
    task: str
    title: str
    points: float
    passed: bool
    message: str = ""
    option: str = ""
    counts: bool = True


@dataclass
class NotebookResult:
    """The executed notebook and its verdicts.

    Attributes:
        notebook: The notebook with outputs and, in graded cells, feedback.
        tests: In the order in which they ran.
        scores: Points by `grade_id` of each task with hidden tests.
        unchecked: By `grade_id`, options that were not judged, since they could not add anything.
        warnings: One line for the instructor for each odd thing.
        seconds: Wall time.
        isolation: The walls that it ran behind.
        versions: Of what it ran on, by name; empty where an earlier version did not say.
    """

    notebook: NotebookNode
    tests: list[TestResult] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0
    isolation: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    unchecked: dict[str, list[str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data for the store."""
        return asdict(self) | {"tests": [asdict(test) for test in self.tests]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> NotebookResult:
        """The inverse of `to_json`."""
        return cls(
            notebook=nbformat.from_dict(data["notebook"]),
            tests=[TestResult(**test) for test in data["tests"]],
            scores=data["scores"],
            warnings=data["warnings"],
            seconds=data["seconds"],
            isolation=str(data.get("isolation", "")),
            versions=dict(data.get("versions", {})),
            unchecked=dict(data.get("unchecked", {})),
        )
