"""A lab cannot be released while a mutant survives; what passed is not run again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course import Course
from autograder.lab import read_lab
from autograder.mutants import Row, find_answers, mutants_markdown
from autograder.mutants.answers import Answer, answers_folder
from autograder.mutants.run import judge_answers
from autograder.mutants.verdicts import Verdicts
from autograder.release.checked import WITHOUT_CHECKS, release_mark
from autograder.release.gate import WHOLE, LabRefused, certify
from autograder.release.release import release_lab
from tests.autograder.conftest import REPOSITORY, Quiet

LAB, EXERCISE, CHECK = "lab0_tiny", "ex1_double", "ex1-double-check"
BORROWED = ("data", "environment.yml", "constraints.txt", "LICENSE")
SOLUTION = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION\n"
HIDDEN = f'''"""Doubling."""
from autograder.testing import task

@task("{CHECK}", points=1.0)
def test_double(student):
    """Two twos are four."""
    assert student.double(2) == 4, "`double(2)` should be 4."
'''
CAUGHT = '"""Adds one."""\n# fails: test_double\ndef double(x):\n    return x + 1\n'
SURVIVES = '"""Squares."""\n# fails: test_double\ndef double(x):\n    return x * x\n'
RIGHT = '"""A sum."""\ndef double(x):\n    return x + x\n'


def cell(cell_id: str, source: str, **settings: object) -> nbformat.NotebookNode:
    about = {"grade_id": cell_id, "schema_version": 3, "task": False, "grade": False}
    made = new_code_cell(source, metadata={"nbgrader": about | settings})
    made["id"] = cell_id
    return made


@pytest.fixture
def tiny(tmp_path: Path) -> Course:
    """A course with one lab of one exercise, whose hidden test looks at one number only."""
    # A copy: verdicts depend on all of labkit, which somebody may be editing.
    shutil.copytree(REPOSITORY / "labkit", tmp_path / "labkit")
    for name in BORROWED:
        (tmp_path / name).symlink_to(REPOSITORY / name)
    shutil.copyfile(REPOSITORY / "nbgrader_config.py", tmp_path / "nbgrader_config.py")
    notebook = new_notebook(
        cells=[
            new_markdown_cell("## Double (1 point)"),
            cell("ex1-double-task", SOLUTION, solution=True, locked=False),
            cell(CHECK, "assert callable(double)", grade=True, points=1, solution=False,
                 locked=True),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )  # fmt: skip
    for folder in ("labs", "hidden_tests", f"answers/{LAB}/{EXERCISE}/ex1-double"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "labs" / LAB).mkdir()
    nbformat.write(notebook, tmp_path / "labs" / LAB / f"{EXERCISE}.ipynb")
    (tmp_path / "hidden_tests" / LAB).mkdir()
    (tmp_path / "hidden_tests" / LAB / f"test_{EXERCISE}.py").write_text(HIDDEN)
    course = Course(tmp_path)
    for name, source in (("right_sum", RIGHT), ("wrong_one", CAUGHT)):
        write(course, name, source)
    return course


def write(course: Course, name: str, source: str) -> Path:
    path = answers_folder(course) / LAB / EXERCISE / "ex1-double" / f"{name}.py"
    path.write_text(source)
    return path


def answers_of(course: Course) -> list[Answer]:
    return find_answers(read_lab(course.labs, LAB), folder=answers_folder(course))


def give_good_verdicts(course: Course) -> None:
    """As if every answer had been run, and judged as it should be."""
    verdicts = Verdicts(course, read_lab(course.labs, LAB))
    for answer in (*answers_of(course), Answer(EXERCISE, "", WHOLE)):
        verdicts.put(Row(answer, ["test_double"], "ok", {}))


def waiting(course: Course) -> list[str]:
    """The answers that have no verdict."""
    verdicts = Verdicts(course, read_lab(course.labs, LAB))
    return [answer.name for answer in answers_of(course) if not verdicts.get(answer)]


def test_only_what_changed_is_run_again(tiny: Course) -> None:
    assert waiting(tiny) == ["solution", "stub", "right_sum", "wrong_one"]
    give_good_verdicts(tiny)
    assert waiting(tiny) == []
    write(tiny, "wrong_one", CAUGHT.replace("+ 1", "+ 3"))
    assert waiting(tiny) == ["wrong_one"]
    write(tiny, "wrong_one", CAUGHT)
    assert waiting(tiny) == []
    tests = tiny.hidden_tests / LAB / f"test_{EXERCISE}.py"
    tests.write_text(HIDDEN.replace("Two twos", "Twice two"))
    assert len(waiting(tiny)) == 4


def test_a_bad_verdict_is_not_kept_and_a_damaged_one_not_believed(tiny: Course) -> None:
    verdicts = Verdicts(tiny, read_lab(tiny.labs, LAB))
    answer = answers_of(tiny)[-1]
    verdicts.put(Row(answer, [], "survives", {}))
    assert verdicts.get(answer) is None
    verdicts.put(Row(answer, ["test_double"], "ok", {}))
    kept = next((tiny.store / "answers").glob("??/*.json"))
    kept.write_text("[1]")
    assert verdicts.get(answer) is None


def test_with_a_certificate_the_release_goes_on_at_once(tiny: Course) -> None:
    give_good_verdicts(tiny)
    told, progress = [], Quiet()
    folder, archive = release_lab(tiny, LAB, told.append, progress=progress)
    assert progress.steps == []  # nothing was run
    checked = folder.with_name(f"{LAB}.checked.json")
    stated = json.loads(checked.read_text("utf-8"))
    assert stated["certificate"]["tasks"] == {CHECK: {"right": 1, "wrong": 1}}
    assert all(stated["checks"].values())
    assert release_mark(tiny, LAB) == ""
    assert archive.exists() and not list(folder.rglob("*checked*"))

    for path in (tiny.store / "answers").glob("??/*.json"):
        path.unlink()  # the certificate alone opens the gate
    certificate = certify(tiny, read_lab(tiny.labs, LAB), progress)
    assert certificate == stated["certificate"] and progress.steps == []


def test_without_checks_the_release_says_so(tiny: Course) -> None:
    assert release_mark(tiny, LAB) == WITHOUT_CHECKS
    folder, _ = release_lab(tiny, LAB, lambda _: None, check_scores=False)
    stated = json.loads(folder.with_name(f"{LAB}.checked.json").read_text("utf-8"))
    assert stated["mark"] == release_mark(tiny, LAB) == WITHOUT_CHECKS
    assert stated["checks"]["nothing_leaks"]
    assert not stated["checks"]["right_answers_and_mutants"]


def test_a_task_without_mutants_is_named(tiny: Course) -> None:
    write(tiny, "wrong_one", "").unlink()
    give_good_verdicts(tiny)
    told: list[str] = []
    release_lab(tiny, LAB, told.append, progress=Quiet())
    assert any(CHECK in sentence for sentence in told)
    assert CHECK in release_mark(tiny, LAB)


def test_a_refused_release_takes_an_earlier_one_away(tiny: Course) -> None:
    folder, archive = release_lab(tiny, LAB, lambda _: None, check_scores=False)
    path = tiny.labs / LAB / f"{EXERCISE}.ipynb"
    path.write_text(path.read_text("utf-8").replace("(1 point)", "(3 points)"), "utf-8")
    with pytest.raises(LabRefused, match="must state the same points"):
        release_lab(tiny, LAB, lambda _: None, check_scores=False)
    assert not folder.exists() and not archive.exists()
    assert release_mark(tiny, LAB) == WITHOUT_CHECKS


def test_the_markdown_says_which_test_caught_which_mutant(tiny: Course) -> None:
    right, wrong = answers_of(tiny)[2:]
    rows = [Row(right, [], "ok", {}), Row(wrong, ["test_double"], "ok", {})]
    page = mutants_markdown(LAB, rows)
    assert "| ex1-double | 1 of 1 | 1 of 1 |" in page
    assert "| one | Adds one. | `test_double` |" in page
    page = mutants_markdown(LAB, [Row(wrong, [], "survives", {})])
    assert "| one | Adds one. | nobody **survives** |" in page and "0 of 1" in page


class StopsAfterOne(Quiet):
    """Somebody presses Ctrl-C when the first answer is through, and well judged."""

    def step(self, student: str, note: str = "") -> None:
        super().step(student, note)
        if not note:
            raise KeyboardInterrupt


@pytest.mark.slow
def test_a_stopped_run_goes_on_where_it_was(tiny: Course) -> None:
    exercises, answers = read_lab(tiny.labs, LAB), answers_of(tiny)
    with pytest.raises(KeyboardInterrupt):
        judge_answers(tiny, exercises, answers, StopsAfterOne(), workers=1)
    left = waiting(tiny)
    assert len(left) == len(answers) - 1
    progress = Quiet()
    rows = judge_answers(tiny, exercises, answers, progress, workers=1)
    assert {name.split()[1] for name, _ in progress.steps} == set(left)
    assert [row.answer for row in rows] == answers and all(row.ok for row in rows)


@pytest.mark.slow
def test_a_lab_whose_mutant_survives_is_refused(tiny: Course) -> None:
    survivor = write(tiny, "wrong_square", SURVIVES)
    command = [sys.executable, "-m", "autograder.cli", "release", LAB]
    plain = os.environ | {"COLUMNS": "160", "TERM": "dumb", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=tiny.root, env=plain, capture_output=True, text=True)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "ex1-double: wrong_square survives" in done.stderr
    assert "wrong_square" in done.stdout and "wrong_one" not in done.stdout
    assert not list((tiny.build / "release").glob("*"))

    survivor.unlink()
    progress = Quiet()
    release_lab(tiny, LAB, lambda _: None, progress=progress, workers=1)
    assert progress.steps == []  # the others had their verdicts
    assert (tiny.build / "release" / f"{LAB}.zip").exists()
    write(tiny, "right_sum", RIGHT.replace("x + x", "x + 3"))
    with pytest.raises(LabRefused, match="right_sum loses points in ex1-double-check"):
        release_lab(tiny, LAB, lambda _: None, progress=progress, workers=1)
    assert {name for name, _ in progress.steps} == {f"{CHECK} right_sum"}
    assert not list((tiny.build / "release").glob("*"))
