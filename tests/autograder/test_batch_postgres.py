"""The gradebook on PostgreSQL: a real server of its own, or none and the test is skipped."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course import CONFIG_NAME
from tests.autograder import tiny

USER = "postgres"


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that listens on a socket in its own folder; its address."""
    pytest.importorskip("psycopg2")
    if not shutil.which("initdb") or not shutil.which("pg_ctl"):
        pytest.skip("there is no PostgreSQL here")
    # A short path: a socket's name has at most 107 letters.
    folder = Path(tempfile.mkdtemp(prefix="pg.", dir="/tmp"))
    as_user = []
    if os.getuid() == 0:
        if not shutil.which("runuser"):
            pytest.skip("PostgreSQL does not run as root")
        shutil.chown(folder, USER)
        as_user = ["runuser", "-u", USER, "--"]
    data = folder / "data"
    control = [*as_user, "pg_ctl", "-D", str(data), "-w"]

    def give(*words: str) -> None:
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    try:
        give(*as_user, "initdb", "-D", str(data), "-U", USER, "-A", "trust")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        give(*control, "-o", options, "-l", str(folder / "log"), "start")
        yield f"postgresql+psycopg2://{USER}:secret@/{USER}?host={folder}"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            give(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_grades_changes_and_reports_are_those_of_sqlite(tmp_path: Path, server: str) -> None:
    def use_server(folder: Path) -> None:
        config = folder / CONFIG_NAME
        config.write_text(f"{config.read_text()}\nc.CourseDirectory.db_url = {server!r}\n")

    there = tiny.make_course(tmp_path / "there", use_server)
    here = tiny.make_course(tmp_path / "here")
    for course in (there, here):
        late = f'[labs.{tiny.LAB}]\ndue = "2026-01-01 12:00"\n[labs.{tiny.LAB}.late]\n'
        (course.root / "course.toml").write_text(f"{late}percent_per_day = 10\n")
        tiny.hand_in(course, "ada")
        tiny.hand_in(course, "bob", ex1=7)
        stamp = course.submitted / "ada" / tiny.LAB / "timestamp.txt"
        stamp.write_text("2026-01-02 11:00:00 UTC")
        done = tiny.call(course, "grade", tiny.LAB, "--seed", "3")
        assert done.returncode == 0, done.stderr
        tiny.hand_in(course, "bob")
        changed = tiny.call(course, "grade", tiny.LAB, "--changed", "--yes")
        assert changed.returncode == 0 and "resubmitted" in changed.stdout, changed.stderr
        for command in (("report",), ("feedback",), ("export", "csv")):
            assert tiny.call(course, *command, tiny.LAB).returncode == 0
        if course is there:
            assert (
                "postgresql+psycopg2://postgres:***@" in done.stdout and "secret" not in done.stdout
            )
    assert not (there.build / "gradebook.db").exists()
    assert tiny.grades(there) == tiny.grades(here)
    exported = [(c.build / "exports" / f"{tiny.LAB}.csv").read_text() for c in (there, here)]
    assert exported[0] == exported[1] and "ada" in exported[0]
