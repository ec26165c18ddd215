"""The table of verdicts that a student finds below a graded cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.grading.result import TestResult

CODE = re.compile("`([^`]+)`")
# nbgrader's page gives table cells no padding, and sanitizing takes styles away: hence the spaces.
ROW = "<tr><td>{mark}&ensp;</td><td>{title}{message}</td><td>&emsp;{points}</td></tr>"
HEADING = "<tr><td></td><td><em>{text}</em></td><td></td></tr>"
ENOUGH = "your other options already have all the points there are"


def not_checked(option: str) -> str:
    """What a student reads of an option that could not add anything."""
    return f"Option {option} was not checked: {ENOUGH}"


def feedback_output(results: list[TestResult], left_out: Sequence[str] = ()) -> NotebookNode:
    """One line for each hidden test: passed or not, what it checks, and what to look at.

    Args:
        results: Of one graded cell.
        left_out: Options that were not judged, since they could not add anything.
    """
    rows = "".join(_heading(option, of) + "".join(map(_row, of)) for option, of in _parts(results))
    unjudged = [not_checked(option) for option in left_out]
    rows += "".join(HEADING.format(text=escape(text)) for text in unjudged)
    table = (
        "<table><thead><tr><th></th><th>What the autograder checked</th><th>&emsp;Points</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    )
    lines = [
        f"{'passed' if r.passed else 'FAILED'}  {r.title} ({_points(r)})"
        + ("" if r.counts else " (this option does not count)")
        + ("" if r.passed else f"\n        {r.message}")
        for r in results
    ]
    lines += unjudged
    return new_output("display_data", data={"text/html": table, "text/plain": "\n".join(lines)})


def _parts(results: list[TestResult]) -> list[tuple[str, list[TestResult]]]:
    """The results of each option in a row; those without one first, under the empty name."""
    names = sorted({result.option for result in results})
    return [(name, [r for r in results if r.option == name]) for name in names]


def _heading(option: str, results: list[TestResult]) -> str:
    if not option:
        return ""
    counts = "counts" if results[0].counts else "does not count: your other options are better"
    return HEADING.format(text=f"Option {escape(option)} {counts}")


def _row(result: TestResult) -> str:
    message = "" if result.passed else f"<br><strong>{_html(result.message)}</strong>"
    return ROW.format(
        mark="✓" if result.passed else "✗",
        title=_html(result.title),
        message=message,
        points=_points(result),
    )


def _html(text: str) -> str:
    """Escaped text, with what stands in backticks as code."""
    return CODE.sub(r"<code>\1</code>", escape(text))


def _points(result: TestResult) -> str:
    earned = result.points if result.passed else 0
    return f"{earned:g} / {result.points:g}"
