"""Grading from submissions to gradebook: resumable, and the same by stock nbgrader."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.batch.lock import one_grader
from autograder.batch.run import GradingRun, Options
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grade import grade_lab, run_grading
from autograder.grading.store import Store
from autograder.lab import Exercise
from autograder.release.build import generate_assignment
from tests.autograder.conftest import LAB, KeptWorkers, Quiet, answers

EX1 = "ex1_base_model"
HandIn = Callable[..., Path]


def scores(course: Course, student: str) -> dict[str, float | None]:
    with Gradebook(f"sqlite:///{course.build / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(LAB, student)
        return {
            grade.name: None if grade.needs_manual_grade else grade.score
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def grade(course: Course, **options: Any) -> GradingRun:
    return run_grading(course, LAB, Quiet(), Options(**options))


def test_a_class_is_graded_whatever_one_hands_in(
    course: Course, exercises: dict[str, Exercise], hand_in: HandIn, workers: KeptWorkers
) -> None:
    generate_assignment(course, LAB)
    ex1 = exercises[EX1]
    perfect = answers(ex1)
    noisy = perfect["ex1-hardware-task"] + "\nimport warnings, sys\nwarnings.warn('old')\n"
    noisy += "print('progress 100%', file=sys.stderr)"
    hand_in("perfect", ex1, perfect)
    hand_in("Jörg Müller", ex1, perfect | {"ex1-hardware-task": noisy})
    hand_in("stub", ex1, {})
    hand_in("exits", ex1, perfect | {"ex1-baseline-task": "import os; os._exit(1)"})
    hand_in("broken", ex1, b"{not json")
    (course.submitted / "nothing" / LAB).mkdir(parents=True)

    hand_in("a[b]", ex1, perfect)

    run = grade(course, pool=workers)

    assert list(run.failed) == ["a[b]"] and "rename it" in run.failed["a[b]"]
    full = {"ex1-hardware-check": 0.5, "ex1-baseline-check": 0.5}
    got = {name: {k: scores(course, name)[k] for k in full} for name in _graded(course)}
    assert got == {
        "perfect": full,
        "Jörg Müller": full,
        "stub": dict.fromkeys(full, 0.0),
        "exits": full | {"ex1-baseline-check": 0.0},
        "broken": dict.fromkeys(full, 0.0),
    }
    page = course.build / "feedback" / "exits" / LAB / f"{EX1}.html"
    text = page.read_text("utf-8")
    assert "ended the Python process" in text
    for mark, cell, title in (("full", "hardware", "1.1 Your"), ("none", "baseline", "1.2 Save")):
        line = f'<tr class="{mark}">\n        <td><a href="#ex1-{cell}-check">{title}'
        assert line in text
    with Gradebook(f"sqlite:///{course.build / 'gradebook.db'}") as gradebook:
        assert "nothing" in {student.id for student in gradebook.students}

    again = grade(course, pool=workers)
    assert (again.executed, again.recorded, again.seed) == ([], [], run.seed)

    own = perfect["ex1-hardware-task"] + "\n# my own words"
    hand_in("stub", ex1, perfect | {"ex1-hardware-task": own})
    changed = grade(course, pool=workers)
    assert (changed.executed, changed.recorded) == (["stub"], ["stub"])
    assert scores(course, "stub")["ex1-hardware-check"] == 0.5

    for result in course.store.glob("??/*.json"):  # as if the run had been killed before any result
        result.unlink()
    resumed = grade(course, pool=workers)
    assert sorted([*resumed.executed, *resumed.shared]) == sorted([*_graded(course), "a[b]"])
    assert resumed.shared == ["perfect"]  # whose notebook is that of "a[b]", letter for letter
    assert resumed.recorded == []


def _graded(course: Course) -> list[str]:
    return sorted(path.parent.name for path in (course.build / "autograded").glob(f"*/{LAB}"))


def test_stock_nbgrader_gives_the_same_grades(
    course: Course, exercises: dict[str, Exercise], hand_in: HandIn
) -> None:
    generate_assignment(course, LAB)
    ex1 = exercises[EX1]
    wrong = answers(ex1)["ex1-baseline-task"].replace("copy", "dict").replace("clone", "detach")
    hand_in("perfect", ex1, answers(ex1))
    hand_in("wrong", ex1, answers(ex1) | {"ex1-baseline-task": wrong})
    Store(course.store).set_seed(LAB, 42)
    command = [sys.executable, "-m", "nbgrader", "autograde", LAB]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    stock = {name: scores(course, name) for name in ("perfect", "wrong")}
    (course.build / "gradebook.db").unlink()
    generate_assignment(course, LAB)
    run = grade(course)
    assert run.executed == []  # nbgrader's own run filled the store
    assert {name: scores(course, name) for name in stock} == stock
    assert stock["perfect"]["ex1-baseline-check"] == 0.5


def test_a_second_grader_is_told_to_wait(
    course: Course, hand_in: HandIn, exercises: dict[str, Exercise]
) -> None:
    hand_in("ada", exercises[EX1], {})
    with one_grader(course), pytest.raises(CourseError, match="running"):
        grade(course)


@pytest.mark.parametrize(
    ("lab", "words"),
    [
        ("lab9", "the labs here are: lab1_magnitude"),
        ("../labs", "no lab named"),
        (LAB, "<student>"),
    ],
)
def test_nothing_to_grade_is_one_clear_sentence(course: Course, lab: str, words: str) -> None:
    with pytest.raises(CourseError, match=words):
        grade_lab(course, lab, Quiet())


def test_grading_before_releasing_says_so(
    course: Course, exercises: dict[str, Exercise], hand_in: HandIn
) -> None:
    hand_in("ada", exercises[EX1], {})
    with pytest.raises(CourseError, match="autograder release"):
        grade(course)
