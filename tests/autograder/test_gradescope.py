"""The zip for Gradescope, unpacked and run in Gradescope's own layout of folders."""

import copy
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
import pytest

from autograder.course import Course
from autograder.errors import CourseError
from autograder.exports.gradescope.archive import SCRIPTS, pack
from autograder.exports.gradescope.handed_in import read_handed_in
from autograder.exports.gradescope.metadata import read_metadata
from autograder.exports.gradescope.options import VISIBILITIES, Options
from autograder.exports.gradescope.results import Graded, our_fault, to_gradescope
from autograder.exports.gradescope.working import grade_within
from autograder.grading.engine import Job
from autograder.grading.limits import Limits
from autograder.grading.result import NotebookResult, TestResult
from autograder.intake import SIZE_LIMIT_BYTES
from autograder.sample_class import fill_in, load_samples
from tests.autograder.conftest import LAB, REPOSITORY

E1, E2, E4, E5 = (
    "ex1_base_model",
    "ex2_magnitude_pruning",
    "ex4_extra_credit",
    "ex5_contributions",
)
SAMPLES = {sample.student: sample for sample in load_samples(LAB)}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
TOP = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": str,
    "test_output_format": str,
    "test_name_format": str,
    "visibility": str,
    "stdout_visibility": str,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
CASE = {
    "score": (int, float),
    "max_score": (int, float),
    "status": str,
    "name": str,
    "name_format": str,
    "number": str,
    "output": str,
    "output_format": str,
    "tags": list,
    "visibility": str,
    "extra_data": dict,
}


def insist_on_format(content: dict) -> None:
    """What Gradescope's specification asks of a results.json."""
    for table, known in [(content, TOP), *((case, CASE) for case in content.get("tests", []))]:
        assert set(table) <= set(known)
        for key, value in table.items():
            assert isinstance(value, known[key]) and not isinstance(value, bool), key
        assert table.get("visibility", "visible") in VISIBILITIES
        assert table.get("stdout_visibility", "hidden") in VISIBILITIES
        assert table.get("output_format", "text") in FORMATS
        assert table.get("status", "passed") in ("passed", "failed")
    assert "score" in content or all("score" in case for case in content["tests"])
    assert content["stdout_visibility"] == "hidden"
    for case in content["tests"]:
        assert 0 <= case["score"] <= case["max_score"]


def shown(content: dict) -> list[dict]:
    """The test cases that a student may see."""
    return [case for case in content["tests"] if case["visibility"] != "hidden"]


def hidden_text(content: dict) -> str:
    (case,) = [case for case in content["tests"] if case["visibility"] == "hidden"]
    assert case["score"] == case["max_score"] == 0
    return str(case["output"])


def total(content: dict) -> float:
    """The score as Gradescope adds it up."""
    return float(content.get("score", sum(case["score"] for case in content["tests"])))


@dataclass
class Container:
    """A folder like /autograder with the zip's content in source/."""

    root: Path

    @property
    def submission(self) -> Path:
        return self.root / "submission"

    def run(self, limit_s: float = 500) -> dict:
        """Start run_autograder as Gradescope does, and read what it wrote."""
        # Gradescope starts a copy, beside source/.
        shutil.copy(self.root / "source" / "run_autograder", self.root / "run_autograder")
        ended = subprocess.run(
            [self.root / "run_autograder"],
            cwd=self.root,
            env=environment(self.root),
            capture_output=True,
            text=True,
            timeout=limit_s,
        )
        assert ended.returncode == 0, ended.stderr
        text = (self.root / "results" / "results.json").read_text(encoding="utf-8")
        content = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in the JSON"))
        insist_on_format(content)
        return content

    def edit_options(self, **changes) -> None:
        path = self.root / "source" / "gradescope.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def environment(root: Path) -> dict[str, str]:
    """This Python's environment stands for the one that setup.sh makes."""
    mine = {"AUTOGRADER_ROOT": str(root), "AUTOGRADER_VENV": sys.prefix}
    return {"PATH": os.environ["PATH"], "HOME": str(root), **mine}


@pytest.fixture(scope="module")
def archive() -> bytes:
    return pack(Course(REPOSITORY), Options(LAB, seed=7))


@pytest.fixture
def container(archive, tmp_path) -> Container:
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(root / "source")
        for entry in packed.infolist():
            (root / "source" / entry.filename).chmod(entry.external_attr >> 16)
    (root / "submission_metadata.json").write_text(
        json.dumps(
            {
                "id": 123456,
                "created_at": "2026-11-21T14:22:32.365935-08:00",
                "assignment": {"due_date": "2026-12-01T23:00:00.000000-08:00", "id": 25828},
                "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
                "previous_submissions": [],
            }
        )
    )
    return Container(root)


