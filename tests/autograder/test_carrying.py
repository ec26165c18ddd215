"""Later exercises run on the student's own functions, and one mistake costs one task."""

import copy
from pathlib import Path

import nbformat
import pytest

from autograder.boundary.session import WarmProcess
from autograder.course import Course
from autograder.grading.carrying import carry
from autograder.grading.limits import Limits
from autograder.grading.notebook import grade_notebook
from autograder.lab import read_lab
from autograder.release.checks import errors_shown
from autograder.release.labkit_edition import cached_labkit_edition
from autograder.submissions import Reader
from autograder.walls.probing import choose

COURSE = Course(Path(__file__).resolve().parents[2])
EXERCISES = {e.name: e for e in read_lab(COURSE.labs, "lab1_magnitude")}
EX2, EX3 = EXERCISES["ex2_magnitude_pruning"], EXERCISES["ex3_your_model"]
EX4 = EXERCISES["ex4_extra_credit"]


def test_an_exercise_says_what_it_carries_over() -> None:
    assert EX4.carries == ("ex2_magnitude_pruning",)
    assert EX2.carries == ()


def test_only_answers_are_put_beside_the_later_notebook() -> None:
    carried = carry(EX4, EXERCISES, {EX2.name: EX2.source}, {EX2.name: EX2.full_marks})
    notebook = nbformat.reads(carried.files["ex2_magnitude_pruning.ipynb"].decode(), as_version=4)
    ids = [cell.id for cell in notebook.cells]
    assert "ex2-setup" in ids and "ex2-imp-task" in ids
    assert not [name for name in ids if name.endswith(("-check", "-train", "-see"))]
    assert carried.references == []


def test_references_stand_in_for_what_lost_points() -> None:
    marks = EX2.full_marks | {"ex2-size-check": 0.5}
    ((setup, code),) = carry(EX4, EXERCISES, {EX2.name: EX2.source}, {EX2.name: marks}).references
    assert "import copy" in setup
    assert "def calculate_sparse_model_size" in code and "def rewind" not in code
    ((_, code),) = carry(EX4, EXERCISES, {}, {}).references
    assert "def rewind" in code, "what was never handed in is replaced whole"


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory):
    labkit, _ = cached_labkit_edition(COURSE.root, tmp_path_factory.mktemp("store"))
    process = WarmProcess(COURSE.small_data, labkit, choose("any"))
    yield process
    process.close()


@pytest.mark.parametrize("broken", ["density", "missing"])
def test_a_mistake_in_exercise_2_costs_nothing_in_exercise_4(broken: str, warm) -> None:
    earlier = copy.deepcopy(EX2.source)
    for cell in earlier.cells:
        if broken == "density":
            cell.source = cell.source.replace("(param == 0).sum()", "(param != 0).sum()")
    handed_in = {} if broken == "missing" else {EX2.name: earlier}
    marks = EX2.full_marks | {"ex2-sparsity-check": 0.1}
    carried = carry(EX4, EXERCISES, handed_in, {} if broken == "missing" else {EX2.name: marks})
    later = copy.deepcopy(EX4.source)
    later.cells = [c for c in later.cells if "nbgrader" in c.metadata]
    result = grade_notebook(warm, later, EX4, 3, carried=carried)
    assert result.scores == EX4.full_marks, [t for t in result.tests if not t.passed]


def test_every_option_runs_behind_the_walls_as_it_does_at_home(warm) -> None:
    notebook = copy.deepcopy(EX3.source)
    (choice,) = (cell for cell in notebook.cells if cell.id == "ex3-options-choice")
    choice.source = 'OPTIONS = "A", "B", "C"'
    carried = carry(EX3, EXERCISES, {EX2.name: EX2.source}, {EX2.name: EX2.full_marks})
    result = grade_notebook(warm, notebook, EX3, 3, carried=carried, every_option=True)
    assert errors_shown(result.notebook) == []
    assert {test.option for test in result.tests} == {"", "A", "B", "C"}
    assert all(test.passed for test in result.tests)


def test_the_name_of_a_result_follows_what_it_carries_over(tmp_path: Path) -> None:
    keys = []
    for text in ("x = 1", "x = 2"):
        course = Course(tmp_path / text[-1])
        folder = course.submitted / "ada" / "lab1_magnitude"
        folder.mkdir(parents=True)
        for name in ("labkit", "labs"):
            (course.root / name).symlink_to(COURSE.root / name)
        notebook = copy.deepcopy(EX2.student_edition)
        next(c for c in notebook.cells if c.id == "ex2-size-task").source = text
        nbformat.write(notebook, folder / f"{EX2.name}.ipynb")
        nbformat.write(EX4.student_edition, folder / f"{EX4.name}.ipynb")
        keys.append(Reader(course, list(EXERCISES.values()), 1, Limits()).read("ada").keys)
    assert keys[0][EX4.name] != keys[1][EX4.name]
