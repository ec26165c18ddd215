"""Variants: derived the same each time, handed out, graded with, found in the wrong hands."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import time
import zipfile
from pathlib import Path

import nbformat
import pytest

from autograder.course import CONFIG_NAME, Course
from autograder.course_key import key_path, make_key
from autograder.errors import CourseError
from autograder.grade import grade_lab
from autograder.grading.limits import Limits
from autograder.lab import read_lab
from autograder.receipts.keeping import newest_receipt, receipts_folder
from autograder.receipts.replaying import replay
from autograder.release.variants import (
    students_to_serve,
    variants_folder,
    withdraw_variants,
    write_variants,
)
from autograder.settings import FILE_NAME as SETTINGS
from autograder.submissions import Reader, Submission
from autograder.variants import TARGETS, derive, read_variants
from labkit.variant import FILE_NAME
from tests.autograder import tiny
from tests.autograder.conftest import Quiet

KEY = bytes(range(32))
NAMES = [f"student {number}" for number in range(300)]
# It answers by the file beside the notebook, so its grade says which variant lay there.
BY_VARIANT = (
    "import json\n"
    "def double(x):\n"
    "    who = json.load(open('variant.json'))['student']\n"
    "    return 2 * x if who == 'ada' else 0"
)


def switch_on(course: Course) -> None:
    (course.root / SETTINGS).write_text(f"[labs.{tiny.LAB}]\nvariants = true\n")


def read(course: Course, student: str) -> Submission:
    reader = Reader(course, read_lab(course.labs, tiny.LAB), 1, Limits())
    return reader.read(student)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A lab that can be read and graded; nothing is released by nbgrader."""
    return tiny.make_course(tmp_path / "course")


def test_a_variant_is_always_the_same() -> None:
    """Written down, since students hold them: a change of the derivation has to be deliberate."""
    ada = derive(KEY, "lab1", "ada")
    assert ada == derive(KEY, "lab1", "ada")
    assert (ada.mark, ada.seed) == ("a5e2b10b511d", 952012458)
    assert ada.sparsities == (0.25, 0.55, 0.78, 0.9, 0.96)
    assert derive(KEY, "lab1", "Jo\u0308rg") == derive(KEY, "lab1", "J\u00f6rg")


def test_variants_are_distinct_and_know_nothing_of_the_class() -> None:
    found = [derive(KEY, "lab1", name) for name in NAMES]
    assert len({variant.mark for variant in found}) == len(NAMES)
    assert len({variant.seed for variant in found}) == len(NAMES)
    assert len({variant.sparsities for variant in found}) > 200
    for variant in found:
        assert all(s in row for s, row in zip(variant.sparsities, TARGETS, strict=True))
        assert list(variant.sparsities) == sorted(variant.sparsities)
    backwards = [derive(KEY, "lab1", name) for name in reversed(NAMES)]
    assert backwards[::-1] == found
    for other in (derive(KEY, "lab2", "ada"), derive(bytes(32), "lab1", "ada")):
        assert other.mark != derive(KEY, "lab1", "ada").mark


def test_without_the_setting_nothing_is_different(course: Course) -> None:
    tiny.hand_in(course, "ada")
    before = read(course, "ada")
    assert read_variants(course, tiny.LAB) is None and not key_path(course).exists()
    assert "variant" not in before.parts["ex1"]
    (course.submitted / "ada" / tiny.LAB / FILE_NAME).write_text("whatever")
    (course.root / SETTINGS).write_text(f"[labs.{tiny.LAB}]\nvariants = false\n")
    after = read(course, "ada")
    assert after.keys == before.keys and after.warnings == before.warnings
    switch_on(course)
    on = read(course, "ada")
    assert on.keys["ex1"] != before.keys["ex1"]
    assert {p: on.parts["ex1"][p] for p in before.parts["ex1"]} == before.parts["ex1"]


def test_equal_notebooks_of_two_students_have_two_results(course: Course) -> None:
    switch_on(course)
    tiny.hand_in(course, "ada")
    tiny.hand_in(course, "bob")
    assert read(course, "ada").keys["ex1"] != read(course, "bob").keys["ex1"]


def test_a_copied_submission_is_named(course: Course) -> None:
    switch_on(course)
    make_key(course)
    variants = read_variants(course, tiny.LAB)
    assert variants is not None
    for student in ("ada", "bob", "cy", "Jörg Müller"):
        tiny.hand_in(course, student)
    folder = course.submitted / "bob" / tiny.LAB
    assert read(course, "bob").warnings == []
    (folder / FILE_NAME).write_text(variants.of("bob").to_json())
    _print(folder / "ex1.ipynb", f"labkit: variant {variants.of('bob').mark} of bob")
    assert read(course, "bob").warnings == []

    _print(folder / "ex1.ipynb", f"\nlabkit: variant {variants.of('ada').mark} of bob")
    (folder / "results").mkdir()
    (folder / "results" / "a.csv").write_text(f"mark\n{variants.of('Jörg Müller').mark}\n")
    assert read(course, "bob").warnings == [
        "carries the variant of another student, Jörg Müller (in results/a.csv).",
        "carries the variant of another student, ada (in ex1.ipynb).",
    ]
    shutil.rmtree(folder / "results")
    tiny.hand_in(course, "bob")
    (folder / FILE_NAME).write_text(variants.of("ada").to_json())
    assert read(course, "bob").warnings == [
        f"carries the variant of another student, ada (in {FILE_NAME})."
    ]
    for text in ("{}", "[" * 9_999, variants.of("nobody here").to_json()):
        (folder / FILE_NAME).write_text(text)
        assert read(course, "bob").warnings == [
            f"{FILE_NAME} is not the one that was made for this student."
        ]
    assert read(course, "ada").warnings == []


