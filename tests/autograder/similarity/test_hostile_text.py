"""What a student may send: odd code is only read, hostile text only shown."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from autograder.similarity.compare import LEAST_IN_ALL, find_pairs
from autograder.similarity.page import render, visible
from autograder.similarity.shape import LONGEST_CELL, NotPython, shape
from autograder.similarity.table import write_csv
from tests.autograder.conftest import LAB
from tests.autograder.similarity.copies import HANDOUT, HOSTILE, STYLES, disguised, document


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000 + ")" * 5000, "-" * 30_000 + "1", "1" + "+1" * 19_000, "a" + ".b" * 19_000,
        "lambda:" * 5000 + "0", "a\0b", "\ud800 = 1", "x = 1\n" * LONGEST_CELL,
        "if x: pass\n" + "elif x: pass\n" * 3000, "'" * 9999, "def f(:", HOSTILE,
    ],
)  # fmt: skip
def test_odd_code_is_only_read_and_costs_little(source: str) -> None:
    started = time.monotonic()
    with pytest.raises(NotPython):
        shape(source)
    HANDOUT.document("ada", "ex", "cell", source)
    assert time.monotonic() - started < 5


def test_an_escape_that_warns_and_a_magic_are_no_errors() -> None:
    assert shape("%matplotlib inline\nx = '\\d'\ny = x + 1")


def test_the_page_shows_hostile_text_and_runs_nothing(tmp_path: Path) -> None:
    place, styles = next((p, s) for p, s in STYLES.items() if p[1] == "ex2-imp")
    one = document(HOSTILE, place, styles[1] + f"\n# {HOSTILE}\n# </style>\ud800")
    pairs = find_pairs([one, document("=cmd()", place, disguised(styles[1]))])
    page = render(LAB, pairs, 2, 2)
    assert "<script" not in page and "<img" not in page
    assert "\u202e" not in page and "⟨U+202E⟩" in page and "⟨U+D800⟩" in page
    assert page.count("</style>") == 1
    assert "default-src 'none'" in page and "not a verdict" in page
    assert 'class="shared"' in page
    write_csv(pairs, tmp_path / "pairs.csv")
    text = (tmp_path / "pairs.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert "'=cmd()" in rows[0].values() and float(rows[0]["evidence"]) >= LEAST_IN_ALL


def test_what_nobody_sees_is_written_out() -> None:
    assert visible("a\u200bb\tc") == "a⟨U+200B⟩b\tc"
