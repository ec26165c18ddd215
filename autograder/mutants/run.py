"""Runs answers through the hidden tests, those first that have no kept verdict."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Protocol

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.job import Job
from autograder.grading.pool import grade_all
from autograder.lab import Exercise, read_lab
from autograder.mutants.answers import Answer, answers_folder, find_answers, lean_notebook
from autograder.mutants.judge import Row, judge
from autograder.mutants.verdicts import LIMITS, Verdicts


class Progress(Protocol):
    """Told what goes on; the command line draws bars from it."""

    def start(self, what: str, total: int) -> None:
        """A new stage begins."""

    def step(self, student: str, note: str = "") -> None:
        """One of the stage's items is done."""


class Silent:
    """Progress that nobody watches."""

    def start(self, what: str, total: int) -> None:
        """Say nothing."""

    def step(self, student: str, note: str = "") -> None:
        """Say nothing."""


def run_answers(
    course: Course, lab: str, answers: Sequence[Answer], workers: int = 2, seed: int | None = None
) -> Iterator[Row]:
    """Grade answers, in the order in which they are finished.

    Args:
        course: Where the lab is.
        lab: The lab.
        answers: Which ones, of `find_answers`.
        workers: How many processes.
        seed: Draws the hidden tests' inputs; a new one where None.
    """
    exercises = {exercise.name: exercise for exercise in read_lab(course.labs, lab)}
    seed = secrets.randbelow(2**31) if seed is None else seed
    jobs = [_job(number, answer, exercises, seed) for number, answer in enumerate(answers)]
    for job, results in grade_all(course.root, jobs, workers):
        key = job.notebooks[0][0]
        answer = answers[int(key)]
        if results is None:
            yield Row(answer, [], "its worker died", {})
        else:
            yield judge(answer, exercises[answer.exercise], results[key])


def _job(number: int, answer: Answer, exercises: dict[str, Exercise], seed: int) -> Job:
    exercise = exercises[answer.exercise]
    return Job(
        answer.name,
        exercise.lab,
        seed,
        LIMITS,
        ((str(number), answer.exercise, lean_notebook(exercise, answer)),),
        {name: each.source for name, each in exercises.items()},
        {name: each.full_marks for name, each in exercises.items()},
    )


def judge_answers(
    course: Course,
    exercises: Sequence[Exercise],
    answers: Sequence[Answer],
    progress: Progress | None = None,
    workers: int = 2,
    seed: int | None = None,
    anew: bool = False,
) -> list[Row]:
    """Judge answers; good verdicts are kept as they come, so that a stopped run goes on.

    Args:
        course: Where the lab is.
        exercises: The lab.
        answers: Which ones, of `find_answers`.
        progress: Told of each answer that is judged.
        workers: How many processes.
        seed: Draws the hidden tests' inputs; a new one where None.
        anew: Judge also what has a verdict.

    Returns:
        One row for each answer, in the order given; those with `ok` False need mending.
    """
    progress = progress or Silent()
    seed = secrets.randbelow(2**31) if seed is None else seed
    verdicts, lab = Verdicts(course, exercises), exercises[0].lab
    kept = {} if anew else {answer: verdicts.get(answer) for answer in answers}
    rows = {answer: row for answer, row in kept.items() if row}

    def judge_these(these: list[Answer], what: str, workers: int) -> None:
        if these:
            progress.start(what, len(these))
        for row in run_answers(course, lab, these, workers, seed) if these else ():
            verdicts.put(row)
            rows[row.answer] = row
            name = f"{row.answer.task or row.answer.exercise} {row.answer.name}"
            progress.step(name, "" if row.ok else row.verdict)

    been = f", {len(rows)} have their verdict" if rows else ""
    left = [answer for answer in answers if answer not in rows]
    judge_these(left, f"Answers to {lab}{been}", workers)
    # On a busy machine an answer may run out of time: so none is blamed before it had the machine
    # for itself. The seed is the same, so a test that depends on its luck gets no second chance.
    bad = [answer for answer in answers if not rows[answer].ok]
    judge_these(bad, "Once more, one at a time", workers=1)
    return [rows[answer] for answer in answers]


def run_mutants(
    course: Course,
    lab: str,
    notebook: str | None = None,
    task: str | None = None,
    progress: Progress | None = None,
    workers: int = 2,
    anew: bool = False,
) -> list[Row]:
    """Judge a lab's hidden tests by all its answers.

    Args:
        course: Where the lab is.
        lab: The lab.
        notebook: Only this notebook.
        task: Only this task, such as `ex2-prune`.
        progress: Told of each answer that is judged.
        workers: How many processes.
        anew: Judge also what has a verdict.

    Returns:
        One row for each answer, in the order of tasks; those with `ok` False need mending.

    Raises:
        CourseError: There is no such lab, or there are no answers.
    """
    exercises = read_lab(course.labs, lab)
    folder = answers_folder(course)
    answers = find_answers(exercises, notebook, task, folder)
    if not answers:
        raise CourseError(f"There are no answers of {task or notebook or lab} in {folder / lab}.")
    return judge_answers(course, exercises, answers, progress, workers, anew=anew)
