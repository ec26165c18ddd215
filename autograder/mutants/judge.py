"""What grading said of an answer, compared with what it should say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder.lab import Exercise
from autograder.mutants.answers import Answer


@dataclass(frozen=True)
class Row:
    """What became of one answer.

    Attributes:
        answer: The answer.
        caught_by: The hidden tests of its task that it failed, of its own option only.
        verdict: `ok`, or what is wrong with the hidden tests.
        messages: The feedback of the failed tests, by test.
    """

    answer: Answer
    caught_by: list[str]
    verdict: str
    messages: dict[str, str]

    @property
    def ok(self) -> bool:
        """Whether the hidden tests judged the answer as they should."""
        return self.verdict == "ok"


def judge(answer: Answer, exercise: Exercise, result: dict[str, Any]) -> Row:
    """Compare what grading said of an answer with what it should say."""
    tasks = [task for task in exercise.tasks if not task.manual]
    first = next((i for i, task in enumerate(tasks) if task.grade_id == answer.task), 0)
    lost = {t.grade_id: t.points - result["scores"].get(t.grade_id, 0.0) for t in tasks[first:]}
    failed = {test["id"]: test for test in result["tests"] if not test["passed"]}
    due = {test.get("option") for test in result["tests"] if test["id"] in answer.must_fail}
    own = [
        name
        for name, test in failed.items()
        if answer.task in ("", test["task"])
        and (test.get("option") in due if due else test.get("counts", True))
    ]
    messages = {name: test["message"] for name, test in failed.items()}
    verdict = "; ".join(_complaints(answer, lost, own)) or "ok"
    if result["warnings"]:
        verdict = f"warned: {result['warnings'][0]}"
    return Row(answer, own, verdict, messages)


def _complaints(answer: Answer, lost: dict[str, float], own: list[str]) -> Iterator[str]:
    losers = [name for name, points in lost.items() if points > 1e-6]
    if answer.kind in ("right", "solution") and losers:
        yield f"loses points in {', '.join(losers)}"
    if answer.kind == "stub" and len(losers) < len(lost):
        yield "the stub scores points"
    if answer.kind != "wrong":
        return
    if not answer.must_fail:
        yield "its second line does not say `# fails: test_name`"
    if answer.task not in losers:
        yield "survives"
    elif set(answer.must_fail) - set(own):
        yield f"not caught by {', '.join(sorted(set(answer.must_fail) - set(own)))}"
    others = [name for name in losers if name != answer.task]
    if others:
        yield f"costs points in {', '.join(others)}"
