"""Runs that go wrong through no fault of the student: broken courses, time limits, kills."""

import copy
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import psutil
import pytest

from autograder.exports.gradescope.working import grade_within
from autograder.grading.job import Job
from autograder.grading.limits import Limits
from tests.autograder.conftest import LAB, REPOSITORY
from tests.autograder.gradescope.handing_in import E1, E2, expected, submit
from tests.autograder.gradescope.specification import hidden_text, shown, total


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
