"""`autograder grade --changed`: what would change, from what to what and why, before it does."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autograder.batch.changes import Changes, StudentChange, TaskChange
from autograder.batch.lock import one_grader
from autograder.batch.run import GradingRun, Options
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grade import run_grading
from autograder.grading.store import Store
from tests.autograder import tiny
from tests.autograder.conftest import KeptWorkers, Quiet


class Asked:
    """Somebody who is shown changes and answers."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.changes = Changes()

    def __call__(self, changes: Changes) -> bool:
        self.changes = changes
        return self.answer


def grade(course: Course, asked: Asked | None = None, **more: Any) -> GradingRun:
    options = Options(workers=1, confirm=asked, **more)
    return run_grading(course, tiny.LAB, Quiet(), options)


def fingerprint(course: Course) -> str:
    return hashlib.sha256((course.build / "gradebook.db").read_bytes()).hexdigest()


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return tiny.make_course(tmp_path / "course")


def test_nothing_is_written_before_somebody_says_so(course: Course, workers: KeptWorkers) -> None:
    tiny.hand_in(course, "ada")
    tiny.hand_in(course, "bob", ex1=7)
    tiny.hand_in(course, "cy", extra="# cy", ex2="raise ValueError")
    first = grade(course)
    assert sorted([*first.executed, *first.shared]) == ["ada", "bob", "cy"]
    assert first.changes.changed == [] and first.changes.new == ["ada", "bob", "cy"]
    before, stored = fingerprint(course), tiny.grades(course)

    tiny.hand_in(course, "bob")
    tiny.write_hidden_test(course, "ex2", 4)
    (course.submitted / "dan" / tiny.LAB).mkdir(parents=True)  # enrolled only when it is committed
    asked = Asked(answer=False)
    declined = grade(course, asked, pool=workers)  # which start here, with the changed test
    assert not declined.committed and declined.recorded == []
    assert fingerprint(course) == before
    hidden = "hidden tests changed"
    assert asked.changes.changed == [
        StudentChange("ada", 2.0, 1.0, [TaskChange("ex2-check", 1.0, 0.0, hidden)]),
        StudentChange(
            "bob",
            1.0,
            1.0,
            [
                TaskChange("ex1-check", 0.0, 1.0, "resubmitted"),
                TaskChange("ex2-check", 1.0, 0.0, hidden),
            ],
        ),
    ]
    assert asked.changes.unchanged == 1
    # One ex1 is equal to ada's, and of the equal ex2 one is run: bob has nothing left to execute.
    assert sorted(declined.executed) == ["ada", "cy"] and declined.shared == ["bob"]

    agreed = grade(course, Asked(answer=True))
    assert agreed.executed == [] and sorted(agreed.recorded) == ["ada", "bob", "cy"]
    after = {change.student: change.new_total for change in asked.changes.changed}
    totals = {
        name: sum(p or 0 for p in points.values()) for name, points in tiny.grades(course).items()
    }
    assert totals == {"cy": 1.0} | after
    assert stored != tiny.grades(course)
    assert grade(course, Asked(answer=True)).recorded == []

    asked = Asked(answer=False)
    seed = Store(course.store).recorded_seed(tiny.LAB)
    declined = grade(course, asked, pool=workers, seed=99)
    assert asked.changes.changed == [] and asked.changes.unchanged == 3
    assert Store(course.store).recorded_seed(tiny.LAB) == seed != 99
    lines = [json.loads(line) for line in declined.log.read_text().splitlines()]
    assert lines[0]["event"] == "start"
    assert {"time", "student", "event", "seconds", "keys", "warnings", "worker"} <= set(
        next(line for line in lines if line["event"] == "executed")
    )


def test_without_a_terminal_it_does_not_guess(course: Course) -> None:
    tiny.hand_in(course, "ada")
    for arguments, words in (
        (("--changed",), "no terminal"),
        (("--yes",), "--changed"),
        (("--dry-run",), "--changed"),
    ):
        done = tiny.call(course, "grade", tiny.LAB, *arguments)
        assert done.returncode == 1 and words in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert tiny.grades(course) == {}


@pytest.mark.slow
def test_on_a_terminal_it_asks(course: Course) -> None:
    tiny.hand_in(course, "ada")
    assert tiny.call(course, "grade", tiny.LAB).returncode == 0
    tiny.hand_in(course, "ada", ex1=5)
    for answer, code, points in (("n", 1, 1.0), ("y", 0, 0.0)):
        ours, theirs = pty.openpty()
        os.write(ours, f"{answer}\n".encode())
        done = subprocess.run(
            [*tiny.COMMAND, "grade", tiny.LAB, "--changed"],
            cwd=course.root, env=tiny.PLAIN, stdin=theirs, capture_output=True, text=True,
        )  # fmt: skip
        os.close(ours)
        os.close(theirs)
        assert done.returncode == code, done.stderr
        assert "resubmitted" in done.stdout and "Write these grades?" in done.stdout
        assert tiny.grades(course)["ada"]["ex1-check"] == points
    tiny.hand_in(course, "ada")
    plain = tiny.call(course, "grade", tiny.LAB)
    assert "1 grades that were recorded before have changed: ada" in plain.stdout
    assert "--changed" in plain.stdout


def test_a_second_grader_says_whom_it_would_wait_for(tmp_path: Path) -> None:
    course = Course(tmp_path)
    with contextlib.ExitStack() as held:
        held.enter_context(one_grader(course))
        with pytest.raises(CourseError, match=f"process {os.getpid()} on .*since 2"):
            one_grader(course).__enter__()
        code = (
            "import sys; from pathlib import Path; from autograder.course import Course\n"
            "from autograder.batch.lock import one_grader\n"
            "with one_grader(Course(Path(sys.argv[1])), lambda who: print(who, flush=True)):\n"
            "    print('mine', flush=True)"
        )
        with subprocess.Popen(
            [tiny.COMMAND[0], "-c", code, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=tiny.REPOSITORY,
        ) as second:
            assert second.stdout
            told = second.stdout.readline()
            assert f"Waiting for another grading of {tmp_path}: process {os.getpid()}" in told
            held.close()
            assert second.stdout.read() == "mine\n" and second.wait() == 0
