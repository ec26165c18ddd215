"""Gradescope's `results.json`: a test case for each hidden test, and notes on the whole.

Does: turn verdicts into plain data in Gradescope's format. Does not: decide on any point; the
scores are `grading.scoring`'s. Text that comes from students is escaped, and cut to a length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from autograder.exports.gradescope.metadata import Metadata
from autograder.exports.gradescope.options import Options
from autograder.feedback.verdicts import CODE, not_checked
from autograder.grading.result import NotebookResult, TestResult
from autograder.grading.scoring import ROUNDING
from autograder.lab import Exercise, Task

TEXT_LIMIT = 4_000  # characters of one message
DETAIL_LIMIT = 20_000  # characters of what only the instructor sees
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
HEADING = re.compile(r"(?:(?P<number>\d+(?:\.\d+)*)\s+)?(?P<title>.*?)\s*(?:\([^()]*points?\))?")
OURS = (
    "The autograder itself failed on {what}. This is not your fault: please tell your instructor."
)
NOT_COUNTED = "This option does not count; your best ones do."

Case = dict[str, Any]


@dataclass
class Graded:
    """What a run has of one submission.

    Attributes:
        results: By exercise, of what was graded.
        not_handed_in: Exercises without a notebook.
        late: Exercises that the time limit left ungraded.
        faults: Exercises that the autograder failed on, with details for the instructor.
        notes: Sentences about the submission, for student and instructor.
        details: Lines for the instructor alone.
        isolation: How students' code was kept apart.
    """

    results: dict[str, NotebookResult] = field(default_factory=dict)
    not_handed_in: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    isolation: str = ""


def to_gradescope(
    exercises: Sequence[Exercise],
    graded: Graded,
    options: Options,
    metadata: Metadata,
    extra: Sequence[str] = (),
    at_most: float | None = None,
    seconds: float = 0.0,
) -> dict[str, Any]:
    """The content of `results.json`.

    Args:
        exercises: The lab, in order.
        graded: What the run has.
        options: What the instructor chose.
        metadata: What Gradescope said about the submission.
        extra: Notebooks whose points come on top.
        at_most: The highest score; None for no such limit.
        seconds: How long the run took.
    """
    tests = [
        case | {"visibility": options.visibility}
        for exercise in exercises
        for task in exercise.tasks
        if not task.manual
        for case in _cases(exercise, task, graded, exercise.name in extra)
    ]
    total = round(sum(case["score"] for case in tests), ROUNDING)
    content: dict[str, Any] = {
        "execution_time": round(seconds, 1),
        "output": _overview(exercises, graded, options, metadata, total, at_most),
        "output_format": "html",
        "test_output_format": "html",
        # Each test has its own setting; sentences about what was handed in help at once.
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": _extra_data(graded, options, metadata),
        "tests": [*tests, _for_instructor(graded)],
    }
    if at_most is not None and total > at_most:
        content["score"] = at_most
    return content


def our_fault(details: str) -> dict[str, Any]:
    """The content of `results.json` where nothing could be graded, for no fault of the student."""
    return {
        "score": 0.0,
        "output": paragraph(
            OURS.format(what="this submission") + " The score says nothing about your work."
        ),
        "output_format": "html",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"failed": True},
        "tests": [_for_instructor(Graded(details=[details]))],
    }


def paragraph(text: str) -> str:
    """Plain text as HTML: escaped, with what stands in backticks as code."""
    marked = CODE.sub(r"<code>\1</code>", escape(plain(text)))
    return f"<p>{marked}</p>"


def plain(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text without control characters and lone surrogates, cut to a length."""
    text = UNPRINTABLE.sub("�", text.replace("\r\n", "\n"))
    return text if len(text) <= limit else f"{text[:limit]} …"


def _cases(exercise: Exercise, task: Task, graded: Graded, extra: bool) -> list[Case]:
    """A task's test cases; one for the whole task where there are no verdicts on it."""
    number, title = _heading(task)
    if extra:
        title += " (extra credit)"
    result = graded.results.get(exercise.name)
    tests = [test for test in result.tests if test.task == task.grade_id] if result else []
    if not result or not tests:
        case = _case(title, 0.0, task.points, False, paragraph(_why_none(exercise, graded)))
        return [case | ({"number": number} if number else {})]
    cases = [_test_case(title, test) for test in tests]
    cases += [
        _case(f"{title} – option {option}", 0.0, 0.0, True, paragraph(f"{not_checked(option)}."))
        for option in result.unchecked.get(task.grade_id, [])
    ]
    if number:
        cases = [case | {"number": f"{number}.{n}"} for n, case in enumerate(cases, start=1)]
    return cases


