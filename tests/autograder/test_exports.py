"""Exports: Canvas's file with one column filled and nothing else touched; a table for everybody."""

from __future__ import annotations

import csv
from pathlib import Path

import nbformat
import pytest

from autograder.errors import CourseError
from autograder.exports.canvas import CanvasMerge, merge
from autograder.exports.csv import write_csv
from autograder.exports.raw_csv import RawCsv
from autograder.exports.scores import Grade, LabGrades, scheme
from autograder.lab import Exercise
from autograder.settings import LabSettings

CANVAS = (
    "\ufeff"
    'Student,ID,SIS User ID,SIS Login ID,Section,"Lab 1 (98765)",Lab 12 (98766),Current Score\r\n'
    ",,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,10.00,10.00,(read only)\r\n"
    '"Lovelace, Ada",501,S1,ada@uni.example,"Pruning, Mon",,7.00,70.0\r\n'
    '"Torvalds, ""Linus""",502,S2,linus,Pruning,"3.50",,\r\n'
    "=Hopper,503,S3,grace,Pruning,,,\r\n"
    '"Student, Test",504,,f00ba4,Pruning,,,'
)


def graded(student: str, total: float, *waiting: str) -> Grade:
    return Grade(student, {"ex1": total / 2, "ex2": total / 2}, 0.0, total, waiting)


def lab(*grades: Grade) -> LabGrades:
    return LabGrades(["ex1", "ex2"], 10, 12, list(grades))


def merged(
    tmp_path: Path, grades: LabGrades, text: str = CANVAS, column: str = "Lab 1"
) -> tuple[str, CanvasMerge]:
    path = tmp_path / "canvas.csv"
    path.write_bytes(text.encode("utf-8"))
    return merge(grades, path, column)


def test_only_the_cells_of_our_students_change(tmp_path: Path) -> None:
    grades = lab(graded("501", 12), graded("s2", 9.5), graded("grace", 0), graded("nobody", 3))
    text, result = merged(tmp_path, grades)
    expected = CANVAS.replace('Mon",,7.00', 'Mon",12,7.00').replace('"3.50"', "9.5")
    assert text == expected.replace("grace,Pruning,,,", "grace,Pruning,0,,")
    assert (result.column, result.added) == ("Lab 1 (98765)", False)
    assert result.written == ["501", "s2", "grace"]
    assert result.replaced == {"s2": "3.50 → 9.5"}
    assert result.not_in_canvas == ["nobody"]
    assert result.not_ours == ["Student, Test"]


def test_id_goes_before_sis_and_sis_before_login(tmp_path: Path) -> None:
    text = "Student,ID,SIS User ID,SIS Login ID,Lab 1\nA,1,2,3\nB,2,3,1\nC,9,8,3\n"
    out, result = merged(tmp_path, lab(graded("1", 5), graded("2", 6), graded("8", 7)), text)
    assert out.splitlines()[1:] == ["A,1,2,3,5", "B,2,3,1,6", "C,9,8,3,7"]
    assert result.ambiguous == [] and result.not_ours == []


def test_who_could_be_two_people_is_left_alone(tmp_path: Path) -> None:
    text = "Student,ID,SIS User ID,SIS Login ID,Lab 1\nA,1,a,x,\nB,2,b,same,\nC,3,c,same,\n"
    out, result = merged(tmp_path, lab(graded("1", 5), graded("a", 6), graded("same", 7)), text)
    assert out == text
    assert len(result.ambiguous) == 2 and "1 and a are one person" in result.ambiguous[1]
    assert "same is in 2 lines" in result.ambiguous[0]


def test_a_new_column_comes_before_canvas_s_own_with_its_points(tmp_path: Path) -> None:
    text, result = merged(tmp_path, lab(graded("501", 8)), column="Lab 1, pruning")
    rows = list(csv.reader(text.removeprefix("\ufeff").splitlines()))
    assert result.added and rows[0][6:] == ["Lab 12 (98766)", "Lab 1, pruning", "Current Score"]
    assert rows[2][6:] == ["10.00", "10", "(read only)"]
    assert rows[3][5:] == ["", "7.00", "8", "70.0"]
    assert {len(row) for row in rows} == {9}


