"""Whose a file is: what its name says of the student, and ids that are safe as folders."""

from __future__ import annotations

import unicodedata

import pytest

from autograder.collecting.names import Naming, safe_id
from tests.autograder.collect.downloads import CANVAS, MOODLE
from tests.autograder.conftest import LAB


@pytest.mark.parametrize(
    ("path", "student", "by"),
    [
        (CANVAS, "12345", "Canvas"),
        ("muellerjorg_LATE_12345_67890_ex1.ipynb", "12345", "Canvas"),
        ("muellerjorg_12345_67890_x_9_8_lab1_magnitude-ada.zip", "12345", "Canvas"),
        (f"{MOODLE}/lab1_magnitude-ada.zip", "Jörg Müller", "Moodle"),
        (f"all/{MOODLE}/ex1.ipynb", "Jörg Müller", "Moodle"),
        (f"{MOODLE}x_9_assignsubmission_file_ex1.ipynb", "Jörg Müller", "Moodle"),
        ("Participant_77_assignsubmission_file_/a.zip", "Participant_77", "Moodle"),
        (unicodedata.normalize("NFD", f"{MOODLE}/a.zip"), "Jörg Müller", "Moodle"),
        ("van_der_berg_12345_67890_ex1.ipynb", "12345", "Canvas"),
        ("x_666_12345_67890_lab1_magnitude-ada.zip", None, None),  # calls himself "x_666"
        ("muellerjorg_12345_67890_666_7_x.zip", None, None),  # calls his file 666_7_x.zip
        ("LATE_anon_aB3d5_67890_ex1.ipynb", "anon_aB3d5", "Canvas"),
        ("lab1_magnitude-ada.zip", "ada", "zip, so the student"),
        ("lab1_magnitude-ada (1).zip", "ada", "zip, so the student"),
        ("lab1_magnitude-group-3.zip", "group-3", "zip, so the student"),
        ("lab1_magnitude-..zip", None, None),
        ("lab2_criteria-ada.zip", None, None),
        ("ex1_base_model.ipynb", None, None),
    ],
)
def test_whose_a_file_is(path: str, student: str | None, by: str | None) -> None:
    owner = Naming(LAB).owner(path)
    assert (owner and owner.student, owner and owner.by) == (student, by)


def test_the_gradebook_settles_which_name_of_a_platform_counts() -> None:
    assert Naming(LAB, roster={"muellerjorg"}).owner(CANVAS).student == "muellerjorg"
    assert Naming(LAB, roster={"muellerjorg", "12345"}).owner(CANVAS).student == "12345"
    assert Naming(LAB, roster={"ada"}).owner(CANVAS).student == "12345"  # never the student's word


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("Jörg Müller", "Jörg Müller"),
        (unicodedata.normalize("NFD", "Jörg Müller"), "Jörg Müller"),
        ("李 雷", "李 雷"),
        ("../../etc", "etc"),
        ("..", ""),
        ("a/b\\c", "a_b_c"),
        ("a*?[1]", "a___1_"),
        (".hidden", "hidden"),
        ("a\x00\x1b\u202eb", "a___b"),
        ("  a \t b ", "a _ b"),
        ("-rf", "rf"),
    ],
)
def test_ids_are_safe_as_folders(name: str, student: str) -> None:
    assert safe_id(name) == student == safe_id(student)


def test_long_ids_stay_apart_and_short() -> None:
    one, other = safe_id("李" * 200 + "a"), safe_id("李" * 200 + "b")
    assert one != other and len(one.encode()) < 255 and safe_id(one) == one
