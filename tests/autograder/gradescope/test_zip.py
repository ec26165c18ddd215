"""The zip for Gradescope: what it holds, its two scripts, and the options it is made with."""

import io
import stat
import subprocess
import zipfile

import pytest

from autograder.course import Course
from autograder.errors import CourseError
from autograder.exports.gradescope.archive import SCRIPTS, pack
from autograder.exports.gradescope.options import Options
from tests.autograder.conftest import LAB, REPOSITORY
from tests.autograder.gradescope.container import environment
from tests.autograder.gradescope.handing_in import E1


def test_the_zip_has_both_scripts_at_its_top_and_is_the_same_each_time(archive, tmp_path):
    assert pack(Course(REPOSITORY), Options(LAB, seed=7)) == archive
    assert pack(Course(REPOSITORY), Options(LAB, seed=8)) != archive
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        entries = {entry.filename: entry for entry in packed.infolist()}
        for name in SCRIPTS:
            assert entries[name].external_attr >> 16 == stat.S_IFREG | 0o755
            assert packed.read(name).startswith(b"#!/usr/bin/env bash\n")
            assert b"\r" not in packed.read(name)
        assert {entry.date_time for entry in entries.values()} == {(1980, 1, 1, 0, 0, 0)}
        assert list(entries) == sorted(entries)


def test_the_zip_holds_what_grading_needs_and_nothing_of_students(archive):
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        names = packed.namelist()
    for needed in (
        "constraints.txt",
        "course.toml",
        "nbgrader_config.py",
        "pyproject.toml",
        "autograder/grading/engine.py",
        "labkit/report/outlines/lab1_magnitude.toml",
        f"labs/{LAB}/{E1}.ipynb",
        "data/digits/MNIST/raw/t10k-labels-idx1-ubyte",
    ):
        assert needed in names
    tests = [name for name in names if name.startswith(f"autograder/hidden_tests/{LAB}/")]
    assert len(tests) > 5
    for name in names:
        parts = name.split("/")
        assert "build" not in parts[:1]
        assert not {"__pycache__", "answers", "samples"} & set(parts), name
        assert not name.endswith((".pyc", ".db")) and not any(p.startswith(".") for p in parts)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_are_bash_and_name_no_registry(name):
    path = REPOSITORY / "autograder" / "exports" / "gradescope" / name
    subprocess.run(["bash", "-n", path], check=True)
    assert "http" not in path.read_text()


@pytest.mark.slow
def test_setup_accepts_an_environment_that_is_there_and_checks_the_course(container):
    ended = subprocess.run(
        ["bash", container.root / "source" / "setup.sh"],
        env=environment(container.root),
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    assert f"{LAB} is ready: 5 notebooks" in ended.stdout
    broken = next((container.root / "source/autograder/hidden_tests" / LAB).rglob("test_*.py"))
    broken.write_text("import no_such_module_here\n")
    ended = subprocess.run(
        ["bash", container.root / "source" / "setup.sh"],
        env=environment(container.root),
        capture_output=True,
        text=True,
    )
    assert ended.returncode != 0 and "no_such_module_here" in ended.stderr


def test_options_that_make_no_sense_are_refused():
    with pytest.raises(CourseError, match="Gradescope knows visible, after_due_date"):
        Options(LAB, 1, visibility="secret")
    with pytest.raises(CourseError, match="auto, bubblewrap, container, landlock, none"):
        Options(LAB, 1, isolation="docker")
    with pytest.raises(CourseError, match="ends a run after 40"):
        Options(LAB, 1, minutes=40)
