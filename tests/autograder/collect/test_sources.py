"""What is collected: a download of Canvas or Moodle, a folder, one file."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from autograder.collecting.names import read_pattern
from autograder.course import Course
from autograder.lab import Exercise
from tests.autograder.collect.downloads import (
    CANVAS,
    EX1,
    EX2,
    MOODLE,
    WHOLE,
    bulk,
    call,
    came,
    collected,
    there,
    zipped,
)
from tests.autograder.conftest import LAB


def test_a_download_of_canvas(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    source = bulk(
        tmp_path / "submissions.zip",
        {
            CANVAS: zipped(exercises),
            "x_LATE_2_3_lab1_magnitude-ada-1.zip": zipped(exercises, [EX1]),
            "loose_4_5_ex1_base_model-1.ipynb": b"{}",
            "loose_4_6_report.pdf": b"%PDF",
            "readme.txt": b"",
        },
    )
    got, nameless = collected(course, source)
    assert {s: o.what for s, o in got.items()} == dict.fromkeys(["12345", "2", "4"], "new")
    assert nameless == ["readme.txt"]
    assert there(course, "12345") == WHOLE
    assert there(course, "4") == {f"{EX1}.ipynb", "report.pdf", "timestamp.txt"}
    assert came(course, "12345") == "2026-12-01 23:40+01:00"
    assert not (course.submitted / "ada").exists()


def test_a_download_of_moodle(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    source = bulk(
        tmp_path / "moodle.zip",
        {
            f"{unicodedata.normalize('NFD', MOODLE)}/lab1_magnitude-x.zip": zipped(exercises),
            f"Ada L_8_assignsubmission_file_/{EX1}.ipynb": b"{}",
            f"Ada L_8_assignsubmission_file_/{EX2}.ipynb": b"{}",
            f"Max_11_assignsubmission_file_/{EX1}.ipynb": b"{}",
            f"Max_12_assignsubmission_file_/{EX1}.ipynb": b"{}",
        },
    )
    got = call(course, source)
    assert got.keys() == {"Jörg Müller", "Ada L", "Max_11", "Max_12"}
    assert there(course, "Jörg Müller") == WHOLE
    assert there(course, "Ada L") == {f"{EX1}.ipynb", f"{EX2}.ipynb", "timestamp.txt"}


def test_a_folder_of_zips_and_of_folders(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    source = tmp_path / "mail"
    (source / "bob" / LAB).mkdir(parents=True)
    (source / "bob" / LAB / f"{EX1}.ipynb").write_bytes(b"{}")
    (source / "bob" / "lab2_criteria").mkdir()
    (source / "bob" / "lab2_criteria" / f"{EX1}.ipynb").write_bytes(b"{2}")
    (source / "cleo").mkdir()
    (source / "cleo" / "lab1_magnitude-bob.zip").write_bytes(zipped(exercises, [EX2]))
    (source / "lab1_magnitude-ada.zip").write_bytes(zipped(exercises))
    (source / "lab1_magnitude-dan.zip").symlink_to(source / "lab1_magnitude-ada.zip")
    (source / f"{EX1}.ipynb").write_bytes(b"{}")
    os.utime(source / "lab1_magnitude-ada.zip", (1_800_000_000, 1_800_000_000))
    got, nameless = collected(course, source)
    assert {s: o.what for s, o in got.items()} == {
        "ada": "new", "bob": "new", "cleo": "new", "dan": "not taken",
    }  # fmt: skip
    assert nameless == [f"{EX1}.ipynb"]
    assert (course.submitted / "bob" / LAB / f"{EX1}.ipynb").read_bytes() == b"{}"
    assert f"{EX2}.ipynb" in there(course, "cleo")
    assert came(course, "ada") == "2027-01-15 09:00+01:00"
    assert "is a symbolic link" in got["dan"].notes[0]


def test_one_file_and_whose_it_is(
    course: Course, exercises: dict[str, Exercise], tmp_path: Path
) -> None:
    single = tmp_path / "lab1_magnitude-ada.zip"
    # It holds another student's zip: with a student's name it is no bulk zip.
    single.write_bytes(zipped(exercises, extra=[("lab1_magnitude-bob.zip", zipped(exercises))]))
    assert call(course, single).keys() == {"ada"}
    assert not (course.submitted / "bob").exists()
    notebook = tmp_path / f"{EX1} (1).ipynb"
    notebook.write_bytes(b"{}")
    assert call(course, notebook) == {}
    assert call(course, notebook, student="cleo")["cleo"].what == "new"
    assert there(course, "cleo") == {f"{EX1}.ipynb", "timestamp.txt"}
    pattern = read_pattern(r"for (?P<student_id>\w+)/")
    other = bulk(tmp_path / "other.zip", {f"for dora/{EX1}.ipynb": b"{}"})
    assert call(course, other, pattern=pattern)["dora"].what == "new"
