"""Faults around grading: killed at any moment, stopped by Ctrl-C, a full disk."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from autograder.course import Course
from tests.autograder import tiny


def some_class(course: Course, students: int = 6) -> None:
    for number in range(students):
        wrong = {"ex1": 9} if number % 3 == 0 else {}
        tiny.hand_in(course, f"s{number}", extra=f"# {number}", **wrong)


def executed(course: Course) -> list[str]:
    logs = [json.loads(line) for p in sorted((course.build / "logs").glob("*.jsonl"))
            for line in p.read_text().splitlines()]  # fmt: skip
    return [key for line in logs if line["event"] == "executed" for key in line["keys"]]


def end(process: subprocess.Popen[str], number: int) -> list[psutil.Process]:
    """Send a signal to the grader alone; returns what was below it."""
    below = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, number)
    return below


@pytest.mark.slow
def test_killed_at_any_moment_and_called_again_it_gives_the_same_grades(tmp_path: Path) -> None:
    calm, stormy = (tiny.make_course(tmp_path / name) for name in ("calm", "stormy"))
    for course in (calm, stormy):
        some_class(course)
    assert tiny.call(calm, "grade", tiny.LAB, "--seed", "3").returncode == 0
    whole = len(list(calm.store.glob("??/*.json")))
    moments: list[Callable[[], bool]] = [
        lambda: len(list(stormy.store.glob("??/*.json"))) >= 3,  # results come in
        lambda: len(list(stormy.store.glob("??/*.json"))) >= whole,  # all of them are there
        lambda: (stormy.build / "autograded" / "s0").exists(),  # the first is being recorded
        lambda: (stormy.build / "feedback" / "s2").exists(),  # pages are being written
    ]
    for moment in moments:
        running = tiny.start(stormy, "grade", tiny.LAB, "--seed", "3")
        while not moment() and running.poll() is None:
            time.sleep(0.01)
        time.sleep(random.random() * 0.3)
        below = end(running, signal.SIGKILL) if running.poll() is None else []
        running.communicate()
        _, alive = psutil.wait_procs(below, timeout=20)
        assert not alive  # a worker does not outlive its grader
    done = tiny.call(stormy, "grade", tiny.LAB, "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert tiny.grades(stormy) == tiny.grades(calm)
    pages = [sorted(p.relative_to(c.build).as_posix() for p in c.build.glob("feedback/*/*/*.html"))
             for c in (stormy, calm)]  # fmt: skip
    assert pages[0] == pages[1] and len(pages[0]) == 12
    assert len(executed(stormy)) == len(set(executed(stormy)))  # nothing graded twice
    again = tiny.call(stormy, "grade", tiny.LAB)
    assert "Executed 0, recorded 0, kept 6" in again.stdout


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["executing", "recording"])
def test_ctrl_c_stops_cleanly_and_the_next_call_goes_on(tmp_path: Path, stage: str) -> None:
    course = tiny.make_course(tmp_path / "course")
    some_class(course, 4)
    if stage == "executing":
        tiny.hand_in(course, "z-endless", ex1="while True: pass")
    running = tiny.start(course, "grade", tiny.LAB, "--workers", "1")
    reached = course.build / ("autograded/s0" if stage == "recording" else "store")
    while not reached.exists() or (stage == "executing" and not list(reached.glob("??/*.json"))):
        assert running.poll() is None
        time.sleep(0.02)
    start = time.monotonic()
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to the workers, too
    out, err = running.communicate(timeout=60)
    assert time.monotonic() - start < 10
    assert running.returncode == 130
    assert "the same command goes on from there" in err and "Traceback" not in out + err
    stored = len(list(course.store.glob("??/*.json")))
    assert stored >= 1
    shutil.rmtree(course.submitted / "z-endless", ignore_errors=True)
    done = tiny.call(course, "grade", tiny.LAB)
    assert done.returncode == 0, done.stderr
    assert len(tiny.grades(course)) == 4
    assert len(executed(course)) == len(set(executed(course)))


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own with so much room; skips where that cannot be had."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        made = subprocess.run(command, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if made.returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("left_kb", [8_000, 0])
def test_a_full_disk_stops_it_with_one_sentence_and_old_grades_stay(
    tmp_path: Path, left_kb: int
) -> None:
    with small_disk(tmp_path / "disk", 96) as disk:
        course = tiny.make_course(disk / "course")
        tiny.hand_in(course, "ada", ex1=5)
        done = tiny.call(course, "grade", tiny.LAB)
        assert done.returncode == 0, done.stderr
        before = tiny.grades(course)
        tiny.hand_in(course, "ada")
        tiny.hand_in(course, "bob")
        with (disk / "filler").open("wb") as filler, contextlib.suppress(OSError):
            for _ in range(max(0, shutil.disk_usage(disk).free // 1000 - left_kb)):
                filler.write(bytes(1000))
                filler.flush()
        full = tiny.call(course, "grade", tiny.LAB)
        assert full.returncode == 1 and "is full" in full.stderr, full.stderr
        assert "Traceback" not in full.stderr and len(full.stderr.strip().splitlines()) == 1
        assert tiny.grades(course) == before
        (disk / "filler").unlink()
        assert tiny.call(course, "grade", tiny.LAB).returncode == 0
        assert tiny.grades(course)["ada"]["ex1-check"] == 1.0
        assert set(tiny.grades(course)) == {"ada", "bob"}