def notebook_of(student: str, exercise) -> bytes:
    notebook = fill_in(SAMPLES[student], exercise.name, exercise.student_edition, exercise.source)
    return nbformat.writes(notebook).encode()


def submit(container: Container, student: str, exercises, *names: str) -> None:
    for name in names or exercises:
        content = notebook_of(student, exercises[name])
        (container.submission / f"{name}.ipynb").write_bytes(content)


def expected(student: str, *notebooks: str, exercises) -> float:
    """What a sample earns from hidden tests in some notebooks."""
    tasks = [task for name in notebooks for task in exercises[name].tasks if not task.manual]
    return sum(SAMPLES[student].expected.get(task.grade_id) or 0.0 for task in tasks)


# The zip


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
    with pytest.raises(CourseError, match="auto, bubblewrap, landlock, none"):
        Options(LAB, 1, isolation="docker")
    with pytest.raises(CourseError, match="ends a run after 40"):
        Options(LAB, 1, minutes=40)


# Runs


def test_one_notebook_of_an_honest_student(container, exercises):
    submit(container, "ada", exercises, E1)
    content = container.run()
    earned = expected("ada", E1, exercises=exercises)
    assert earned > 0 and total(content) == pytest.approx(earned)
    assert "score" not in content
    graded = [case for case in shown(content) if case["status"] == "passed"]
    assert sum(case["max_score"] for case in graded) == pytest.approx(earned)
    assert "Not handed in: ex2_magnitude_pruning" in content["output"]
    assert "Graded by a person later" in content["output"]
    assert "2.7 The trade-off, in words (0.5)" in content["output"]
    assert E5 not in "".join(case["name"] for case in content["tests"])
    automatic = sum(t.points for e in exercises.values() for t in e.tasks if not t.manual)
    assert sum(case["max_score"] for case in content["tests"]) == pytest.approx(automatic)
    assert content["execution_time"] > 0
    assert content["extra_data"]["submission"] == 123456
    isolation = content["extra_data"]["isolation"]
    assert isolation and f"Isolation: {isolation}." in hidden_text(content)
    assert "seed 7" in hidden_text(content) and "seed" not in str(shown(content))


def test_an_empty_folder_scores_nothing_and_says_what_is_missing(container, exercises):
    content = container.run()
    assert total(content) == 0
    assert all(name in content["output"] for name in exercises)
    assert all("was not handed in" in case["output"] for case in shown(content))
    assert not content["extra_data"].get("failed")