def test_who_handed_in_nothing_keeps_what_canvas_has(tmp_path: Path) -> None:
    text, result = merged(tmp_path, lab(Grade("502", handed_in=False), graded("501", 8)))
    assert '"3.50"' in text and result.written == ["501"]
    assert 'Torvalds, "Linus"' in result.not_ours


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("Name,Points\nA,1\n", "Lab 1", "no gradebook of Canvas"),
        ("", "Lab 1", "no gradebook of Canvas"),
        (CANVAS.replace("10.00", "100", 1), "Lab 1", "out of 100 points"),
        (CANVAS.replace("Lab 12", "Lab 1"), "Lab 1", "several columns"),
        (CANVAS, "Current Score", "Canvas's own"),
        (CANVAS, "SIS User ID", "Canvas's own"),
        (CANVAS + '"open', "Lab 1", "quote that never ends"),
    ],
)
def test_a_file_that_cannot_be_right_is_one_sentence(
    tmp_path: Path, text: str, column: str, words: str
) -> None:
    with pytest.raises(CourseError, match=words) as caught:
        merged(tmp_path, lab(graded("501", 8)), text, column)
    assert "\n" not in str(caught.value)


def test_missing_or_foreign_bytes_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot be read"):
        merge(lab(), tmp_path / "none.csv", "Lab 1")
    (tmp_path / "utf16.csv").write_bytes(CANVAS.encode("utf-16"))
    with pytest.raises(CourseError, match="not UTF-8"):
        merge(lab(), tmp_path / "utf16.csv", "Lab 1")


@pytest.mark.parametrize(
    "text",
    [CANVAS, CANVAS + "\r\n", CANVAS.replace("\r\n", "\n"), CANVAS.replace(",", ";"),
     'a,b\n"x\ny","",\n\n,"""q"""\n', "a;b\n1;2"],
)  # fmt: skip
def test_a_table_is_written_back_as_it_was(text: str) -> None:
    assert RawCsv.parse(text).text() == text


def test_a_long_file_with_an_open_quote_is_refused_quickly() -> None:
    with pytest.raises(ValueError, match="never ends"):
        RawCsv.parse("a,b\n" + 'x"' + '""' * 20_000)


def test_the_table_names_who_waits_and_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "out" / "grades.csv"
    hostile = ["=1+1", "@x", "-2", "+3", " =4"]
    absent = Grade("absent", handed_in=False)
    write_csv(lab(graded("ada", 7, "ex2-w"), absent, *(graded(h, 1) for h in hostile)), path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {
        "student": "ada", "ex1": "3.5", "ex2": "3.5", "late penalty": "0", "score": "7",
        "out of": "10", "note": "needs manual grading: ex2-w",
    }  # fmt: skip
    assert rows[1]["note"] == "nothing handed in" and rows[1]["score"] == "0"
    assert [row["student"] for row in rows[2:]] == [f"'{name}" for name in hostile]


def exercise(name: str, points: float) -> Exercise:
    marks = {"grade_id": name, "grade": True, "solution": False, "points": points}
    cell = nbformat.v4.new_code_cell("", metadata={"nbgrader": marks})
    return Exercise("lab", name, nbformat.v4.new_notebook(cells=[cell]), None)


def test_extra_notebooks_come_on_top_up_to_the_cap() -> None:
    exercises = [exercise("ex1", 6), exercise("ex2", 4), exercise("ex4", 2)]
    assert scheme(exercises, LabSettings("Lab", 10, 12, ("ex4",))) == (10, 12)
    assert scheme(exercises, LabSettings("Lab", extra=("ex4",))) == (10, 12)
    assert scheme(exercises, LabSettings("Lab")) == (12, 12)
    assert scheme(exercises, LabSettings("Lab", 10, 11, ("ex4",))) == (10, 11)
    with pytest.raises(CourseError, match="no notebook 'ex9'"):
        scheme(exercises, LabSettings("Lab", extra=("ex9",)))
    with pytest.raises(CourseError, match="out_of 9, but the tasks"):
        scheme(exercises, LabSettings("Lab", 9, extra=("ex4",)))
