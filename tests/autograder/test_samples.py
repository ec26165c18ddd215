"""The sample class: built from the student edition, graded as a whole, scored as expected."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from autograder import sample_class
from autograder.demo import hand_in
from autograder.grade import grade_lab
from autograder.intake import rebuild
from autograder.release.build import generate_assignment
from autograder.report import write_report
from autograder.report.collect import collect, report_folder
from autograder.sample_class import SampleError, build_sample_class, load_samples
from tests.autograder.conftest import Quiet

LAB = "lab1_magnitude"
E1, E2 = "ex1_base_model", "ex2_magnitude_pruning"
SAMPLES = {sample.student: sample for sample in load_samples(LAB)}


@pytest.fixture(scope="module")
def editions(exercises):
    return {name: exercise.student_edition for name, exercise in exercises.items()}


@pytest.fixture(scope="module")
def submitted(editions, tmp_path_factory):
    folder = tmp_path_factory.mktemp("submitted")
    assert build_sample_class(LAB, editions, folder) == list(SAMPLES)
    return folder


def cells(folder: Path, student: str, notebook: str) -> dict[str, nbformat.NotebookNode]:
    read = nbformat.read(folder / student / LAB / f"{notebook}.ipynb", as_version=4)
    return {cell.id: cell for cell in read.cells}


def test_the_class_shows_what_it_should():
    assert len(SAMPLES) >= 12
    shown = " ".join(sample.shows for sample in SAMPLES.values())
    for word in ("perfect", "half-finished", "crash", "endless loop", "no JSON", "empty folder"):
        assert word in shown
    assert any(" " in name and not name.isascii() for name in SAMPLES)


def test_expected_scores_name_every_task_within_its_points(exercises):
    most = {task.grade_id: task for exercise in exercises.values() for task in exercise.tasks}
    for student, sample in SAMPLES.items():
        if sample.notebooks == []:
            assert sample.expected == {}, student
            continue
        names = exercises if sample.notebooks is None else sample.notebooks
        wanted = {task.grade_id for name in names for task in exercises[name].tasks}
        assert set(sample.expected) == wanted, student
        for grade_id, points in sample.expected.items():
            if points is None:
                assert most[grade_id].manual, f"{student}: only a person gives no points yet"
            else:
                assert 0 <= points <= most[grade_id].points, f"{student}: {grade_id}"


def test_answers_land_in_their_cells(submitted):
    graces = cells(submitted, "grace", E2)
    answer = (SAMPLES["grace"].folder / E2 / "ex2-size.py").read_text("utf-8")
    assert graces["ex2-size-task"].source == answer.rstrip("\n")
    assert "Latency" in graces["ex2-trends-written"].source
    assert graces["ex2-size-task"].metadata.nbgrader.grade_id == "ex2-size-task"


def test_gaps_are_the_stub_or_the_solution(submitted):
    assert "raise NotImplementedError" in cells(submitted, "linus", E2)["ex2-plot-task"].source
    solution = cells(submitted, "linus", E1)["ex1-baseline-task"].source
    assert "return" in solution
    for student in ("ada", "linus"):
        for cell in cells(submitted, student, E1).values():
            assert "SOLUTION" not in cell.source


def test_written_answers_are_never_filled_in(submitted, editions):
    stub = next(cell for cell in editions[E2].cells if cell.id == "ex2-trends-written")
    assert cells(submitted, "barbara", E2)["ex2-trends-written"].source == stub.source


def test_extra_cells_stand_behind_theirs(submitted):
    names = list(cells(submitted, "radia", E1))
    assert names[names.index("ex1-setup") + 1] == "after-ex1-setup"


def test_broken_missing_and_stripped_ones_are_that(submitted):
    with pytest.raises(ValueError, match=r"Unterminated|control character"):
        json.loads((submitted / "tim" / LAB / f"{E1}.ipynb").read_text("utf-8"))
    assert list((submitted / "vint" / LAB).iterdir()) == []
    stripped = cells(submitted, "sophie", E2).values()
    assert not any("nbgrader" in cell.metadata for cell in stripped)
    assert not any(cell.id.startswith("ex2") for cell in stripped)


def test_stripped_ones_are_recovered_whole(submitted, exercises):
    for name in (E1, E2):
        paths = [submitted / who / LAB / f"{name}.ipynb" for who in ("sophie", "dorothy")]
        sophie, whole = (rebuild(path.read_bytes(), exercises[name]) for path in paths)
        assert "recovered" in sophie.warnings[0]
        recovered = {cell.id: cell.source for cell in sophie.notebook.cells}
        assert [cell.id for cell in whole.notebook.cells] == list(recovered)


def test_building_again_replaces_what_was_there(editions, tmp_path):
    old = tmp_path / "ada" / LAB / "old.ipynb"
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    build_sample_class(LAB, editions, tmp_path)
    assert not old.exists()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "There is no sample class"),
        ({"sample.json": "{"}, "cannot be read"),
        ({"sample.json": '{"shows": "x", "colour": 1}', "expected.json": "{}"}, "cannot be read"),
        ({"sample.json": '{"shows": "x", "fill": "all"}', "expected.json": "{}"}, "'all'"),
        (
            {"sample.json": '{"shows": "x"}', "expected.json": "{}", f"{E2}/ex2-siez.py": "1"},
            "'ex2-siez-task'",
        ),
    ],
)
def test_a_wrong_sample_is_refused_in_a_sentence(files, sentence, editions, tmp_path, monkeypatch):
    for name, text in files.items():
        path = tmp_path / "samples" / LAB / "ada" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    samples = tmp_path / "samples"
    monkeypatch.setattr(sample_class, "SAMPLES", samples)
    with pytest.raises(SampleError, match=sentence):
        build_sample_class(LAB, editions, tmp_path / "submitted")


def grade_class(course, students: list[str] | None) -> dict[str, dict[str, float | None]]:
    """Take the sample class, or some of it, the way of the demo; scores by student and task."""
    generate_assignment(course, LAB)
    for student in set(hand_in(course, LAB)) - set(students or SAMPLES):
        shutil.rmtree(course.submitted / student)
    run = grade_lab(course, LAB, Quiet(), seed=20)
    assert not run.failed
    data = collect(course, LAB)
    page = write_report(data, report_folder(course, LAB))
    assert page.is_file()
    for row in data.students:
        for link in row.feedback_links.values():
            assert (page.parent / link).is_file(), link
    return {row.student_id: row.scores for row in data.students} | {who: {} for who in data.missing}


def check_scores(graded: dict[str, dict[str, float | None]]) -> None:
    got = {
        name: {task: score for task, score in graded[name].items() if task in of}
        for name in sorted(graded)
        for of in (SAMPLES[name].expected,)
    }
    assert got == {
        name: {task: score if score is None else pytest.approx(score) for task, score in e.items()}
        for name, e in ((name, SAMPLES[name].expected) for name in sorted(graded))
    }


def test_some_of_the_class_scores_as_expected(course):
    some = ["Jörg Müller", "alan", "linus", "margaret", "tim", "vint"]
    graded = grade_class(course, some)
    assert set(graded) == set(some)
    check_scores(graded)


@pytest.mark.slow
def test_the_whole_class_scores_as_expected(course):
    graded = grade_class(course, None)
    assert set(graded) == set(SAMPLES)
    check_scores(graded)
