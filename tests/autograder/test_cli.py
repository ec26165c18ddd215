"""The `autograder` command as an instructor meets it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.lab import Exercise
from autograder.release.build import generate_assignment
from tests.autograder.conftest import LAB, answers
from tests.autograder.test_grading import EX1, scores

COMMAND = [sys.executable, "-m", "autograder.cli"]
PLAIN = os.environ | {"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=PLAIN, capture_output=True, text=True, timeout=300
    )


@pytest.mark.parametrize("command", ["release", "grade", "report", "feedback", "demo", "mutants"])
def test_every_command_explains_itself_with_an_example(tmp_path: Path, command: str) -> None:
    done = run(tmp_path, command, "--help")
    assert done.returncode == 0 and "Example" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("grade", "lab9"), "the labs here are: lab1_magnitude"),
        (("release", "lab9"), "the labs here are: lab1_magnitude"),
        (("report", "lab9"), "the labs here are: lab1_magnitude"),
        (("grade", LAB), "There are no submissions"),
    ],
)
def test_bad_calls_get_one_sentence(course: Course, arguments: tuple[str, ...], words: str) -> None:
    done = run(course.root, *arguments)
    assert done.returncode == 1
    assert words in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_commands_start_without_torch() -> None:
    """Workers import it; an instructor who mistypes a name does not wait for that."""
    modules = "autograder.grade, autograder.release.release, autograder.receipts.replaying"
    code = f"import sys, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_outside_a_course_folder_it_says_so(tmp_path: Path) -> None:
    done = run(tmp_path, "grade", LAB)
    assert done.returncode == 1 and "nbgrader_config.py" in done.stderr


def test_a_killed_run_goes_on_to_the_same_grades(
    course: Course, exercises: dict[str, Exercise], hand_in: Callable[..., Path]
) -> None:
    generate_assignment(course, LAB)
    ex1 = exercises[EX1]
    students = [f"s{number}" for number in range(3)]
    for name in students:
        cell = answers(ex1)["ex1-hardware-task"] + f"\n# {name}"
        hand_in(name, ex1, answers(ex1) | {"ex1-hardware-task": cell})
    killed = subprocess.Popen(
        [*COMMAND, "grade", LAB, "--workers", "1"], cwd=course.root, env=PLAIN, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    results = course.store
    deadline = time.monotonic() + 120
    while len(list(results.glob("??/*.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert len(list(results.glob("??/*.json"))) >= 2

    done = run(course.root, "grade", LAB)
    assert done.returncode == 0, done.stderr
    assert "Executed 3" not in done.stdout
    for name in students:
        got = scores(course, name)
        assert (got["ex1-hardware-check"], got["ex1-baseline-check"]) == (0.5, 0.5)
    page = (course.build / "report" / LAB / "index.html").read_text("utf-8")
    assert all(name in page for name in students)
