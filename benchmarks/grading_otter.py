"""The visible checks of a lab as tests of Otter, and the commands that grade a class with them.

Otter gets what stock nbgrader has: one test for each check cell, on what the notebook defined, run
behind its last cell. Nothing is containerised (`otter run`), which is in Otter's favour.
What Exercises 3 and 4 carry over, labkit finds in the course's own labs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from autograder.course import Course
from autograder.lab import Exercise, read_lab

TEST = """from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points}


@test_case(points={points})
def test_check(env):
    exec({source!r}, env)
"""


def otter_commands(course: Course, lab: str, folder: Path) -> list[list[str]]:
    """Make Otter's autograder zips; the commands that grade every notebook handed in.

    Args:
        course: With submissions.
        lab: The lab.
        folder: Where zips and results go.
    """
    commands = []
    for exercise in read_lab(course.labs, lab):
        if not any(not task.manual for task in exercise.tasks):
            continue
        archive = _autograder_zip(exercise, folder / exercise.name)
        for student in course.students(lab):
            notebook = course.submitted / student / lab / f"{exercise.name}.ipynb"
            output = folder / "results" / student / exercise.name
            output.mkdir(parents=True)
            options = ["--autograder", str(archive), "--output-dir", str(output), "--no-logo"]
            commands.append([sys.executable, "-m", "otter", "run", str(notebook), *options])
    return commands


def require_full_results(folder: Path) -> None:
    """Refuse times of gradings that did not work: every check of an honest class passes."""
    files = sorted(folder.glob("results/*/*/results.json"))
    tests = [test for file in files for test in json.loads(file.read_text("utf-8"))["tests"]]
    lost = {t["name"] for t in tests if t.get("score", t.get("max_score")) != t.get("max_score")}
    if not tests or lost or len(files) != len(list(folder.glob("results/*/*"))):
        sys.exit(f"Otter: {len(files)} results, points lost in {sorted(lost)}.")


def _autograder_zip(exercise: Exercise, folder: Path) -> Path:
    tests = folder / "tests"
    tests.mkdir(parents=True)
    sources = {cell.id: cell.source for cell in exercise.source.cells}
    for task in exercise.tasks:
        if not task.manual:
            name = task.grade_id.replace("-", "_")
            text = TEST.format(name=name, points=task.points, source=sources[task.grade_id])
            (tests / f"{name}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "otter", "generate", "--tests-dir", "tests"]
    options = ["--output-path", "autograder.zip", "--no-requirements", "--no-environment"]
    subprocess.run([*command, *options, "--no-config"], cwd=folder, check=True, capture_output=True)
    return folder / "autograder.zip"
