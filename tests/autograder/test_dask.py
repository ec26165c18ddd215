"""Grading on a Dask cluster: a real scheduler and real workers, one of them killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import psutil
import pytest

from autograder.batch.bundle import DamagedBundle, digest, pack, unpack
from autograder.batch.jobs import job_from_json, job_to_json
from autograder.course import Course
from autograder.grading.keys import result_key
from autograder.grading.limits import Limits
from autograder.lab import read_lab
from autograder.submissions import Reader
from tests.autograder import tiny

pytest.importorskip("distributed")


@pytest.fixture
def small(tmp_path: Path) -> Course:
    return tiny.make_course(tmp_path / "course")


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")

    def worker(self) -> int:
        """Start a worker; returns the process that a kill has to hit."""
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
        where = ("--local-directory", str(self._folder))
        return self._start("worker", self.address, *options, *where)

    def _start(self, *arguments: str) -> int:
        command = [sys.executable, "-m", "dask", *arguments]
        started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._processes.append(started)
        return started.pid

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path / "dask")
    yield cluster
    cluster.close()


def test_a_bundle_is_the_same_each_time_and_grades_without_the_course(
    small: Course, tmp_path: Path
) -> None:
    tiny.hand_in(small, "zoe1234")
    bundle = pack(small, tiny.LAB)
    assert pack(small, tiny.LAB) == bundle
    names = zipfile.ZipFile(BytesIO(bundle)).namelist()
    assert "hidden_tests/tiny/test_ex1.py" in names and "autograder/testing/values.py" in names
    assert not [name for name in names if "zoe1234" in name or "gradebook" in name]
    labkit = b"".join(
        zipfile.ZipFile(BytesIO(bundle)).read(n) for n in names if n.startswith("labkit/")
    )
    assert b"BEGIN SOLUTION" not in labkit

    root = unpack(bundle, digest(bundle), tmp_path / "there")
    here, there = (read_lab(folder / "labs", tiny.LAB) for folder in (small.root, root))
    assert [e.version for e in here] == [e.version for e in there]
    tiny.write_hidden_test(small, "ex1", 5)
    assert digest(pack(small, tiny.LAB)) != digest(bundle)


def test_a_damaged_or_hostile_bundle_is_refused(tmp_path: Path) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../outside", "x")
    evil = packed.getvalue()
    with pytest.raises(DamagedBundle, match="no file"):
        unpack(evil, digest(evil), tmp_path / "there")
    with pytest.raises(DamagedBundle, match="digest"):
        unpack(evil + b"x", digest(evil), tmp_path / "there")
    assert not (tmp_path / "outside").exists()
    assert list((tmp_path / "there").iterdir()) == []


def test_a_job_survives_the_journey(small: Course) -> None:
    tiny.hand_in(small, "ada", extra="# ünïcödé 🙂")
    reader = Reader(small, read_lab(small.labs, tiny.LAB), 7, Limits())
    submission = reader.read("ada")
    job = reader.job(submission, lambda key: None)
    assert job is not None
    assert job_from_json(json.loads(json.dumps(job_to_json(job)))) == job
    assert [key for key, _, _ in job.notebooks] == [
        result_key(parts) for parts in submission.parts.values()
    ]


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same_grades(
    small: Course, tmp_path: Path, cluster: Cluster
) -> None:
    elsewhere = tiny.make_course(tmp_path / "elsewhere")
    for number in range(8):
        wrong = {"ex1": 9} if number % 3 == 0 else {}
        for course in (small, elsewhere):
            slow = f"import time; time.sleep(1)  # {number}"
            tiny.hand_in(course, f"s{number}", extra=slow, **wrong)
    victim, other = cluster.worker(), cluster.worker()
    running = tiny.start(small, "grade", tiny.LAB, "--scheduler", cluster.address, "--seed", "5")
    _wait_for(lambda: len(list(small.store.glob("??/*.json"))) >= 2, running)
    below = psutil.Process(victim).children(recursive=True)
    os.kill(victim, signal.SIGKILL)
    out, err = running.communicate(timeout=300)
    assert running.returncode == 0, out + err
    assert psutil.pid_exists(other)
    gone, alive = psutil.wait_procs(below, timeout=20)
    assert gone and not alive

    local = tiny.call(elsewhere, "grade", tiny.LAB, "--seed", "5")
    assert local.returncode == 0, local.stderr
    assert tiny.grades(small) == tiny.grades(elsewhere)
    assert {p.name for p in small.store.glob("??/*.json")} == {
        p.name for p in elsewhere.store.glob("??/*.json")
    }


@pytest.mark.slow
def test_no_scheduler_is_one_sentence(small: Course) -> None:
    tiny.hand_in(small, "ada")
    done = tiny.call(small, "grade", tiny.LAB, "--scheduler", "tcp://127.0.0.1:1")
    assert done.returncode == 1 and "no Dask scheduler" in done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1


def _wait_for(holds: Callable[[], bool], running: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 200
    while not holds():
        if running.poll() is not None or time.monotonic() > deadline:
            running.kill()
            pytest.fail("it never came to that: " + "".join(running.communicate()))
        time.sleep(0.05)
