"""Runs a notebook's cells and then the hidden tests of each check.

The trusted side's half of grading: hidden tests are ordinary test files of pytest's, but it is the
notebook that is walked through, not the list of tests. At each check a copy of the student's
process is held; once the last cell has run, tests get a fork of it as `student`, and random
inputs from `rng`. So what hidden tests send in cannot come back out in a cell's output.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from nbformat import NotebookNode

from autograder.boundary.errors import NotebookLost, StudentFault, TookTooLong
from autograder.boundary.notebook import Held, NotebookSession
from autograder.boundary.session import Examine, SubmissionSession
from autograder.boundary.snapshot import Snapshot
from autograder.boundary.student import Student
from autograder.feedback.verdicts import feedback_output
from autograder.grading.carrying import Carried
from autograder.grading.collection import (
    by_task,
    collect,
    option_of,
    points_of,
    run_hidden_test,
    title_of,
)
from autograder.grading.copies import SharedCopy
from autograder.grading.limits import Limits
from autograder.grading.options import judge_options
from autograder.grading.outputs import clean_outputs, error_output, size_of
from autograder.grading.result import TestResult
from autograder.grading.scoring import score
from autograder.lab import Exercise
from autograder.testing.kept import forget_kept

UNCLEAR = "This check could not make sense of what your code did; your instructor sees why."
LOST = "The notebook stopped before this check: an earlier cell ended the Python process."


class Grading:
    """Grades one notebook: the judge of its hidden tests, see `grading.fixtures`.

    Args:
        submission: The process above the notebook's.
        session: The process of the notebook.
        notebook: The rebuilt notebook; its outputs are filled in.
        exercise: What it is a submission of.
        seed: Of this grading; inputs of each test follow from it and the test's name.
        limits: Time limits.
        carried: What it takes over from earlier notebooks.
        examine: Looks at files that the student's code wrote.
        every_option: Also judge options that cannot add to a task's points any more.
    """

    def __init__(
        self,
        submission: SubmissionSession,
        session: NotebookSession,
        notebook: NotebookNode,
        exercise: Exercise,
        seed: int,
        limits: Limits,
        carried: Carried,
        examine: Examine,
        every_option: bool = False,
    ) -> None:
        self._submission = submission
        self._session = session
        self.notebook = notebook
        self._exercise = exercise
        self._seed = seed
        self._limits = limits
        self._deadline = time.monotonic() + limits.notebook_s
        self._last = self._lost = self._slow = self._is_full = False
        self._code = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
        self._room = limits.output_mb * 10**6
        self._held: Held | None = None
        self._copy = SharedCopy(self._snapshot)
        self._all_held: list[Held] = []
        self._timeouts = 0
        self._tasks = {task.grade_id: task for task in exercise.tasks}
        self.examine = examine
        self._every_option = every_option
        self._references = list(carried.references)
        self._current: TestResult | None = None
        self.results: list[TestResult] = []
        self.scores: dict[str, float] = {}
        self.warnings: list[str] = []
        self.unchecked: dict[str, list[str]] = {}
        self.lost_in: str | None = None
        self.why_lost = ""
        self.must_be_repeated = False

    def run(self, stop_before: str | None = None, why: str = "", last: bool = False) -> None:
        """Execute every cell and run every hidden test.

        Args:
            stop_before: The id of the cell at which an earlier run was lost: no cell from there on
                is executed, and the checks behind it are lost.
            why: What that run was lost by.
            last: Take what comes; else a run may end early and ask to be repeated.

        Raises:
            HiddenTestsBroken: The test file does not import or names tasks that do not exist.
        """
        self._last = last
        self.lost_in, self.why_lost = stop_before, why
        if not self._exercise.hidden_tests:
            self._walk({})
            return
        tests = collect(self._exercise)
        with tests.judging(self):
            self._walk(by_task(tests.items, self._exercise))

    # what hidden tests ask for

    def student(self) -> Student:
        """The student's notebook, for a test that begins."""
        return Student(self._copy.take)

    def generator(self, test: str) -> torch.Generator:
        """What a test of that name draws from: it follows from the grading's seed."""
        text = f"{self._seed}/{self._exercise.name}/{test}"
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")
        return torch.Generator().manual_seed(number)

    def note(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Take down the verdict of the test that is running."""
        if self._current is None:
            return
        if call.excinfo is not None:
            message = self._explain(item, call.excinfo)
            self._current = replace(self._current, passed=False, message=message)
        elif call.when == "call":  # a test passes only by having run to its end
            self._current = replace(self._current, passed=True, message="")

    def _explain(self, item: pytest.Item, caught: pytest.ExceptionInfo[BaseException]) -> str:
        error = caught.value
        if isinstance(error, StudentFault) or (isinstance(error, AssertionError) and error.args):
            self._slow |= isinstance(error, TookTooLong)
            return str(error)
        if isinstance(error, NotebookLost):
            self._note_lost_copy()
            return LOST
        where = caught.traceback[-1]
        self.warnings.append(
            f"hidden test {item.name} failed by itself: {type(error).__name__}: {error} "
            f"({Path(str(where.path)).name}:{where.lineno + 1})"
        )
        return UNCLEAR

    # the walk through the notebook

    def _walk(self, tests: dict[str, list[pytest.Item]]) -> None:
        checks: list[tuple[NotebookNode, str, Held | None]] = []
        for cell in self.notebook.cells:
            if cell.cell_type != "code":
                continue
            self._execute(cell)
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if grade_id in tests:
                checks.append((cell, grade_id, self._hold(cell)))
        self._session.leave()
        if self._lost and not self._last:
            spoilt = self._is_full or not all(held.usable for held in self._all_held)
            self.must_be_repeated = spoilt and bool(self._all_held)
        if not self.must_be_repeated:
            for cell, grade_id, held in checks:
                self._held = held
                self._judge(cell, grade_id, tests[grade_id])
                if held:
                    held.close()

    def _execute(self, cell: NotebookNode) -> None:
        if cell.id == self.lost_in:
            self._lose(cell, self.why_lost)
        if self._lost or not cell.source.strip():
            return
        left = max(self._limits.late_s, self._deadline - time.monotonic())
        limit = min(self._limits.cell_s / 2**self._timeouts, left)
        try:
            run = self._session.execute(cell.source, limit)
        except NotebookLost as error:
            self._lose(cell, self._submission.why_ended() or str(error))
            return
        if broken := self._what_is_broken():
            self._lose(cell, broken)
            return
        cell.outputs = clean_outputs(run.outputs)
        self._room -= size_of(cell.outputs)
        if self._room < 0:
            cell.outputs = [error_output("TooMuchOutput", "left out: the notebook shows too much.")]
        if run.timed_out:
            self._timeouts += 1
            text = f"stopped after {limit:g} s, the limit while grading; is there an endless loop?"
            cell.outputs.append(error_output("CellTimeout", text))
            self.warnings.append(f"{self._exercise.name}: cell {cell.id} {text.split(';')[0]}.")

    def _what_is_broken(self) -> str:
        """What a cell did to what hidden tests need; empty where all is well."""
        try:
            self._is_full = self._submission.disk_is_full
        except NotebookLost:
            return self._submission.why_ended() or "its processes were ended"
        if self._is_full:
            return f"the disk limit of {self._limits.disk_mb} MB and 20,000 files was reached"
        if not all(held.alive for held in self._all_held):
            return "other processes of the notebook were ended"
        return ""

    def _hold(self, cell: NotebookNode) -> Held | None:
        if self._lost:
            return None
        try:
            held = self._session.hold()
        except NotebookLost as error:
            self._lose(cell, self._submission.why_ended() or str(error))
            return None
        self._all_held.append(held)
        return held

    def _note_lost_copy(self) -> None:
        """Say once why what was held for hidden tests is gone, though the notebook was not."""
        if not self._lost:
            self._lost = True
            self.must_be_repeated = not self._last
            why = self._submission.why_ended() or "its processes ended"
            self.warnings.append(f"{self._exercise.name}: {why} while hidden tests ran.")

    def _lose(self, cell: NotebookNode, why: str) -> None:
        self._lost, self.lost_in, self.why_lost = True, cell.id, why
        self.warnings.append(f"{self._exercise.name}: {why} in cell {cell.id}.")
        cell.outputs = [error_output("NotebookStopped", f"{why}; no later cell was run.")]

    def _judge(self, cell: NotebookNode, grade_id: str, items: list[pytest.Item]) -> None:
        self._slow = False
        task = self._tasks[grade_id]
        verdicts, left_out = judge_options(
            items, task.points, self._every_option, partial(self._run_test, grade_id)
        )
        self._drop_copy()
        earned, results = score(verdicts, task.points)
        self.results += results
        self.scores[grade_id] = earned
        if left_out:
            self.unchecked[grade_id] = left_out
        if earned < task.points:
            self._references.append(("", task.reference))
        cell.outputs.append(feedback_output(results, left_out))

    def _run_test(self, grade_id: str, item: pytest.Item) -> TestResult:
        title, points, option = title_of(item), points_of(item), option_of(item)
        result = TestResult(item.name, grade_id, title, points, False, LOST, option)
        if self._held is None:
            return result
        warnings, slow = len(self.warnings), self._slow
        verdict = self._run_in_copy(result, item)
        if not verdict.passed and self._copy.is_second_hand:
            del self.warnings[warnings:]
            self._slow = slow
            self._drop_copy()
            forget_kept(item.session)
            verdict = self._run_in_copy(result, item)
        if not verdict.passed:
            self._drop_copy()
        return verdict

    def _run_in_copy(self, result: TestResult, item: pytest.Item) -> TestResult:
        self._current = replace(result, message=UNCLEAR)
        run_hidden_test(item)
        verdict, self._current = self._current, None
        return verdict

    def _drop_copy(self) -> None:
        try:
            self._copy.drop()
        except NotebookLost:
            self._note_lost_copy()

    @contextlib.contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        limit = self._limits.late_s if self._slow else self._limits.test_s
        if self._held is None:
            raise NotebookLost("nothing is held")
        with self._held.snapshot(limit, self._code) as snapshot:
            for setup, source in self._references:
                snapshot.define(source, setup)
            yield snapshot
