"""One open gradebook for all steps of a recording: shared, but never what a step left unsaved."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import Connection, Engine, event

from autograder.course import Course, put_scripts_on_path
from autograder.gradebook import kept_open, own_session
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult
from autograder.grading.store import Store
from autograder.lab import read_lab
from autograder.recording import Recorder
from autograder.submissions import Reader, Submission
from tests.autograder import tiny


@pytest.fixture
def url(tmp_path: Path) -> str:
    put_scripts_on_path()
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url) as gradebook:
        gradebook.add_student("ada", first_name="Ada")
    return url


def test_what_a_step_saved_is_there_for_the_next_and_what_it_did_not_save_is_not(url: str) -> None:
    kept = Gradebook(url)
    with kept_open(kept):
        with own_session(url) as gradebook:
            assert gradebook is kept
            gradebook.find_student("ada").first_name = "saved"
            gradebook.db.commit()
            gradebook.find_student("ada").first_name = "not saved"
        with own_session(url) as gradebook:
            assert gradebook.find_student("ada").first_name == "saved"


def test_a_step_that_fails_leaves_no_lock(url: str) -> None:
    kept = Gradebook(url)

    def fail() -> None:
        with own_session(url) as gradebook:
            gradebook.find_student("ada").first_name = "half"
            gradebook.db.flush()
            raise ZeroDivisionError

    with kept_open(kept), pytest.raises(ZeroDivisionError):
        fail()
    with own_session(url) as another:
        assert another is not kept
        another.find_student("ada").first_name = "whole"
        another.db.commit()
    with kept_open(kept), own_session(url) as gradebook:  # once more, after it was closed
        assert gradebook.find_student("ada").first_name == "whole"


def test_one_more_student_opens_the_gradebook_only_where_nbgrader_itself_does(
    tmp_path: Path,
) -> None:
    course = tiny.make_course(tmp_path / "course")
    exercises = read_lab(course.labs, tiny.LAB)
    reader = Reader(course, exercises, 1, Limits())
    recorder = Recorder(course, tiny.LAB)
    submissions = [_graded(course, reader, student) for student in ("ada", "bob")]
    assert recorder.record(submissions[0], exercises) is None
    engines: set[Engine] = set()

    def connected(connection: Connection) -> None:
        engines.add(connection.engine)

    event.listen(Engine, "engine_connect", connected)
    try:
        assert recorder.record(submissions[1], exercises) is None
    finally:
        event.remove(Engine, "engine_connect", connected)
    assert len(engines) == 5 + 1  # `Autograde.init_assignment` opens five, all steps share one
    assert tiny.grades(course)["bob"] == {"ex1-check": 1.0, "ex2-check": 1.0}


def _graded(course: Course, reader: Reader, student: str) -> Submission:
    """A submission whose results lie in the store, as if it had been executed."""
    tiny.hand_in(course, student)
    submission = reader.read(student)
    for exercise, key in submission.keys.items():
        notebook = submission.intakes[exercise].notebook
        Store(course.store).put(key, NotebookResult(notebook, scores={f"{exercise}-check": 1.0}))
    return submission
