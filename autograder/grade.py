"""The grading run: submissions to results, results to gradebook and feedback.

Two stages: `batch.executing` brings what is missing into the store, `recording` takes it into the
gradebook, one submission while others are executed. Where somebody wants to be asked about what
would change, nothing is recorded before everything is executed.
"""

from __future__ import annotations

import gc
import time

from autograder.batch.changes import Changes, find_changes
from autograder.batch.disk import full_disk_told
from autograder.batch.executing import Execution, Outcome
from autograder.batch.lock import one_grader
from autograder.batch.log import RunLog
from autograder.batch.run import GradingRun, Options, Progress
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.limits import Limits
from autograder.grading.pool import LocalPool
from autograder.grading.store import Store, draw_seed
from autograder.lab import Exercise, read_lab
from autograder.receipts.keeping import ReceiptWriter
from autograder.recording import Recorder
from autograder.submissions import Reader, Submission
from autograder.walls.probing import choose


def grade_lab(
    course: Course,
    lab: str,
    progress: Progress,
    workers: int = 2,
    seed: int | None = None,
    fresh: bool = False,
    isolation: str = "auto",
) -> GradingRun:
    """Grade everything in `submitted/` that has no grade yet, or other inputs than before.

    Args:
        course: The course folder.
        lab: The lab.
        progress: Told of each step.
        workers: Processes that execute notebooks.
        seed: Inputs are drawn from it; None takes the recorded one.
        fresh: Draw a new seed, so that everything is graded anew.
        isolation: What walls to insist on; see `walls.probing.choose`.

    Raises:
        CourseError: There is no such lab, nothing was submitted, or it was never released.
    """
    return run_grading(course, lab, progress, Options(workers, seed, fresh, isolation=isolation))


def run_grading(course: Course, lab: str, progress: Progress, options: Options) -> GradingRun:
    """As `grade_lab`, with all that can be chosen.

    Raises:
        CourseError: As for `grade_lab`; or another grader is at work, or the disk is full.
    """
    exercises = read_lab(course.labs, lab)
    if not course.students(lab):
        raise CourseError(
            f"There are no submissions of {lab}: expected folders like "
            f"{course.submitted}/<student>/{lab}/ with notebooks in them."
        )
    with full_disk_told(course.build), one_grader(course, options.waiting):
        recorder = Recorder(course, lab)
        recorder.require_release()
        with RunLog(course, lab) as log:
            return _Grading(course, exercises, recorder, log, progress, options).run()


