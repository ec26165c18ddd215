"""Starting: the warm process warms up beside its grader, and what fails is told with a job."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import psutil
import pytest

from autograder.boundary.errors import WarmProcessFailed
from autograder.boundary.session import WarmProcess
from autograder.course import Course
from autograder.grading.job import Job
from autograder.grading.limits import Limits
from autograder.grading.starting import start_engine
from autograder.grading.warm_process import open_warm_process
from autograder.walls import probing
from autograder.walls.isolation import NONE, Isolation
from autograder.walls.probing import NoIsolation, choose
from tests.autograder.conftest import LAB, REPOSITORY

JOB = Job("ada", LAB, 1, Limits(), ())


@pytest.fixture(autouse=True)
def thaw() -> Iterator[None]:
    """Workers freeze what they imported; the process of the tests goes on."""
    yield
    gc.unfreeze()


@pytest.fixture
def opened(course: Course) -> Iterator[WarmProcess]:
    warm = open_warm_process(course, "any")
    yield warm
    warm.close()


def test_one_that_is_still_warming_up_can_be_closed(opened: WarmProcess) -> None:
    assert opened.alive
    opened.close()
    assert not opened.alive


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="CPUs are chosen on Linux only")
def test_it_keeps_to_its_cpu_once_it_is_warm() -> None:
    walls, cpu = choose("any"), min(os.sched_getaffinity(0))
    if walls.outer == "container":
        pytest.skip("a container has the CPUs of its engine")
    before = os.sched_getaffinity(0)
    warm = WarmProcess(REPOSITORY / "data", REPOSITORY, walls, probe=True, cpu=cpu)
    try:
        box = psutil.Process(warm._box.process.pid)
        innermost = [box, *box.children(recursive=True)][-1]
        assert innermost.cpu_affinity() == [cpu]
    finally:
        warm.close()
    assert os.sched_getaffinity(0) == before


def test_walls_that_are_missing_are_told_with_the_first_job(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "probe_level", lambda level: probing.Probe(NONE, "not there"))
    engine = start_engine(course.root, "auto")
    with pytest.raises(NoIsolation, match="nothing was graded"):
        engine.grade(JOB)


def test_a_warm_process_that_fails_is_told_with_the_first_job(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Isolation("bubblewrap", "namespaces", "/bin/false")
    monkeypatch.setattr(probing, "probe_level", lambda level: probing.Probe(broken))
    engine = start_engine(course.root, "bubblewrap")
    for _ in range(2):
        with pytest.raises(WarmProcessFailed, match="did not start"):
            engine.grade(JOB)
    engine.close()
