"""Runs in Gradescope's layout of folders: what a student earns and reads."""

import os

import pytest

from tests.autograder.gradescope.handing_in import E1, E2, E4, E5, expected, notebook_of, submit
from tests.autograder.gradescope.specification import hidden_text, shown, total


def test_one_notebook_of_an_honest_student(container, exercises):
    submit(container, "ada", exercises, E1)
    content = container.run()
    earned = expected("ada", E1, exercises=exercises)
    assert earned > 0 and total(content) == pytest.approx(earned)
    assert "score" not in content
    graded = [case for case in shown(content) if case["status"] == "passed"]
    assert sum(case["max_score"] for case in graded) == pytest.approx(earned)
    assert "Not handed in: ex2_magnitude_pruning" in content["output"]
    assert "Graded by a person later" in content["output"]
    assert "2.7 The trade-off, in words (0.5)" in content["output"]
    assert E5 not in "".join(case["name"] for case in content["tests"])
    automatic = sum(t.points for e in exercises.values() for t in e.tasks if not t.manual)
    assert sum(case["max_score"] for case in content["tests"]) == pytest.approx(automatic)
    assert content["execution_time"] > 0
    assert content["extra_data"]["submission"] == 123456
    isolation = content["extra_data"]["isolation"]
    assert isolation and f"Isolation: {isolation}." in hidden_text(content)
    assert "seed 7" in hidden_text(content) and "seed" not in str(shown(content))


def test_an_empty_folder_scores_nothing_and_says_what_is_missing(container, exercises):
    content = container.run()
    assert total(content) == 0
    assert all(name in content["output"] for name in exercises)
    assert all("was not handed in" in case["output"] for case in shown(content))
    assert not content["extra_data"].get("failed")


def test_what_cannot_be_read_costs_only_itself(container, exercises, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(notebook_of("ada", exercises[E2]))
    (container.submission / f"{E2}.ipynb").symlink_to(secret)
    (container.submission / f"{E1}.ipynb").write_text('{"cells": [')
    os.mkfifo(container.submission / "ex3_your_model.ipynb")
    content = container.run()
    assert total(content) == 0
    assert "ex2_magnitude_pruning.ipynb is a symbolic link" in content["output"]
    assert "ex3_your_model.ipynb is a named pipe" in content["output"]
    assert "ex1_base_model.ipynb is not JSON" in content["output"]


@pytest.mark.slow
def test_the_whole_lab_of_an_honest_student(container, exercises):
    submit(container, "ada", exercises)
    container.edit_options(visibility="after_due_date")
    content = container.run()
    assert total(content) == pytest.approx(expected("ada", *exercises, exercises=exercises))
    for case in shown(content):
        assert case["visibility"] == "after_due_date"
        assert case["status"] == "passed", case
    extra = [case for case in shown(content) if "(extra credit)" in case["name"]]
    points = sum(t.points for t in exercises[E4].tasks if not t.manual)
    assert sum(case["score"] for case in extra) == pytest.approx(points)
    (unchecked,) = [case for case in shown(content) if "was not checked" in case["output"]]
    assert unchecked["max_score"] == 0 and unchecked["name"].endswith("option C")


@pytest.mark.slow
def test_a_wrong_answer_gets_feedback_that_can_be_read(container, exercises):
    submit(container, "alan", exercises, E1, E2)
    content = container.run()
    assert total(content) == pytest.approx(expected("alan", E1, E2, exercises=exercises))
    failed = [
        case
        for case in shown(content)
        if case["status"] == "failed" and "not handed in" not in case["output"]
    ]
    assert failed and all(case["number"].startswith("2.2") for case in failed)
    assert all(case["output"].startswith("<p>") and len(case["output"]) > 40 for case in failed)
