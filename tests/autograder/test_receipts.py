"""Receipts: what stands in them, what breaks their seal, and grading once more from one."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from autograder.collecting.placing import place
from autograder.course import Course
from autograder.course_key import KEY_BYTES, key_path, make_key, read_key
from autograder.errors import CourseError
from autograder.grade import grade_lab
from autograder.receipts.finding import find_submission
from autograder.receipts.keeping import newest_receipt, receipts_folder
from autograder.receipts.replaying import replay
from autograder.receipts.signing import read_sealed, seal
from tests.autograder import tiny
from tests.autograder.conftest import Quiet

ODD_NAME = "Jörg Müller"
ALTERED = "has been altered since it was written"


def regrade(course: Course) -> None:
    grade_lab(course, tiny.LAB, Quiet(), workers=1, isolation="any")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Two students, graded; tests that change anything copy it."""
    course = tiny.make_course(tmp_path_factory.mktemp("receipts") / "course")
    tiny.hand_in(course, "ada.json")
    tiny.hand_in(course, ODD_NAME, ex1=7)
    regrade(course)
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    shutil.copytree(graded.root, tmp_path / "copy", symlinks=True)
    return Course(tmp_path / "copy")


def newest(course: Course, student: str) -> Path:
    path = newest_receipt(receipts_folder(course, tiny.LAB, student))
    assert path is not None
    return path


def content(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_a_receipt_says_what_was_graded_and_what_it_gave(graded: Course) -> None:
    path = newest(graded, ODD_NAME)
    told = content(path)["receipt"]
    assert told["student"] == ODD_NAME and told["lab"] == tiny.LAB
    assert told["total"] == 1.0 and told["not_handed_in"] == []
    assert told["release"] == "released without checks"
    assert dt.datetime.fromisoformat(told["written_at"]).utcoffset() == dt.timedelta(0)
    wrong, right = told["notebooks"]["ex1"], told["notebooks"]["ex2"]
    assert wrong["scores"] == {"ex1-check": 0.0} and right["scores"] == {"ex2-check": 1.0}
    assert [(t["id"], t["passed"]) for t in wrong["tests"]] == [("test_double", False)]
    submitted = (graded.submitted / ODD_NAME / tiny.LAB / "ex1.ipynb").read_bytes()
    assert wrong["file_sha256"] == hashlib.sha256(submitted).hexdigest()
    parts = {"notebook", "lab", "hidden_tests", "labkit", "limits", "grader"}
    assert parts <= wrong["parts"].keys()
    assert wrong["isolation"]
    assert {"python", "platform", "autograder", "torch", "nbgrader"} <= wrong["versions"].keys()


def test_the_signature_is_an_hmac_that_anybody_with_the_key_can_compute(graded: Course) -> None:
    told = content(newest(graded, "ada.json"))
    text = json.dumps(told["receipt"], sort_keys=True, separators=(",", ":"))
    key = key_path(graded).read_bytes()
    expected = hmac.new(key, b"receipt\0" + text.encode("ascii"), hashlib.sha256).hexdigest()
    assert told["signature"]["digest"] == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["receipt"].update(total=2.0),
        lambda told: told["receipt"].update(student="ada.json"),
        lambda told: told["receipt"]["notebooks"]["ex1"]["scores"].update({"ex1-check": 1.0}),
        lambda told: told["receipt"].update(more=1),
        lambda told: told["receipt"].pop("release"),
        lambda told: told["signature"].update(digest="0" * 64),
    ],
)
def test_whatever_is_altered_is_refused(course: Course, change: Any) -> None:
    path = newest(course, ODD_NAME)
    told = content(path)
    change(told)
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(CourseError, match=ALTERED):
        replay(course, path, isolation="any")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        "\x00",
        '{"receipt": NaN}',
        '{"receipt": 1, "signature": {}}',
        '{"receipt": {}, "signature": {"method": "none"}}',
    ],
)
def test_what_is_no_receipt_is_called_so(course: Course, tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text)
    with pytest.raises(CourseError, match="is no receipt"):
        read_sealed(read_key(course), path)


