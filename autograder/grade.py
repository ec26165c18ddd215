"""The grading run: submissions to results, results to gradebook, feedback and report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.limits import Limits
from autograder.grading.pool import grade_all
from autograder.grading.result import NotebookResult
from autograder.grading.store import Store
from autograder.lab import read_lab
from autograder.recording import Recorder, one_grader
from autograder.submissions import Reader, Submission


@dataclass
class GradingRun:
    """What a grading run did.

    Attributes:
        submissions: Everybody with a folder for the lab.
        seed: That inputs were drawn from.
        executed: Whose notebooks were executed now.
        recorded: Whose grades were written now.
        failed: Why somebody could not be graded or recorded, by student.
    """

    submissions: list[Submission]
    seed: int
    executed: list[str] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class Progress(Protocol):
    """Told what goes on; the command line draws bars from it."""

    def start(self, what: str, total: int) -> None:
        """A new stage begins."""

    def step(self, student: str, note: str = "") -> None:
        """One of the stage's items is done."""


def grade_lab(
    course: Course,
    lab: str,
    progress: Progress,
    workers: int = 2,
    seed: int | None = None,
    fresh: bool = False,
) -> GradingRun:
    """Grade everything in `submitted/` that has no grade yet, or other inputs than before.

    Args:
        course: The course folder.
        lab: The lab.
        progress: Told of each step.
        workers: Processes that execute notebooks.
        seed: Inputs are drawn from it; None takes the recorded one.
        fresh: Draw a new seed, so that everything is graded anew.

    Raises:
        CourseError: There is no such lab, nothing was submitted, or it was never released.
    """
    exercises = read_lab(course.labs, lab)
    if not course.students(lab):
        raise CourseError(
            f"There are no submissions of {lab}: expected folders like "
            f"{course.submitted}/<student>/{lab}/ with notebooks in them."
        )
    limits = Limits()
    with one_grader(course):
        recorder = Recorder(course, lab)
        recorder.require_release()
        store = Store(course.store)
        if seed is not None:
            store.set_seed(lab, seed)
        run_seed = store.seed(lab, fresh=fresh)
        reader = Reader(course, exercises, run_seed, limits)
        run = GradingRun([reader.read(student) for student in course.students(lab)], run_seed)
        _execute(course, run, reader, store, workers, progress)
        _record(recorder, run, progress)
    return run


def _execute(
    course: Course,
    run: GradingRun,
    reader: Reader,
    store: Store,
    workers: int,
    progress: Progress,
) -> None:
    possible = (reader.job(submission, store.get) for submission in run.submissions)
    jobs = [job for job in possible if job]
    if not jobs:
        return
    progress.start("Running notebooks and hidden tests", len(jobs))
    for job, results in grade_all(course.root, jobs, workers):
        note = ""
        if results is None:
            note = run.failed[job.student] = "the processes that graded it died again and again"
        else:
            run.executed.append(job.student)
            for key, result in results.items():
                store.put(key, NotebookResult.from_json(result))
            warnings = [w for result in results.values() for w in result["warnings"]]
            note = warnings[0] if warnings else ""
        progress.step(job.student, note)


def _record(recorder: Recorder, run: GradingRun, progress: Progress) -> None:
    waiting = []
    for submission in run.submissions:
        if not submission.keys:
            recorder.enrol(submission.student)
        elif submission.student not in run.failed:
            keys = sorted(submission.keys.values())
            if not recorder.is_recorded(submission.student, keys):
                waiting.append((submission.student, keys))
    if not waiting:
        return
    progress.start("Writing grades and feedback", len(waiting))
    for student, keys in waiting:
        problem = recorder.record(student, keys) or recorder.write_feedback(student)
        if problem:
            run.failed[student] = problem
        else:
            run.recorded.append(student)
        progress.step(student, problem or "")
