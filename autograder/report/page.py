"""Writes the class report: `index.html`, one page without anything from elsewhere, and the CSV.

What students wrote is escaped by the template engine; links are quoted as relative paths; the
page's content policy allows its own script and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.report import facts
from autograder.report.model import ClassData
from autograder.report.table import write_csv

HERE = Path(__file__).parent
PAGE, CSV = "index.html", "report.csv"
SHOWN_TESTS = 10
CODE = re.compile(r"`([^`]+)`")


def write_report(data: ClassData, destination: Path) -> Path:
    """Write the class report.

    Args:
        data: The graded class.
        destination: Folder for `index.html` and `report.csv`; it is made where it is missing.

    Returns:
        The path of the page.
    """
    destination.mkdir(parents=True, exist_ok=True)
    page = destination / PAGE
    page.write_text(render(data), encoding="utf-8")
    write_csv(data, destination / CSV)
    return page


def render(data: ClassData) -> str:
    """The page as one string of HTML."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,  # ids, sentences and warnings are students' text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"points": points, "link": relative_link, "code": code_spans}
    script = (HERE / "report.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    average = facts.mean_and_median(data)
    waiting = sum(student.needs_manual for student in data.students)
    return environment.get_template("report.html.j2").render(
        data=data,
        exercises=facts.exercises(data),
        average=average,
        bars=facts.distribution((s.total for s in data.students), data.max_score),
        tasks=facts.task_facts(data),
        tests=facts.hardest_tests(data),
        shown_tests=SHOWN_TESTS,
        students=sorted(data.students, key=lambda s: s.student_id.casefold()),
        full_marks=sum(s.total >= data.max_score - facts.EPS for s in data.students),
        waiting=waiting,
        late=any(s.late_penalty for s in data.students),
        level=facts.level,
        short_title=facts.short_title,
        csv=CSV,
        style=Markup((HERE / "report.css").read_text("utf-8")),
        script=Markup(script),
        script_digest=digest,
    )


def points(value: float, digits: int = 2) -> str:
    """A number of points without needless zeros: 1, 0.5, 4.25."""
    return f"{round(value, digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")


def relative_link(path: str) -> str:
    """A relative path as the target of a link, whatever characters a student's id has."""
    return quote(path, safe="/")


def code_spans(text: str) -> Markup:
    """Escape a sentence, and set what stands in backticks as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))