def test_a_file_full_of_digits_costs_little(course: Course) -> None:
    switch_on(course)
    tiny.hand_in(course, "ada")
    folder = course.submitted / "ada" / tiny.LAB
    folder.joinpath("a.csv").write_text("0123456789ab," * 380_000)  # just below the limit
    folder.joinpath("b.csv").write_text("a" * 4_900_000)
    start = time.process_time()
    assert read(course, "ada").warnings == []
    assert time.process_time() - start < 5


def _print(path: Path, text: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs = [nbformat.v4.new_output("stream", text=f"{text}\n")]
    nbformat.write(notebook, path)


def test_grading_makes_the_variant_anew(course: Course) -> None:
    """What lies beside the notebook is its student's, whatever was handed in."""
    switch_on(course)
    make_key(course)
    variants = read_variants(course, tiny.LAB)
    assert variants is not None
    for student in ("ada", "bob"):
        tiny.hand_in(course, student, ex1=BY_VARIANT)
        path = course.submitted / student / tiny.LAB / FILE_NAME
        path.write_text(variants.of("ada").to_json())
    run = grade_lab(course, tiny.LAB, Quiet(), workers=1, isolation="any")
    assert run.shared == []
    grades = tiny.grades(course)
    assert (grades["ada"]["ex1-check"], grades["bob"]["ex1-check"]) == (1.0, 0.0)
    receipt = newest_receipt(receipts_folder(course, tiny.LAB, "ada"))
    assert receipt is not None
    assert replay(course, receipt, isolation="any").same
    (course.root / SETTINGS).unlink()
    with pytest.raises(CourseError, match="another variant"):
        replay(course, receipt, isolation="any")


def test_two_students_zips_differ_in_the_variant_only(course: Course, tmp_path: Path) -> None:
    switch_on(course)
    archive, roster = tmp_path / "tiny.zip", tmp_path / "roster.csv"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(f"{tiny.LAB}/ex1.ipynb", "{}")
    with roster.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([["Name", "Student ID"], ["A", "ada"], ["J", "Jörg Müller"]])
    students = students_to_serve(course, tiny.LAB, roster)
    folder = write_variants(course, tiny.LAB, archive, students)
    contents = {path.stem: _contents(path) for path in folder.iterdir()}
    assert sorted(contents) == ["Jörg Müller", "ada"]
    ada, other = contents["ada"], contents["Jörg Müller"]
    name = f"{tiny.LAB}/{FILE_NAME}"
    assert {n for n in ada | other if ada.get(n) != other.get(n)} == {name}
    assert json.loads(ada[name])["student"] == "ada"
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    write_variants(course, tiny.LAB, archive, students)
    again = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    assert again == before
    withdraw_variants(course, tiny.LAB)
    assert not variants_folder(course, tiny.LAB).exists()


def _contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_another_key_than_at_the_release_is_refused(course: Course, tmp_path: Path) -> None:
    switch_on(course)
    archive = tmp_path / "tiny.zip"
    with zipfile.ZipFile(archive, "w"):
        pass
    write_variants(course, tiny.LAB, archive, ["ada"])
    key_path(course).unlink()
    with pytest.raises(CourseError, match="There is no course key"):
        read_variants(course, tiny.LAB)
    make_key(course)
    with pytest.raises(CourseError, match="another course key"):
        read_variants(course, tiny.LAB)
    with pytest.raises(CourseError, match="another course key"):
        write_variants(course, tiny.LAB, archive, ["ada"])
    assert (variants_folder(course, tiny.LAB) / "ada.zip").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nada\n", "no column 'student id'; its columns are: name"),
        ("", "its columns are: none"),
        ("student id\n\n", "names no student"),
        ("student id\n../ada\n", "no id that can be a folder's name"),
        ("student id\nada\nAda\n", "more than once"),
        ("name;student_id\nJ;a,b\n", ""),
    ],
)
def test_rosters(course: Course, tmp_path: Path, text: str, said: str) -> None:
    switch_on(course)
    roster = tmp_path / "roster.csv"
    roster.write_text(text)
    if not said:
        assert students_to_serve(course, tiny.LAB, roster) == ["a,b"]
        return
    with pytest.raises(CourseError, match=said):
        students_to_serve(course, tiny.LAB, roster)


def test_the_gradebooks_students_are_served_without_a_roster(course: Course) -> None:
    assert students_to_serve(course, tiny.LAB, None) == []
    with pytest.raises(CourseError, match="has no variants"):
        students_to_serve(course, tiny.LAB, Path("roster.csv"))
    switch_on(course)
    with pytest.raises(CourseError, match="the gradebook names no student"):
        students_to_serve(course, tiny.LAB, None)
    from autograder.recording import Recorder

    Recorder(course, tiny.LAB).enrol("ada")
    assert students_to_serve(course, tiny.LAB, None) == ["ada"]


def test_gradescope_is_refused_a_lab_with_variants(course: Course) -> None:
    switch_on(course)
    assert (course.root / CONFIG_NAME).exists()
    done = tiny.call(course, "export", "gradescope", tiny.LAB)
    assert done.returncode == 1 and "has variants, which Gradescope cannot make" in done.stderr
    (course.root / SETTINGS).write_text(f'[labs.{tiny.LAB}]\nvariants = "yes"\n')
    done = tiny.call(course, "export", "gradescope", tiny.LAB)
    assert done.returncode == 1 and "variants is 'yes'; expected true or false" in done.stderr