def test_what_cannot_be_read_costs_only_itself(container, exercises, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(notebook_of("ada", exercises[E2]))
    (container.submission / f"{E2}.ipynb").symlink_to(secret)
    (container.submission / f"{E1}.ipynb").write_text('{"cells": [')
    os.mkfifo(container.submission / "ex3_your_model.ipynb")
    content = container.run()
    assert total(content) == 0
    assert "ex2_magnitude_pruning.ipynb is a symbolic link" in content["output"]
    assert "ex3_your_model.ipynb is a named pipe" in content["output"]
    assert "ex1_base_model.ipynb is not JSON" in content["output"]


def test_a_fault_of_ours_is_no_fault_of_the_student(container, exercises):
    submit(container, "ada", exercises, E1)
    (container.root / "source" / "labs" / LAB / f"{E1}.ipynb").write_text("no notebook")
    content = container.run()
    assert total(content) == 0 and content["score"] == 0
    assert "not your fault" in content["output"] and "tell your instructor" in content["output"]
    assert "Traceback" not in content["output"]
    assert "CourseError" in hidden_text(content)


def test_even_a_python_that_does_not_start_leaves_results(container):
    (container.root / "source" / "autograder" / "__init__.py").write_text("raise SystemExit(3)")
    (container.root / "results" / "results.json").write_text('{"score": 100, "tests": []}')
    content = container.run()
    assert content["score"] == 0 and "not your fault" in content["output"]


@pytest.mark.slow
def test_the_time_limit_keeps_what_is_graded(container, exercises):
    submit(container, "ada", exercises, E1)
    notebook = copy.deepcopy(exercises[E2].student_edition)
    for cell in notebook.cells:  # each is stopped at its own limit, 70 s together
        cell.source = "while True:\n    pass" if cell.id.endswith("-task") else cell.source
    (container.submission / f"{E2}.ipynb").write_bytes(nbformat.writes(notebook).encode())
    container.edit_options(minutes=1.0)
    content = container.run(limit_s=120)
    assert total(content) == pytest.approx(expected("ada", E1, exercises=exercises))
    assert "time limit of the whole run" in content["output"]
    assert 60 < content["execution_time"] < 75


@pytest.mark.slow
def test_broken_hidden_tests_cost_a_note_not_the_other_notebooks(container, exercises):
    submit(container, "ada", exercises, E1, E2)
    tests = container.root / "source/autograder/hidden_tests" / LAB / E2
    next(iter(sorted(tests.glob("test_*.py")))).write_text("import no_such_module_here\n")
    content = container.run()
    assert total(content) == pytest.approx(expected("ada", E1, exercises=exercises))
    assert "failed on <code>ex2_magnitude_pruning.ipynb</code>" in content["output"]
    assert "no_such_module_here" in hidden_text(content)
    assert "no_such_module_here" not in str(shown(content)) + content["output"]


@pytest.mark.slow
def test_the_whole_lab_of_an_honest_student(container, exercises):
    submit(container, "ada", exercises)
    container.edit_options(visibility="after_due_date")
    content = container.run()
    assert total(content) == pytest.approx(expected("ada", *exercises, exercises=exercises))
    for case in shown(content):
        assert case["visibility"] == "after_due_date"
        assert case["status"] == "passed", case
    extra = [case for case in shown(content) if "(extra credit)" in case["name"]]
    points = sum(t.points for t in exercises[E4].tasks if not t.manual)
    assert sum(case["score"] for case in extra) == pytest.approx(points)
    uncounted = [case for case in shown(content) if "does not count" in case["output"]]
    assert uncounted and all(case["max_score"] == 0 for case in uncounted)


@pytest.mark.slow
def test_a_wrong_answer_gets_feedback_that_can_be_read(container, exercises):
    submit(container, "alan", exercises, E1, E2)
    content = container.run()
    assert total(content) == pytest.approx(expected("alan", E1, E2, exercises=exercises))
    failed = [
        case
        for case in shown(content)
        if case["status"] == "failed" and "not handed in" not in case["output"]
    ]
    assert failed and all(case["number"].startswith("2.2") for case in failed)
    assert all(case["output"].startswith("<p>") and len(case["output"]) > 40 for case in failed)


def test_what_the_engine_cannot_do_at_all_is_a_fault_of_ours():
    job = Job("student", LAB, 1, Limits(), (("key", "no_such_notebook", {}),))
    outcome = grade_within(REPOSITORY, job, time.monotonic() + 60)
    assert "KeyError" in outcome.faults["no_such_notebook"]
    assert not outcome.results and not outcome.late


def test_a_process_that_is_killed_again_and_again_is_given_up(exercises):
    notebook = exercises[E1].student_edition
    job = Job("student", LAB, 1, Limits(), (("key", E1, notebook),))
    children = psutil.Process().children
    known = {child.pid for child in children()}
    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(grade_within, REPOSITORY, job, time.monotonic() + 60)
        while not future.done():
            for child in children():
                if child.pid not in known and "spawn_main" in " ".join(child.cmdline()):
                    child.kill()
            time.sleep(0.05)
    assert "ended 2 times, last with -9" in future.result().faults[E1]


# What is handed in


def packed(**members: bytes) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return memory.getvalue()


def test_notebooks_are_found_in_folders_and_in_the_zip_of_labkit_submit(tmp_path):
    (tmp_path / "my work").mkdir()
    (tmp_path / "my work" / f"{E1} (1).ipynb").write_bytes(b"one")
    members = {
        f"{LAB}/{E2}.ipynb": b"two",
        f"{LAB}/receipt.json": b"{}",
        f"__MACOSX/{E5}.ipynb": b"",
    }
    (tmp_path / f"{LAB}-ada.zip").write_bytes(packed(**members))
    handed_in = read_handed_in(tmp_path, [E1, E2, E5])
    assert handed_in.notebooks == {E1: b"one", E2: b"two"}
    assert handed_in.warnings == []


def test_of_several_copies_the_plain_and_outermost_is_taken_and_the_others_are_named(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / f"{E1}.ipynb").write_bytes(b"deep")
    (tmp_path / f"{E1}-1.ipynb").write_bytes(b"renamed")
    (tmp_path / f"{E1}.ipynb").write_bytes(b"plain")
    (tmp_path / "scratch.ipynb").write_bytes(b"")
    handed_in = read_handed_in(tmp_path, [E1])
    assert handed_in.notebooks == {E1: b"plain"}
    assert len([w for w in handed_in.warnings if "another ex1_base_model.ipynb" in w]) == 2
    assert any("scratch.ipynb is no notebook of this lab" in w for w in handed_in.warnings)


def test_a_copy_that_can_be_read_stands_in_for_one_that_cannot(tmp_path):
    (tmp_path / f"{E1}.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / f"{E1}.ipynb").write_bytes(b"mine")
    handed_in = read_handed_in(tmp_path, [E1])
    assert handed_in.notebooks == {E1: b"mine"}
    assert handed_in.warnings == ["ex1_base_model.ipynb is a symbolic link, so it was not graded."]


def test_hostile_folders_and_zips_cost_a_warning_each(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / f"{E1}.ipynb").write_bytes(b"another student's")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "linked").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    link = zipfile.ZipInfo(f"{E1}.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as written:
        written.writestr(link, str(outside / f"{E1}.ipynb"))
        written.writestr(f"../../{E2}.ipynb", b"climbs")
    (folder / "links.zip").write_bytes(memory.getvalue())
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 and nothing else")
    huge = {f"{E5}.ipynb": bytes(SIZE_LIMIT_BYTES + 9), f"{E4}.ipynb": b"four"}
    (folder / "huge.zip").write_bytes(packed(**huge))
    os.mkfifo(folder / "pipe.zip")
    handed_in = read_handed_in(folder, [E1, E2, E4, E5])
    assert handed_in.notebooks == {E4: b"four"}
    text = " ".join(handed_in.warnings)
    assert f"{E1}.ipynb in links.zip is a symbolic link" in text
    assert f"{E2}.ipynb in links.zip leads out of its folder" in text
    assert f"huge.zip holds {E5}.ipynb, which unpacks to more than" in text
    assert "broken.zip is no zip" in text and "pipe.zip is a named pipe" in text
    assert not (tmp_path.parent / f"{E2}.ipynb").exists()


def test_a_zip_of_very_many_files_is_not_opened(tmp_path):
    (tmp_path / "many.zip").write_bytes(packed(**{str(n): b"" for n in range(30_001)}))
    handed_in = read_handed_in(tmp_path, [E1])
    assert "holds more than 30000 files" in handed_in.warnings[0]


def test_a_damaged_member_is_named_and_nothing_else_is_lost(tmp_path):
    content = bytearray(packed(**{f"{E1}.ipynb": os.urandom(5000), f"{E2}.ipynb": b"two"}))
    content[1000] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(bytes(content))
    handed_in = read_handed_in(tmp_path, [E1, E2])
    assert handed_in.notebooks == {E2: b"two"}
    assert "a.zip holds ex1_base_model.ipynb, which is damaged" in handed_in.warnings[0]


# What Gradescope says, and what it is told


def test_metadata_tells_lateness_and_is_never_trusted_to_be_whole(tmp_path):
    path = tmp_path / "submission_metadata.json"
    facts = {"created_at": "2026-12-03T00:00:00+01:00", "previous_submissions": [{}, {}]}
    due = {"assignment": {"due_date": "2026-12-01T23:59:00-08:00"}}
    path.write_text(json.dumps(facts | due))
    metadata, warning = read_metadata(tmp_path)
    assert metadata.late and metadata.earlier == 2 and not warning
    longer = {"users": [{"assignment": {"due_date": "2026-12-09T23:59:00-08:00"}}]}
    path.write_text(json.dumps(facts | due | longer))
    assert not read_metadata(tmp_path)[0].late
    for odd in ("[]", '{"users": 3, "id": "x", "created_at": [], "assignment": null}'):
        path.write_text(odd)
        assert not read_metadata(tmp_path)[0].late
    for unreadable in ("{", "[" * 100_000):
        path.write_text(unreadable)
        assert "cannot be read" in read_metadata(tmp_path)[1]


def graded_with(exercise, message: str, passed: bool = False) -> Graded:
    task = next(task for task in exercise.tasks if not task.manual)
    test = TestResult("t", task.grade_id, "Counts zeros", task.points, passed, message)
    result = NotebookResult(exercise.student_edition, [test], {task.grade_id: task.points})
    return Graded(results={exercise.name: result})


def test_what_comes_from_students_is_escaped_cut_and_printable(exercises):
    message = "your `f` raised <script>alert(1)</script>\x00\ud800\x1b[31m" + "x" * 10_000
    exercise = exercises[E1]
    graded = graded_with(exercise, message)
    graded.notes.append("<img src=x>")
    content = to_gradescope([exercise], graded, Options(LAB, 1), read_metadata(Path("/none"))[0])
    insist_on_format(content)
    text = json.dumps(content, ensure_ascii=False)
    text.encode("utf-8")
    assert "<script>" not in text and "<img" not in text and "<code>f</code>" in text
    assert "\\u0000" not in text and "\\u001b" not in text and len(text) < 10_000


def test_a_cap_becomes_the_score_and_is_explained(exercises):
    graded = graded_with(exercises[E1], "", passed=True)
    nothing = read_metadata(Path("/none"))[0]
    content = to_gradescope([exercises[E1]], graded, Options(LAB, 1), nothing, at_most=0.25)
    assert content["score"] == 0.25 and "the most that counts is 0.25" in content["output"]
    content = to_gradescope([exercises[E1]], graded, Options(LAB, 1), nothing, at_most=9)
    assert "score" not in content


def test_the_report_of_our_own_fault_fits_the_format():
    insist_on_format(our_fault("Traceback …"))
