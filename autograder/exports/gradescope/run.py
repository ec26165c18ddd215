"""What `run_autograder` starts in Gradescope's container: grade one submission, write results.json.

Whatever happens in here, there is a `results.json`; where the fault is ours, it says so.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata as packages
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.exports.gradescope.options import Options, read_options
from autograder.exports.gradescope.results import Graded, our_fault, plain, to_gradescope
from autograder.grading.store import write_atomically

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.lab import Exercise

STUDENT = "student"  # Gradescope's names and addresses go nowhere
VERSIONS = ("pruning-labs", "torch", "nbgrader", "pytest")


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade what lies in Gradescope's folder; the exit status is 0 once there are results."""
    parser = argparse.ArgumentParser(description="Grade one submission on Gradescope.")
    parser.add_argument("root", type=Path, help="Gradescope's folder, /autograder")
    parser.add_argument("--check", action="store_true", help="only see that the image is whole")
    chosen = parser.parse_args(arguments)
    root = chosen.root.resolve()
    if chosen.check:
        return _check(root)
    started = time.monotonic()
    try:
        content = grade_submission(root, started)
    except Exception:  # a traceback is for the instructor; the student gets a sentence
        print(traceback.format_exc())
        content = our_fault(traceback.format_exc())
    write_atomically(root / "results" / "results.json", json.dumps(content, indent=1) + "\n")
    return 0


def grade_submission(root: Path, started: float) -> dict[str, Any]:
    """Grade the one submission in Gradescope's folder.

    Args:
        root: Gradescope's folder.
        started: On the clock of `time.monotonic`; the time limit counts from here.

    Returns:
        The content of `results.json`.
    """
    from autograder.course import Course
    from autograder.exports.gradescope.metadata import read_metadata
    from autograder.exports.scores import scheme
    from autograder.lab import read_lab
    from autograder.settings import read_settings

    course = Course(root / "source")
    options = read_options(course.root)
    exercises = read_lab(course.labs, options.lab)
    settings = read_settings(course, options.lab)
    _, at_most = scheme(exercises, settings)
    metadata, warning = read_metadata(root)
    graded = _grade(root, course, options, exercises, started + 60 * options.minutes)
    graded.details += [warning] if warning else []
    seconds = time.monotonic() - started
    _tell(graded, seconds)
    return to_gradescope(exercises, graded, options, metadata, settings.extra, at_most, seconds)


def _grade(
    root: Path, course: Course, options: Options, exercises: list[Exercise], deadline: float
) -> Graded:
    from autograder.exports.gradescope.handed_in import read_handed_in
    from autograder.exports.gradescope.working import grade_within
    from autograder.grading.limits import Limits
    from autograder.submissions import Reader

    handed_in = read_handed_in(root / "submission", [e.name for e in exercises])
    folder = course.submitted / STUDENT / options.lab
    folder.mkdir(parents=True, exist_ok=True)
    for exercise in exercises:
        path = folder / f"{exercise.name}.ipynb"
        path.unlink(missing_ok=True)
        if exercise.name in handed_in.notebooks:
            path.write_bytes(handed_in.notebooks[exercise.name])
    reader = Reader(course, exercises, options.seed, Limits())
    submission = reader.read(STUDENT)
    graded = Graded(
        not_handed_in=[e.name for e in exercises if e.name not in submission.intakes],
        notes=[
            *handed_in.warnings,
            *(w for w in submission.warnings if not w.startswith("not handed in")),
        ],
        details=[f"Versions: {_versions()}.", f"Hidden inputs are drawn from seed {options.seed}."],
    )
    job = reader.job(submission, lambda key: None)
    if job is not None:
        tested = {exercise.name for exercise in exercises if exercise.hidden_tests}
        job = replace(job, notebooks=tuple(n for n in job.notebooks if n[1] in tested))
        outcome = grade_within(course.root, job, deadline, options.isolation)
        graded.results, graded.faults = outcome.results, outcome.faults
        graded.late = outcome.late
        graded.isolation = "; ".join(sorted({r.isolation for r in graded.results.values()}))
    return graded


def _versions() -> str:
    found = []
    for name in VERSIONS:
        try:
            found.append(f"{name} {packages.version(name)}")
        except packages.PackageNotFoundError:
            found.append(f"{name} not installed")
    return ", ".join([f"Python {sys.version.split()[0]}", *found])


def _tell(graded: Graded, seconds: float) -> None:
    """Lines for Gradescope's standard output, which only instructors see."""
    for name, result in graded.results.items():
        print(f"{name}: {sum(result.scores.values()):g} points in {result.seconds:.1f} s")
    for name, why in graded.faults.items():
        print(f"{name} was not graded, by a fault of the autograder:\n{plain(why)}")
    for name in graded.late:
        print(f"{name} was not graded: no time left")
    print(f"Isolation: {graded.isolation or 'nothing was run'}. {seconds:.1f} s in all.")


def _check(root: Path) -> int:
    """For setup.sh: everything imports and collects, and labkit's edition is made beforehand."""
    for module in ("handed_in", "working"):  # they import all that grading needs
        importlib.import_module(f"autograder.exports.gradescope.{module}")
    from autograder.course import Course
    from autograder.grading.collection import collect_points
    from autograder.lab import read_lab
    from autograder.release.labkit_edition import cached_labkit_edition
    from autograder.walls.probing import NoIsolation, choose

    course = Course(root / "source")
    options = read_options(course.root)
    exercises = read_lab(course.labs, options.lab)
    for exercise in exercises:
        if exercise.hidden_tests:
            collect_points(exercise)
    cached_labkit_edition(course.root, course.store)
    print(f"{options.lab} is ready: {len(exercises)} notebooks.")
    try:
        print(f"Isolation here: {choose(options.isolation)}.")
    except NoIsolation as error:  # building an image may allow less than running it
        print(f"Isolation here: none. {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
