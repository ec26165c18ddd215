"""Outputs that a student's process claims become valid, bounded, and fit for a feedback page."""

from __future__ import annotations

import nbformat
import pytest
from nbconvert.preprocessors.sanitize import SanitizeHTML
from traitlets.config.loader import PyFileConfigLoader

from autograder.feedback.sanitizing import LONGEST, SanitizeOnce
from autograder.feedback.verdicts import feedback_output
from autograder.grading.outputs import clean_outputs
from autograder.grading.result import TestResult
from tests.autograder.conftest import REPOSITORY


def test_progress_bars_show_their_last_state() -> None:
    claimed = [{"output_type": "stream", "name": "stderr", "text": "1/3\r2/3\r3/3\nend\r\n"}]
    assert clean_outputs(claimed)[0].text == "3/3\nend\n"


@pytest.mark.parametrize(
    "claim",
    [3, None, {}, {"output_type": "update_display_data"}, {"output_type": "display_data"},
     {"output_type": "display_data", "data": {"application/javascript": "x"}},
     {"output_type": "display_data", "data": {"text/html": 3}}],
    ids=repr,
)  # fmt: skip
def test_what_is_no_output_is_dropped(claim: object) -> None:
    assert clean_outputs([claim]) == []


def test_kept_outputs_are_valid_in_a_notebook() -> None:
    claimed = [
        {"output_type": "error", "ename": 1, "evalue": None, "traceback": "no list"},
        {"output_type": "execute_result", "data": {"text/plain": "1"}, "execution_count": "x"},
    ]
    cell = nbformat.v4.new_code_cell("1", outputs=clean_outputs(claimed))
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


def sanitize(html: str) -> str:
    """As `nbgrader_config.py` has a page sanitized."""
    config = PyFileConfigLoader("nbgrader_config.py", str(REPOSITORY)).load_config()
    return SanitizeOnce(config=config).sanitize_html_tags(html)


def test_tables_survive_on_feedback_pages_and_scripts_do_not() -> None:
    table = "<table><thead><tr><th>name</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    claim = {"text/html": "<style scoped>th {}</style>" + table}
    output = clean_outputs([{"output_type": "display_data", "data": claim}])[0]
    assert sanitize(output.data["text/html"]) == table
    hostile = sanitize("<script>alert(1)</script><img src=x onerror=alert(1)>")
    assert "<script" not in hostile and "<img" not in hostile


@pytest.mark.parametrize("rules", [{}, {"tags": ["b"]}, {"strip": True}, {"attributes": {}}])
def test_a_text_is_sanitized_by_the_rules_of_each_time(rules: dict[str, object]) -> None:
    short = '<b title="x">1</b><script>2</script><a href="javascript:3">4</a>'
    for text in (short, short, "<i>" + "5" * LONGEST):
        expected = SanitizeHTML(**rules).sanitize_html_tags(text)
        assert SanitizeOnce(**rules).sanitize_html_tags(text) == expected


def test_feedback_shows_each_verdict_and_escapes_what_students_wrote() -> None:
    failed = TestResult("t", "task", "Counts <zeros>", 0.25, False, "raised at `<script>x`")
    passed = TestResult("u", "task", "Keeps masks", 0.5, True)
    data = feedback_output([failed, passed]).data
    page = data["text/html"]
    assert sanitize(page) == page
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "0 / 0.25" in page and "0.5 / 0.5" in page and "✗" in page and "✓" in page
    assert data["text/plain"].startswith("FAILED  Counts <zeros> (0 / 0.25)")