def _test_case(title: str, test: TestResult) -> Case:
    option = f" option {test.option}:" if test.option else ""
    text = paragraph("Passed." if test.passed else test.message)
    if not test.counts:
        text += paragraph(NOT_COUNTED)
    points = test.points if test.counts else 0.0
    score = points if test.passed else 0.0
    return _case(f"{title} –{option} {test.title}", score, points, test.passed, text)


def _case(name: str, score: float, most: float, passed: bool, output: str) -> Case:
    return {
        "name": plain(name.replace("`", ""), 200),
        "score": score,
        "max_score": most,
        "status": "passed" if passed else "failed",
        "output": output,
        "output_format": "html",
    }


def _why_none(exercise: Exercise, graded: Graded) -> str:
    """Why there are no verdicts on an exercise."""
    if exercise.name in graded.not_handed_in:
        return f"`{exercise.name}.ipynb` was not handed in."
    if exercise.name in graded.late:
        return "The time limit of the whole run was reached before this notebook was graded."
    if exercise.name in graded.faults:
        return OURS.format(what=f"`{exercise.name}.ipynb`")
    warnings = graded.results[exercise.name].warnings
    return warnings[0] if warnings else "Nothing of this task could be checked."


def _heading(task: Task) -> tuple[str, str]:
    """The number and the title in a heading such as `2.2 Sparsity (1 point)`."""
    match = HEADING.fullmatch(task.title)
    if match is None or not match["title"]:
        return "", task.grade_id
    return match["number"] or "", match["title"]


def _overview(
    exercises: Sequence[Exercise],
    graded: Graded,
    options: Options,
    metadata: Metadata,
    total: float,
    at_most: float | None,
) -> str:
    lines = [OURS.format(what=f"`{name}.ipynb`") for name in graded.faults]
    if graded.late:
        lines.append(
            f"The time limit of the whole run was reached; not graded: {', '.join(graded.late)}. "
            "Look for a cell that never ends, then hand in again."
        )
    if graded.not_handed_in:
        lines.append(f"Not handed in: {', '.join(graded.not_handed_in)}.")
    lines += graded.notes
    manual = [task for exercise in exercises for task in exercise.tasks if task.manual]
    if manual:
        names = ", ".join(f"{' '.join(_heading(t)).strip()} ({t.points:g})" for t in manual)
        points = sum(task.points for task in manual)
        lines.append(f"Graded by a person later, so not in this score, {points:g} points: {names}.")
    if at_most is not None and total > at_most and options.visibility == "visible":
        lines.append(f"The tests give {total:g} points; the most that counts is {at_most:g}.")
    if metadata.late:
        lines.append(
            "This was handed in after the due date. What that costs, if anything, is not in this "
            "score; your instructor decides."
        )
    return "".join(map(paragraph, lines)) or paragraph("Everything was graded.")


def _for_instructor(graded: Graded) -> dict[str, Any]:
    """A test case that students never see, and that gives nothing."""
    lines = [f"Isolation: {graded.isolation or 'nothing was run'}.", *graded.details]
    for name, result in graded.results.items():
        earned = sum(result.scores.values())
        lines.append(f"{name}: {earned:g} points in {result.seconds:.1f} s.")
        lines += [f"{name}: {warning}" for warning in result.warnings]
    lines += [f"{name}, a fault of the autograder: {why}" for name, why in graded.faults.items()]
    return {
        "name": "For the instructor",
        "score": 0.0,
        "max_score": 0.0,
        "status": "failed" if graded.faults else "passed",
        "output": plain("\n".join(lines), DETAIL_LIMIT),
        "output_format": "text",
        "visibility": "hidden",
    }


def _extra_data(graded: Graded, options: Options, metadata: Metadata) -> dict[str, Any]:
    """For whoever downloads the results: nothing that a student must not know."""
    return {
        "lab": options.lab,
        "isolation": graded.isolation,
        "submission": metadata.submission,
        "earlier_submissions": metadata.earlier,
        "scores": {name: dict(result.scores) for name, result in graded.results.items()},
    }
