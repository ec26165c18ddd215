"""Writes `similarity.html`: alike solutions side by side, in one page that loads nothing.

What students wrote is escaped by the template engine, and characters that show nothing or turn the
direction of a line are written out; the page's content policy allows no script at all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.grading.store import write_atomically
from autograder.report import page as report_page
from autograder.similarity.compare import (
    COMMON_FEWEST,
    LEAST_IN_ALL,
    Match,
    Pair,
    groups,
)
from autograder.similarity.documents import Document

HERE = Path(__file__).parent
PAGE, CSV = "similarity.html", "similarity.csv"
SHOWN_PAIRS, SHOWN_LINES, LONGEST_LINE = 60, 300, 300
OPENED = 3


@dataclass(frozen=True)
class Side:
    """One column of a comparison: whose it is, and lines as (number, text, whether shared)."""

    student: str
    lines: list[tuple[int, str, bool]]
    left_out: int


def write_page(
    lab: str, pairs: Sequence[Pair], students: int, texts: int, destination: Path
) -> Path:
    """Write the page.

    Args:
        lab: The lab.
        pairs: Who to look at, those with most evidence first.
        students: How many handed in.
        texts: How many cells were compared.
        destination: Folder for `similarity.html`.

    Returns:
        The path of the page.
    """
    path = destination / PAGE
    write_atomically(path, render(lab, pairs, students, texts))
    return path


def render(lab: str, pairs: Sequence[Pair], students: int, texts: int) -> str:
    """The page as one string of HTML."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,  # ids and code are students' text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"visible": visible}
    style = (Path(report_page.HERE) / "report.css").read_text("utf-8")
    html = environment.get_template("similarity.html.j2").render(
        lab=visible(lab),
        pairs=pairs[:SHOWN_PAIRS],
        left_out=max(0, len(pairs) - SHOWN_PAIRS),
        total=len(pairs),
        groups=[group for group in groups(pairs) if len(group) > 2],
        students=students,
        involved=len({name for pair in pairs for name in (pair.first, pair.second)}),
        texts=texts,
        sides=sides,
        opened=OPENED,
        least=LEAST_IN_ALL,
        fewest=COMMON_FEWEST,
        csv=CSV,
        now=datetime.now().astimezone(),
        style=Markup(style + (HERE / "similarity.css").read_text("utf-8")),
    )
    return html.encode("utf-8", "replace").decode("utf-8")


def sides(match: Match) -> tuple[Side, Side]:
    """The two columns of a comparison."""
    return _side(match.first, match.first_lines), _side(match.second, match.second_lines)


def visible(text: str) -> str:
    """Text in which characters that nobody would see are written out, such as ⟨U+202E⟩."""
    return "".join(
        f"⟨U+{ord(char):04X}⟩" if unicodedata.category(char) in _UNSEEN and char != "\t" else char
        for char in text
    )


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def _side(document: Document, shared: frozenset[int]) -> Side:
    lines = document.source.split("\n")
    shown = [
        (number, visible(line[:LONGEST_LINE]) + ("…" if len(line) > LONGEST_LINE else ""),
         number in shared)
        for number, line in enumerate(lines[:SHOWN_LINES], start=1)
    ]  # fmt: skip
    return Side(document.student, shown, max(0, len(lines) - SHOWN_LINES))
