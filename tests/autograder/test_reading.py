"""Reading submissions: nothing but an ordinary file is opened, copied, or waited for."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.collecting.reading import NotHandedIn, UnreadableSubmission, read_submitted
from autograder.collecting.setting_aside import SET_ASIDE, odd_entries, set_aside
from autograder.course import Course
from autograder.grade import grade_lab
from autograder.lab import Exercise
from autograder.late import UnreadableTimestamp, read_timestamp
from autograder.release.build import generate_assignment
from tests.autograder.conftest import LAB, Quiet, answers

SECRET = b"SQLite format 3"
EX1, EX2, EX3 = "ex1_base_model", "ex2_magnitude_pruning", "ex3_your_model"


def link(path: Path, secret: Path) -> None:
    path.symlink_to(secret)


def relative_link(path: Path, secret: Path) -> None:
    path.symlink_to(os.path.relpath(secret, path.parent))


def hard_link(path: Path, secret: Path) -> None:
    os.link(secret, path)


def pipe(path: Path, secret: Path) -> None:
    os.mkfifo(path)


def folder(path: Path, secret: Path) -> None:
    path.mkdir()
    (path / "inner").symlink_to(secret)


def huge(path: Path, secret: Path) -> None:
    with path.open("wb") as file:
        file.truncate(500_000_000)


PLANTS = [
    (link, "is a symbolic link"),
    (relative_link, "is a symbolic link"),
    (pipe, "is a named pipe"),
    (folder, "is a folder"),
    (huge, "is larger than 50 MB"),
]
Plant = Callable[[Path, Path], None]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A student's folder of the lab, with a gradebook that is none of their business."""
    made = tmp_path / "submitted" / "eve" / LAB
    made.mkdir(parents=True)
    (tmp_path / "gradebook.db").write_bytes(SECRET)
    return made


@pytest.mark.parametrize(("plant", "words"), PLANTS)
def test_anything_but_an_ordinary_file_is_one_clause(
    place: Path, tmp_path: Path, plant: Plant, words: str
) -> None:
    path = place / f"{EX1}.ipynb"
    plant(path, tmp_path / "gradebook.db")
    started = time.monotonic()
    with pytest.raises(UnreadableSubmission, match=r"^\w") as caught:
        read_submitted(path, 50_000_000)
    assert str(caught.value) == words
    assert odd_entries(place)[path.name] == words
    assert time.monotonic() - started < 1


def test_a_socket_and_a_missing_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.ipynb")
        with pytest.raises(UnreadableSubmission, match="is a socket"):
            read_submitted(place / "s.ipynb", 10)
    with pytest.raises(NotHandedIn):
        read_submitted(place / "none.ipynb", 10)


def test_the_limit_is_the_last_size_that_is_read(place: Path) -> None:
    path = place / "a.ipynb"
    path.write_bytes(b"0123456789")
    assert read_submitted(path, 10) == b"0123456789"
    with pytest.raises(UnreadableSubmission, match="larger than 9 bytes"):
        read_submitted(path, 9)


@pytest.mark.parametrize("which", ["student", "lab"])
def test_no_folder_below_submitted_may_be_a_link(place: Path, which: str) -> None:
    (place / "a.ipynb").write_bytes(b"other")
    if which == "student":
        fake = place.parents[1] / "mallory" / LAB
        fake.parent.symlink_to(place.parent)
    else:
        fake = place.parents[1] / "mallory" / LAB
        fake.parent.mkdir()
        fake.symlink_to(place)
    with pytest.raises(UnreadableSubmission, match="in a folder that is a symbolic link"):
        read_submitted(fake / "a.ipynb", 10)
    set_aside(fake)
    with pytest.raises(NotHandedIn):
        read_submitted(fake / "a.ipynb", 10)
    assert (place / "a.ipynb").read_bytes() == b"other"
    assert list(odd_entries(fake)) == ["mallory" if which == "student" else LAB]


def test_what_lies_above_may_be_a_link(place: Path, tmp_path: Path) -> None:
    (place / "a.ipynb").write_bytes(b"mine")
    (tmp_path / "elsewhere").symlink_to(tmp_path / "submitted")
    assert read_submitted(tmp_path / "elsewhere" / "eve" / LAB / "a.ipynb", 10) == b"mine"


def test_a_timestamp_that_is_a_pipe_is_not_waited_for(place: Path) -> None:
    os.mkfifo(place / "timestamp.txt")
    with pytest.raises(UnreadableTimestamp, match="is a named pipe"):
        read_timestamp(place)