def test_replay_gives_the_same_and_says_so(course: Course) -> None:
    shutil.rmtree(course.store)  # nothing is taken from there
    done = tiny.call(course, "replay", str(newest(course, ODD_NAME)), "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert told["same"] is True and told["differences"] == []
    tasks = [(row["name"], row["receipt"], row["now"]) for row in told["tasks"]]
    assert tasks == [("ex1-check", 0.0, 0.0), ("ex2-check", 1.0, 1.0)]
    assert [row["now"] for row in told["tests"]] == [False, True]


def test_a_verdict_that_differs_is_shown_and_ends_with_1(course: Course) -> None:
    """A receipt that says too much, sealed by somebody who has the key."""
    path, key = newest(course, ODD_NAME), read_key(course)
    told = content(path)["receipt"]
    told["notebooks"]["ex1"]["scores"]["ex1-check"] = 1.0
    told["notebooks"]["ex1"]["tests"][0]["passed"] = True
    told["notebooks"]["ex1"]["versions"]["torch"] = "1.0"
    path.write_text(seal(key, told), encoding="utf-8")
    done = tiny.call(course, "replay", str(path.parent))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    (row,) = [line for line in done.stdout.splitlines() if "ex1-check" in line]
    assert "1.00" in row and "0.00" in row and "no" in row
    assert "ex1: test_double: passed then, failed now." in done.stdout
    assert "torch was 1.0 and is" in done.stdout
    assert "of 2 hidden tests 1 say something else" in done.stdout


def test_an_altered_receipt_is_one_sentence_on_the_command_line(course: Course) -> None:
    path = newest(course, ODD_NAME)
    path.write_text(path.read_text().replace('"total": 1.0', '"total": 2.0'))
    done = tiny.call(course, "replay", str(path))
    assert done.returncode == 1 and ALTERED in done.stderr and "Traceback" not in done.stderr


def test_a_receipt_of_another_format_is_called_so(course: Course) -> None:
    path, key = newest(course, ODD_NAME), read_key(course)
    told = content(path)["receipt"]
    path.write_text(seal(key, told | {"format": 2}), encoding="utf-8")
    with pytest.raises(CourseError, match="has format 2"):
        replay(course, path, isolation="any")
    path.write_text(seal(key, told | {"seed": "1"}), encoding="utf-8")
    with pytest.raises(CourseError, match="can be read of 'seed'"):
        replay(course, path, isolation="any")


def test_a_replaced_submission_is_found_among_those_before(course: Course) -> None:
    path = newest(course, ODD_NAME)
    now = dt.datetime.now(dt.UTC)
    place(course, tiny.LAB, ODD_NAME, {"ex1.ipynb": b"{}"}, now, exact=True)
    done = replay(course, path, isolation="any")
    assert done.same and "collected-before" in done.submission.parts


def test_a_submission_that_is_gone_is_refused_in_words(course: Course, tmp_path: Path) -> None:
    path = newest(course, ODD_NAME)
    folder = course.submitted / ODD_NAME / tiny.LAB
    elsewhere = tmp_path / "a" / "kept"
    shutil.copytree(folder, elsewhere)
    tiny.hand_in(course, ODD_NAME, ex1=8)
    with pytest.raises(CourseError, match=r"not here any more.*another ex1.*--submission"):
        replay(course, path, isolation="any")
    assert replay(course, path, elsewhere, isolation="any").submission == elsewhere
    shutil.rmtree(folder)
    with pytest.raises(CourseError, match="Nothing that Jörg Müller handed in"):
        replay(course, path, isolation="any")


def test_a_changed_lab_is_named(course: Course) -> None:
    path = newest(course, ODD_NAME)
    tiny.write_hidden_test(course, "ex2", 4)
    with pytest.raises(CourseError, match="ex2: hidden tests changed"):
        replay(course, path, isolation="any")
    tiny.write_hidden_test(course, "ex2", 3)
    source = course.labs / tiny.LAB / "ex1.ipynb"
    source.write_text(source.read_text().replace("(1 point)", "(one point)"))
    with pytest.raises(CourseError, match="ex1: lab changed"):
        replay(course, path, isolation="any")
    source.unlink()
    with pytest.raises(CourseError, match="ex1: no notebook of the lab any more"):
        replay(course, path, isolation="any")


def test_earlier_receipts_stay_and_missing_ones_are_made_up_for(course: Course) -> None:
    first = newest(course, ODD_NAME)
    before = first.read_bytes()
    tiny.hand_in(course, ODD_NAME, ex1=9)
    shutil.rmtree(receipts_folder(course, tiny.LAB, "ada.json"))  # as if stopped before it
    regrade(course)
    assert newest(course, ODD_NAME) != first and first.read_bytes() == before
    assert content(newest(course, "ada.json"))["receipt"]["total"] == 2.0
    before_again = files(course)
    regrade(course)
    assert files(course) == before_again and len(before_again) == 3


def files(course: Course) -> list[Path]:
    """Every receipt there is."""
    return sorted(p for p in (course.build / "receipts").rglob("*.json") if p.is_file())


@pytest.mark.parametrize("student", ["../ada", "..", "a/b", "", "a\0b"])
def test_a_name_in_a_receipt_is_no_path(course: Course, student: str) -> None:
    def read(place: Path) -> Any:
        raise AssertionError(f"{place} was looked at")

    with pytest.raises(CourseError, match="no name of a student's folder"):
        find_submission(course, tiny.LAB, student, {}, read)


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    course = Course(tmp_path)
    with pytest.raises(CourseError, match="There is no course key"):
        read_key(course)
    key = make_key(course)
    assert len(key) == KEY_BYTES and make_key(course) == read_key(course) == key
    assert stat.S_IMODE(key_path(course).stat().st_mode) == 0o600
    key_path(course).write_bytes(b"short")
    with pytest.raises(CourseError, match="damaged: expected 32 bytes, found 5"):
        make_key(course)
    key_path(course).unlink()
    key_path(course).mkdir()
    with pytest.raises(CourseError, match="cannot be read"):
        make_key(course)


def test_another_courses_receipt_is_called_so(course: Course) -> None:
    key_path(course).unlink()
    with pytest.raises(CourseError, match="There is no course key"):
        replay(course, newest(course, ODD_NAME))
    make_key(course)
    with pytest.raises(CourseError, match="signed with another key"):
        replay(course, newest(course, ODD_NAME))
