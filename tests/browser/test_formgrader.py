"""An instructor in real formgrader: a mark and a comment by hand reach export and feedback."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.grade import grade_lab
from autograder.lab import Exercise
from autograder.release.build import generate_assignment
from tests.autograder.conftest import LAB, Quiet
from tests.browser.conftest import Serve, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EX2, WRITTEN = "ex2_magnitude_pruning", "ex2-trends-written"
WIDE = "plt.figure(figsize=(30, 1)).gca().plot([1, 2]);"
COMMENT = "Good. Say also why accuracy falls late."


def autograder(course: Course, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "autograder.cli", *arguments],
        cwd=course.root, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def exported(course: Course) -> dict[str, str]:
    path = course.build / "grades.csv"
    autograder(course, "export", "csv", LAB, "--out", str(path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.DictReader(file))


def test_a_mark_by_hand_reaches_export_and_feedback(
    course: Course,
    exercises: dict[str, Exercise],
    hand_in: Callable[..., Path],
    serve: Serve,
    page: Any,
) -> None:
    generate_assignment(course, LAB)
    written = {WRITTEN: "Small weights matter little, up to **80 %**.", "ex2-prune-task": WIDE}
    hand_in("ada", exercises[EX2], written)
    run = grade_lab(course, LAB, Quiet())
    assert not run.failed
    before = exported(course)
    assert WRITTEN in before["note"]

    address, token = serve(course.root)
    page.goto(f"{address}tree?token={token}")  # logs in
    page.goto(f"{address}formgrader/gradebook/{LAB}/{EX2}")
    page.wait_for_selector("tbody a")
    screenshot(page, "formgrader-submissions")
    page.get_by_role("link", name="Submission #1").click()
    mark = page.locator(f'input.score[id="{WRITTEN}"]')
    mark.wait_for()
    page.wait_for_load_state("networkidle")
    mark.scroll_into_view_if_needed()
    with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT"):
        mark.fill("0.4")
        mark.blur()
    comment = page.locator(f'[id="{WRITTEN}-comment"]')
    with page.expect_response(lambda r: "/api/comment/" in r.url and r.request.method == "PUT"):
        comment.fill(COMMENT)
        comment.blur()
    comment.scroll_into_view_if_needed()
    screenshot(page, "formgrader-marked")

    after = exported(course)
    assert float(after["score"]) == pytest.approx(float(before["score"]) + 0.4)
    assert WRITTEN not in after["note"]
    autograder(course, "feedback", LAB)
    feedback = course.build / "feedback" / "ada" / LAB / f"{EX2}.html"
    assert COMMENT in feedback.read_text("utf-8")
    page.goto(feedback.as_uri())
    page.get_by_text(COMMENT).scroll_into_view_if_needed()
    screenshot(page, "feedback-with-comment")
    right = "elements => elements.map(each => each.getBoundingClientRect().right)"
    pictures = page.locator("#notebook img").evaluate_all(right)
    (edge,) = page.locator("#notebook-container").evaluate_all(right)
    assert pictures
    assert max(pictures) <= edge