class _Grading:
    """One run, from where it may begin."""

    def __init__(
        self,
        course: Course,
        exercises: list[Exercise],
        recorder: Recorder,
        log: RunLog,
        progress: Progress,
        options: Options,
    ) -> None:
        self._course, self._exercises, self._lab = course, exercises, exercises[0].lab
        self._recorder, self._log, self._progress = recorder, log, progress
        self._options = options
        self._store = Store(course.store)
        self._receipts = ReceiptWriter(course, exercises, self._store, Limits())

    def run(self) -> GradingRun:
        start, seed = time.monotonic(), self._seed()
        students = self._course.students(self._lab)
        self._log.event("start", lab=self._lab, students=len(students), seed=seed)
        reader = Reader(self._course, self._exercises, seed, Limits())
        run = GradingRun([reader.read(student) for student in students], seed, self._log.path)
        for submission in run.submissions:
            if submission.warnings:
                self._log.event("read", submission.student, warnings=submission.warnings)
        gc.freeze()  # all that was read is needed to the end: nothing to look through for garbage
        self._execute(run, Execution(reader, self._store))
        self._commit(run)
        run.seconds = time.monotonic() - start
        self._log.event(
            "end",
            seconds=round(run.seconds, 3),
            executed=len(run.executed),
            shared=len(run.shared),
            recorded=len(run.recorded),
            changed=len(run.changes.changed),
            failed=run.failed,
        )
        return run

    def _seed(self) -> int:
        """The seed of this run; written down at once unless somebody is to be asked first."""
        seed, recorded = self._options.seed, self._store.recorded_seed(self._lab)
        if seed is None:
            seed = draw_seed() if self._options.fresh or recorded is None else recorded
        if recorded is None or self._options.confirm is None:
            self._store.set_seed(self._lab, seed)
        return seed

    def _execute(self, run: GradingRun, execution: Execution) -> None:
        missing = execution.missing(run.submissions)
        for path in self._store.damaged:
            self._odd("", f"the stored result {path} is damaged, so it is made again")
        if not missing:
            return
        self._progress.start("Running notebooks and hidden tests", len(missing))
        pool = self._options.pool() if self._options.pool else self._local_pool()
        by_student = {submission.student: submission for submission in missing}
        seen: set[str] = set()
        try:
            for outcome in execution.run(missing, pool):
                self._take_down(run, outcome)
                if outcome.student not in seen:
                    note = outcome.problem or next(iter(outcome.warnings), "")
                    self._progress.step(outcome.student, note)
                seen.add(outcome.student)
                submission = by_student[outcome.student]
                if self._options.confirm is None and not execution.missing([submission]):
                    self._record(run, submission)
        finally:
            pool.close()

    def _local_pool(self) -> LocalPool:
        choose(self._options.isolation)  # refuses here, before any worker starts
        return LocalPool(self._course.root, self._options.workers, self._options.isolation)

    def _take_down(self, run: GradingRun, outcome: Outcome) -> None:
        student = outcome.student
        if outcome.problem:
            run.failed[student] = outcome.problem
            self._log.event("failed", student, why=outcome.problem)
        elif not outcome.keys:
            if student not in run.executed:
                run.shared.append(student)
            self._log.event("shared", student)
        else:
            if student not in run.executed:
                run.executed.append(student)
            self._log.event(
                "executed",
                student,
                seconds=outcome.seconds,
                keys=outcome.keys,
                warnings=outcome.warnings,
                worker=outcome.worker,
            )

    def _commit(self, run: GradingRun) -> None:
        """Record what was not while executing: all of it where somebody is to be asked."""
        waiting = [s for s in run.submissions if s.keys and self._may_record(run, s)]
        if self._options.confirm is not None:
            run.changes = self._changes(waiting)
            run.committed = self._options.confirm(run.changes)
        if not run.committed:
            self._log.event("not committed")
            return
        self._store.set_seed(self._lab, run.seed)
        for submission in run.submissions:
            if not submission.keys:
                self._recorder.enrol(submission.student)
        if waiting:
            self._progress.start("Writing grades and feedback", len(waiting))
        for submission in waiting:
            problem = self._record(run, submission)
            self._progress.step(submission.student, problem or "")
        self._receipts.write_missing(s for s in run.submissions if self._recorder.is_recorded(s))

    def _may_record(self, run: GradingRun, submission: Submission) -> bool:
        return submission.student not in run.failed and not self._recorder.is_recorded(submission)

    def _changes(self, submissions: list[Submission]) -> Changes:
        changes = find_changes(self._course, self._exercises, submissions, self._store)
        for change in changes.changed:
            self._log.event("changes", change.student, old=change.old_total, new=change.new_total)
        return changes

    def _record(self, run: GradingRun, submission: Submission) -> str | None:
        """Take one submission into the gradebook; why not, where that failed."""
        if not self._may_record(run, submission):
            return None
        if self._options.confirm is None:
            run.changes += self._changes([submission])
        start = time.monotonic()
        problem = self._recorder.record(submission, self._exercises)
        seconds = round(time.monotonic() - start, 3)
        if problem:
            run.failed[submission.student] = problem
            self._log.event("failed", submission.student, why=problem)
        else:
            run.recorded.append(submission.student)
            self._receipts.write(submission)
            keys = list(submission.keys.values())
            self._log.event("recorded", submission.student, seconds=seconds, keys=keys)
        return problem

    def _odd(self, student: str, note: str) -> None:
        self._log.event("odd", student, warnings=[note])
        self._progress.step(student, note)
