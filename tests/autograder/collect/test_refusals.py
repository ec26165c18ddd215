"""What is not taken: a bad zip as a whole and alone, what else a zip holds, a link."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.lab import Exercise
from tests.autograder.collect.downloads import (
    CANVAS,
    EX1,
    EX2,
    WHOLE,
    bulk,
    call,
    came,
    there,
    zipped,
)
from tests.autograder.conftest import LAB
from tests.autograder.test_unzip import bomb, packed, special


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ([("../ada/" + EX1 + ".ipynb", b"{}")], "leads out of its folder"),
        ([("old/" + EX1 + ".ipynb", b"{}"), (special(f"x/{EX1}.ipynb", 0o120000), b"/etc")],
         "is a symbolic link"),
        ([(f"{LAB}/{EX2}.IPYNB", b"{}")], "differs from another only in upper and lower case"),
        ([(f"{LAB}/{EX1}.ipynb", b"{}")], "is there twice"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_bad_zip_is_refused_as_a_whole_and_alone(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path, extra: list, words: str
) -> None:
    source = bulk(
        tmp_path / "submissions.zip",
        {
            "eve_1_1_x.zip": zipped(exercises, extra=extra),
            "bob_2_2_x.zip": b"PK\x03\x04 half a zip",
            "ada_3_3_x.zip": zipped(exercises),
        },
    )
    got = call(course, source)
    assert {s: o.what for s, o in got.items()} == {"1": "not taken", "2": "not taken", "3": "new"}
    assert words in got["1"].notes[0] and "damaged" in got["2"].notes[0]
    assert there(course, "1") == there(course, "2") == set() and there(course, "3") == WHOLE


def test_a_bomb_stops_itself_only(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    large = bomb(300_000_000).replace(b"lab/ex1.ipynb", b"lab/ex_.ipynb")
    deep = packed([("lab1_magnitude-x.zip", packed([(f"{LAB}/{EX1}.ipynb", b"{}")]))])
    notebook = packed([(f"{EX1}.ipynb", b" " * 60_000_000)], zipfile.ZIP_STORED)
    names = {"a_1_1_x.zip": large, "b_2_2_x.zip": deep, "c_3_3_x.zip": notebook}
    started = time.monotonic()
    got = call(course, bulk(tmp_path / "s.zip", names | {"d_4_4_x.zip": zipped(exercises)}))
    assert time.monotonic() - started < 10
    assert [outcome.what for outcome in got.values()] == ["not taken"] * 3 + ["new"]
    assert "holds no notebook of this lab" in got["1"].notes[0]
    assert "only a zip inside the zip" in got["2"].notes[0]
    assert "which is larger than 50 MB" in got["3"].notes[0]
    assert [path.name for path in course.submitted.iterdir()] == ["4"]


def test_what_else_is_in_a_zip_is_named_and_left_out(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    extra = [
        (f"{LAB}/timestamp.txt", b"2020-01-01 00:00:00 UTC"),
        (f"{LAB}/run.sh", b"rm"),
        (f"{LAB}/page.html", b"<script>"),
        (f"{LAB}/-x.csv", b""),
        (f"{LAB}/big.csv", b"1" * 6_000_000),
        (special(f"{LAB}/link.csv", 0o120000), b"/etc/passwd"),
        (f"{LAB}/{EX1} (1).ipynb", b"{}"),
        (f"{LAB}/.ipynb_checkpoints/{EX1}-checkpoint.ipynb", b"{}"),
        (f"__MACOSX/{LAB}/._{EX1}.ipynb", b"junk"),
        (f"{LAB}/.venv/bin/python", b"x"),
    ]
    source = tmp_path / "lab1_magnitude-ada.zip"
    source.write_bytes(zipped(exercises, extra=extra))
    notes = "\n".join(call(course, source)["ada"].notes)
    assert there(course, "ada") == WHOLE
    assert "timestamp.txt is ignored" in notes and "2020" not in came(course, "ada")
    assert "link.csv is a symbolic link; left out" in notes and "larger than 5 MB" in notes
    assert "left out: lab1_magnitude/run.sh, lab1_magnitude/page.html" in notes
    assert "and 2 more" in notes and "MACOSX" not in notes


def test_a_link_in_the_place_of_a_student_s_folder_is_not_written_through(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    (course.submitted / "ada" / LAB).mkdir(parents=True)
    (course.submitted / "12345").symlink_to(course.submitted / "ada")
    got = call(course, bulk(tmp_path / "a.zip", {CANVAS: zipped(exercises)}))
    assert got["12345"].what == "not taken" and there(course, "ada") == set()