def test_odd_things_are_set_aside_as_they_are(place: Path, tmp_path: Path) -> None:
    for number, (plant, _) in enumerate([*PLANTS, (hard_link, "")]):
        inner = place / "results" / f"{number}.ipynb"
        inner.parent.mkdir(exist_ok=True)
        plant(inner, tmp_path / "gradebook.db")
    (place / "page.HTML").write_text("<script>")
    (place / "results" / "good.csv").write_text("1,2")
    (place / "locked").mkdir()
    (place / "locked" / "link").symlink_to(tmp_path / "gradebook.db")
    (place / "locked").chmod(0o555)
    moved = set_aside(place)
    assert set(moved) == {"page.HTML", "locked/link"} | {f"results/{n}.ipynb" for n in range(6)}
    left = [p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file()]
    assert [name for name in left if not name.startswith(SET_ASIDE)] == ["results/good.csv"]
    assert (place / SET_ASIDE / "results" / "0.ipynb").is_symlink()
    assert (tmp_path / "gradebook.db").read_bytes() == SECRET
    assert odd_entries(place).keys() == moved.keys()
    assert set_aside(place) == {}


def test_a_good_file_in_its_place_ends_the_warning(place: Path, tmp_path: Path) -> None:
    path = place / f"{EX1}.ipynb"
    link(path, tmp_path / "gradebook.db")
    set_aside(place)
    assert odd_entries(place) == {path.name: "is a symbolic link"}
    path.write_bytes(b"{}")
    assert odd_entries(place) == {}


def test_a_folder_for_what_is_set_aside_cannot_be_a_link(place: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (place / SET_ASIDE).symlink_to(target)
    link(place / "a.csv", tmp_path / "gradebook.db")
    set_aside(place)
    assert list(target.iterdir()) == []
    assert not (place / SET_ASIDE).is_symlink() and (place / SET_ASIDE / "a.csv").is_symlink()


@pytest.fixture
def hostile(course: Course, exercises: dict[str, Exercise], hand_in: Callable[..., Path]) -> Path:
    """Eve: an honest first notebook, a link for the second, and traps among the other files."""
    generate_assignment(course, LAB)
    ex1 = exercises[EX1]
    made = hand_in("eve", ex1, answers(ex1)).parent
    gradebook = course.build / "gradebook.db"
    link(made / f"{EX2}.ipynb", gradebook)
    pipe(made / f"{EX3}.ipynb", gradebook)
    (made / "results").mkdir()
    relative_link(made / "results" / "table.csv", gradebook)
    hard_link(made / "same.csv", gradebook)
    pipe(made / "pipe.csv", gradebook)
    link(made / "hidden", Path(__file__).parents[2] / "autograder" / "hidden_tests")
    (made / "ex4_extra_credit.html").write_text("<script>forged feedback</script>")
    (made / "table.csv").write_text("1,2")
    return made


def check_nothing_leaked(course: Course) -> None:
    for step in ("autograded", "feedback"):
        for path in (course.build / step).rglob("*"):
            assert not path.is_symlink()
            if path.is_file():
                content = path.read_bytes()
                assert SECRET not in content and b"forged feedback" not in content, path
    with Gradebook(f"sqlite:///{course.build / 'gradebook.db'}") as gradebook:
        notebooks = {n.name: n for n in gradebook.find_submission(LAB, "eve").notebooks}
        assert notebooks[EX1].score == notebooks[EX1].max_score
        for name in (EX2, EX3):
            assert notebooks[name].score == 0 and not notebooks[name].needs_manual_grade
    assert (course.build / "autograded" / "eve" / LAB / "table.csv").read_text() == "1,2"


@pytest.mark.slow
def test_stock_nbgrader_copies_no_link_and_grades_the_rest(course: Course, hostile: Path) -> None:
    for arguments in (["autograde", LAB], ["generate_feedback", LAB], ["autograde", LAB]):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=course.root, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        check_nothing_leaked(course)


def test_our_grading_says_so_and_grades_the_rest(course: Course, hostile: Path) -> None:
    for _ in range(2):
        run = grade_lab(course, LAB, Quiet())
        assert not run.failed
        check_nothing_leaked(course)
        warnings = run.submissions[0].warnings
        assert f"{EX2}.ipynb is a symbolic link; not graded." in warnings
        assert f"{EX3}.ipynb is a named pipe; not graded." in warnings
        assert any(w.startswith("same.csv has another name elsewhere") for w in warnings)


def test_of_two_names_of_a_file_the_later_one_is_refused(place: Path, tmp_path: Path) -> None:
    victim = tmp_path / "submitted" / "ada" / LAB / "a.ipynb"
    victim.parent.mkdir(parents=True)
    victim.write_bytes(b"hers")
    os.utime(victim.parent, ns=(1, 1))
    os.link(victim, place / "a.ipynb")
    assert read_submitted(victim, 10) == b"hers"
    with pytest.raises(UnreadableSubmission, match="another student's file"):
        read_submitted(place / "a.ipynb", 10)
