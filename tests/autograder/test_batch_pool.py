"""Workers side by side: one that dies costs its job a retry, and nobody else anything."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autograder.batch.executing import DIED
from autograder.batch.run import Options
from autograder.course import Course
from autograder.grade import run_grading
from autograder.grading.cpus import choose_cpus
from autograder.grading.job import Job
from autograder.grading.limits import Limits
from autograder.grading.pool import ROUNDS, LocalPool
from autograder.lab import read_lab
from tests.autograder import tiny
from tests.autograder.conftest import Quiet

# Hidden tests run in the worker itself, so that they can do to it what no student can.
DEADLY = '''
import json
import os
import pathlib

import pytest
import torch

DIARY = pathlib.Path({diary!r})


@pytest.mark.task("ex1-check", points=1)
def test_double(student):
    """double multiplies by two."""
    value = student.double(21)
    entry = [value, os.getpid(), sorted(os.sched_getaffinity(0)), torch.get_num_threads()]
    with DIARY.open("a") as diary:
        diary.write(json.dumps(entry) + "\\n")
    if value == 21 * 666 or (value == 21 * 2 and len(DIARY.read_text().splitlines()) == 1):
        os._exit(9)
    assert value == 42, "twice as much"
'''


def with_deadly_test(course: Course, diary: Path) -> None:
    text = DEADLY.format(diary=str(diary))
    (course.hidden_tests / tiny.LAB / "test_ex1.py").write_text(text, encoding="utf-8")


def test_a_fault_of_ours_with_one_job_is_that_jobs_only(tmp_path: Path) -> None:
    course = tiny.make_course(tmp_path / "course")
    exercise = read_lab(course.labs, tiny.LAB)[0]
    notebook = dict(exercise.student_edition)
    broken = Job("broken", tiny.LAB, 1, Limits(), (("k1", "no-such-exercise", notebook),))
    sound = Job("sound", tiny.LAB, 1, Limits(), (("k2", exercise.name, notebook),))
    with LocalPool(course.root, 1, "any") as pool:
        finished = {done.job.student: done for done in pool.grade([broken, sound])}
    assert finished["broken"].results is None
    assert finished["broken"].problem == "the grader failed on it (KeyError: 'no-such-exercise')"
    assert finished["sound"].results


@pytest.mark.slow
def test_a_job_that_kills_its_workers_loses_only_itself(tmp_path: Path) -> None:
    course, diary = tiny.make_course(tmp_path / "course"), tmp_path / "diary"
    with_deadly_test(course, diary)
    tiny.hand_in(course, "a-killer", ex1=666)
    tiny.hand_in(course, "killer", ex1=666)  # the same again: not worth more workers
    for number in range(4):
        tiny.hand_in(course, f"honest{number}", extra=f"# {number}")
    run = run_grading(course, tiny.LAB, Quiet(), Options(workers=2))
    assert run.failed == {"a-killer": DIED, "killer": DIED}
    points = tiny.grades(course)
    assert sorted(points) == [f"honest{number}" for number in range(4)]
    assert all(each == {"ex1-check": 1.0, "ex2-check": 1.0} for each in points.values())
    entries = [json.loads(line) for line in diary.read_text().splitlines()]
    assert sum(value == 21 * 666 for value, *_ in entries) == ROUNDS
    if len(os.sched_getaffinity(0)) >= 2:
        assert all(len(cpus) == 1 for _, _, cpus, _ in entries)
        assert len({tuple(cpus) for _, _, cpus, _ in entries}) == 2
    assert {threads for *_, threads in entries} == {1}


def test_workers_are_pinned_only_where_there_is_a_cpu_for_each() -> None:
    allowed = os.sched_getaffinity(0)
    chosen = choose_cpus(len(allowed))
    assert set(chosen) == allowed
    assert choose_cpus(len(allowed) + 1) == [None] * (len(allowed) + 1)
