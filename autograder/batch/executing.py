"""Executes what has no result yet: equal notebooks once, and results into the store at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.grading.job import Job
from autograder.grading.pool import Finished, Pool
from autograder.grading.result import NotebookResult
from autograder.grading.store import Store
from autograder.submissions import Reader, Submission

DIED = "the processes that graded it died again and again"


@dataclass(frozen=True)
class Outcome:
    """What became of a submission.

    Attributes:
        student: Whose.
        keys: Of the results that were made for it; none where somebody else's were equal.
        warnings: One line for each odd thing that executing it showed.
        seconds: How long its notebooks ran.
        worker: Who did it; empty where somebody else's results were equal.
        problem: Why it has no results; empty where it has.
    """

    student: str
    keys: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0
    worker: str = ""
    problem: str = ""


class Execution:
    """Brings submissions' results into the store.

    Args:
        reader: Makes jobs.
        store: Where results go.
    """

    def __init__(self, reader: Reader, store: Store) -> None:
        self._reader = reader
        self._store = store
        self._known: dict[str, Mapping[str, float]] = {}
        self._deadly: set[frozenset[str]] = set()

    def missing(self, submissions: Sequence[Submission]) -> list[Submission]:
        """Those that lack a result."""
        return [s for s in submissions if any(self._scores(k) is None for k in s.keys.values())]

    def run(self, submissions: Sequence[Submission], pool: Pool) -> Iterator[Outcome]:
        """Execute what is missing, in the order in which it is finished.

        Of equal notebooks one is executed; submissions with the others wait for its result, and
        for the next wave where more of them depends on it.

        Args:
            submissions: Those that lack a result.
            pool: The workers.

        Yields:
            At least one outcome for each.
        """
        waiting = list(submissions)
        while waiting:
            tried, lost = set(), set()
            for finished in self._attempt(self._jobs(waiting), pool):
                tried.add(finished.job.student)
                if finished.results is None:
                    lost.add(finished.job.student)
                yield self._keep(finished)
            left = [s for s in self.missing(waiting) if s.student not in lost]
            over = tried | {submission.student for submission in left}
            yield from (Outcome(s.student) for s in waiting if s.student not in over)
            waiting = left

    def _attempt(self, jobs: Sequence[Job], pool: Pool) -> Iterator[Finished]:
        """A job just like one that took its workers with it is not tried again."""
        yield from (Finished(job, None, "") for job in jobs if _keys(job) in self._deadly)
        for finished in pool.grade([job for job in jobs if _keys(job) not in self._deadly]):
            if finished.results is None:
                self._deadly.add(_keys(finished.job))
            yield finished

    def _jobs(self, waiting: Sequence[Submission]) -> list[Job]:
        taken: set[str] = set()
        jobs = []
        for submission in waiting:
            job = self._reader.job(submission, self._scores, taken)
            if job:
                jobs.append(job)
                taken |= _keys(job)
        return jobs

    def _keep(self, finished: Finished) -> Outcome:
        student, results = finished.job.student, finished.results
        if results is None:
            return Outcome(student, problem=finished.problem or DIED)
        for key, data in results.items():
            self._store.put(key, NotebookResult.from_json(data))
            self._known[key] = data["scores"]
        return Outcome(
            student,
            keys=list(results),
            warnings=[warning for data in results.values() for warning in data["warnings"]],
            seconds=round(sum(data["seconds"] for data in results.values()), 3),
            worker=finished.worker,
        )

    def _scores(self, key: str) -> Mapping[str, float] | None:
        if key not in self._known:
            found = self._store.scores(key)
            if found is None:
                return None
            self._known[key] = found
        return self._known[key]


def _keys(job: Job) -> frozenset[str]:
    return frozenset(key for key, _, _ in job.notebooks)
