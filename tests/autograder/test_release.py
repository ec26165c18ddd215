"""A student edition holds no answer and no hidden test, and works by itself."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.boundary.session import WarmProcess
from autograder.course import HIDDEN_TESTS, Course
from autograder.lab import Exercise
from autograder.release.build import build_release
from autograder.release.checks import leak_problems, point_problems, score_problems
from autograder.release.labkit_edition import strip_solutions, write_labkit_edition
from tests.autograder.conftest import LAB, REPOSITORY


@pytest.fixture
def release(course: Course, exercises: dict[str, Exercise]) -> Path:
    folder, _ = build_release(course, LAB, list(exercises.values()))
    return folder


def edited(exercise: Exercise, change: dict[str, str]) -> Exercise:
    source = copy.deepcopy(exercise.source)
    for cell in source.cells:
        cell.source = change.get(cell.id, cell.source)
    return Exercise(exercise.lab, exercise.name, source, exercise.hidden_tests)


def test_the_student_edition_holds_no_secret(release: Path, exercises: dict[str, Exercise]) -> None:
    assert leak_problems(release, list(exercises.values()), REPOSITORY / "labkit") == []
    names = {path.name for path in release.rglob("*")}
    assert not names & {path.name for path in HIDDEN_TESTS.rglob("*.py")}
    assert not {"autograder", "gradebook.db"} & names


def test_each_kind_of_leak_is_found(release: Path, exercises: dict[str, Exercise]) -> None:
    lab = list(exercises.values())

    def problems() -> str:
        return " ".join(leak_problems(release, lab, REPOSITORY / "labkit"))

    rewinding = Path("labkit") / "pruning" / "rewinding.py"
    (release / rewinding).write_text((REPOSITORY / rewinding).read_text("utf-8"), "utf-8")
    assert "rewinding.py" in problems()
    write_labkit_edition(REPOSITORY, release)
    assert problems() == ""

    hidden = next((HIDDEN_TESTS / LAB).glob("test_ex1*.py"))
    (release / "notes.md").write_text(hidden.read_text("utf-8"), "utf-8")
    assert "the hidden test" in problems()
    (release / "notes.md").unlink()

    nbformat.write(lab[1].source, release / f"{lab[1].name}.ipynb")
    assert "the answer of ex2-prune-check" in problems()
    assert "BEGIN SOLUTION" in problems()


def test_the_zip_opens_to_a_folder_that_imports_labkit(release: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(release.with_suffix(".zip")) as archive:
        archive.extractall(tmp_path)
    home = tmp_path / LAB
    assert {"README.md", "environment.yml", "labkit", "data"} <= {p.name for p in home.iterdir()}
    code = (
        "import labkit, torch; from labkit.models.ffn import FFN\n"
        "from labkit.data import load_mnist\n"
        "from labkit.pruning.magnitude import prunable_parameters\n"
        "print(labkit.__file__); load_mnist(verbose=False)\n"
        "try: prunable_parameters(FFN(2, 2, 2))\n"
        "except NotImplementedError: print('stripped')"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("LABKIT_DATA", "PYTHONPATH")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert str(home) in done.stdout and "stripped" in done.stdout


def test_notebooks_of_the_student_edition_are_nbgraders(release: Path) -> None:
    for path in release.glob("*.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        checks = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade")]
        assert checks and all(c["metadata"]["nbgrader"].get("checksum") for c in checks)
        stub = "Your answer" if "ex5" in path.name else "NotImplementedError"
        assert stub.lower() in path.read_text("utf-8").lower()


def test_stripping_keeps_signatures_and_docstrings() -> None:
    source = (
        'def f(x):\n    """Doc."""\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n'
    )
    stripped = strip_solutions(source)
    assert '"""Doc."""' in stripped and "return x" not in stripped
    namespace: dict[str, Any] = {}
    exec(stripped, namespace)
    with pytest.raises(NotImplementedError):
        namespace["f"](1)
    assert strip_solutions("x = 1\n") == "x = 1\n"


def test_points_of_headings_cells_and_hidden_tests_agree(exercises: dict[str, Exercise]) -> None:
    for exercise in exercises.values():
        assert point_problems(exercise) == []
    ex1 = exercises["ex1_base_model"]
    heading = next(
        c for c in ex1.source.cells if c.cell_type == "markdown" and "(0.5 points)" in c.source
    )
    changed = edited(ex1, {heading.id: heading.source.replace("(0.5 points)", "(2 points)")})
    assert "must state the same points" in point_problems(changed)[0]
    wrong = copy.deepcopy(ex1.source)
    cell = next(c for c in wrong.cells if c.metadata.get("nbgrader", {}).get("grade"))
    cell.metadata.nbgrader.points = 3
    problems = point_problems(Exercise(ex1.lab, ex1.name, wrong, ex1.hidden_tests))
    assert any("the hidden tests of" in problem for problem in problems)


def test_a_wrong_solution_or_a_stub_that_scores_is_refused(
    exercises: dict[str, Exercise], warm: WarmProcess
) -> None:
    ex1 = exercises["ex1_base_model"]
    assert score_problems(ex1, [ex1], warm, seed=5) == []
    reference = next(c.source for c in ex1.source.cells if c.id == "ex1-hardware-task")
    unmarked = "\n".join(line for line in reference.splitlines() if "### " not in line)
    ending = "\n### BEGIN SOLUTION\ndel hardware_table\n### END SOLUTION"
    wrong = edited(ex1, {"ex1-hardware-task": unmarked + ending})
    problems = " ".join(score_problems(wrong, [wrong], warm, seed=5))
    assert "the solution scores 0" in problems
    assert "ends in NameError while it is graded" in problems
