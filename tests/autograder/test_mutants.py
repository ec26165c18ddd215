"""The hidden tests, judged by answers whose verdict is known."""

import secrets
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.lab import read_lab
from autograder.mutants import Answer, Row, find_answers, judge, judge_answers, mutants_table

LAB = "lab1_magnitude"
COURSE = Course(Path(__file__).resolve().parents[2])
EXERCISES = read_lab(COURSE.labs, LAB)
ANSWERS = find_answers(EXERCISES)
TASKS = [task.grade_id for exercise in EXERCISES for task in exercise.tasks if not task.manual]
WRONG = [answer for answer in ANSWERS if answer.kind == "wrong"]


def judged_wrongly(answers: list[Answer], seed: int) -> list[str]:
    """As a release judges: who ran out of time on a busy machine is tried once more, alone."""
    rows = judge_answers(COURSE, EXERCISES, answers, workers=2, seed=seed, anew=True)
    assert len(rows) == len(answers)
    return [
        f"{row.answer.task} {row.answer.name} (seed {seed}): {row.verdict}; {row.messages}"
        for row in rows
        if not row.ok
    ]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_enough_answers(task: str) -> None:
    kinds = [answer.kind for answer in ANSWERS if answer.task == task]
    assert kinds.count("right") >= 3
    assert kinds.count("wrong") >= 5
    assert set(kinds) == {"right", "wrong"}


@pytest.mark.parametrize("answer", WRONG, ids=lambda answer: f"{answer.task}-{answer.name}")
def test_every_wrong_answer_names_a_hidden_test(answer: Answer) -> None:
    exercise = next(e for e in EXERCISES if e.name == answer.exercise)
    assert exercise.hidden_tests
    source = "\n".join(path.read_text(encoding="utf-8") for path in exercise.hidden_tests)
    assert answer.must_fail
    assert all(f"def {name}(" in source for name in answer.must_fail)


def test_one_right_and_one_wrong_answer_to_each_task() -> None:
    fewest = []
    for cell in dict.fromkeys(answer.cell for answer in ANSWERS if answer.cell):
        of_task = [answer for answer in ANSWERS if answer.cell == cell]
        fewest += [next(a for a in of_task if a.kind == kind) for kind in ("right", "wrong")]
    whole = [answer for answer in ANSWERS if not answer.task]  # solutions and stubs
    wrong = judged_wrongly(fewest + whole, seed=1)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_every_answer() -> None:
    wrong = judged_wrongly(ANSWERS, seed=secrets.randbelow(2**31))
    assert not wrong, "\n".join(wrong)


# the judge itself


def result(lost: dict[str, str], warnings: tuple[str, ...] = ()) -> dict:
    """What grading would say if these tests (by name, with their tasks) had failed."""
    points = dict.fromkeys(TASKS, 1.0) | dict.fromkeys(lost.values(), 0.0)
    exercise = EXERCISES[1]
    scores = {
        t.grade_id: t.points if points[t.grade_id] else 0.0 for t in exercise.tasks if not t.manual
    }
    tests = [
        {"id": name, "task": task, "passed": False, "message": "no"} for name, task in lost.items()
    ]
    return {"scores": scores, "tests": tests, "warnings": list(warnings)}


def verdict(name: str, source: str, graded: dict) -> str:
    answer = Answer("ex2_magnitude_pruning", "ex2-size-check", name, source)
    return judge(answer, EXERCISES[1], graded).verdict


def test_judge_accepts_what_should_be() -> None:
    assert verdict("right_x", "", result({})) == "ok"
    assert verdict("wrong_x", "# fails: test_a", result({"test_a": "ex2-size-check"})) == "ok"


def test_judge_sees_survivors_and_wide_losses() -> None:
    source = '"""x."""\n# fails: test_a'
    assert verdict("wrong_x", source, result({})) == "survives"
    other = result({"test_b": "ex2-size-check"})
    assert verdict("wrong_x", source, other) == "not caught by test_a"
    both = result({"test_a": "ex2-size-check", "test_c": "ex2-plot-check"})
    assert verdict("wrong_x", source, both) == "costs points in ex2-plot-check"
    assert "second line" in verdict("wrong_x", "", result({"test_a": "ex2-size-check"}))
    assert "ex2-size-check" in verdict("right_x", "", result({"test_a": "ex2-size-check"}))
    assert verdict("right_x", "", result({}, ("broken",))) == "warned: broken"


def test_a_mutant_is_caught_by_tests_of_its_own_option() -> None:
    graded = result({"test_a": "ex2-size-check", "test_stub": "ex2-size-check"})
    for test, option in zip(graded["tests"], "AC", strict=True):
        test["option"] = option
    answer = Answer("ex2_magnitude_pruning", "ex2-size-check", "wrong_x", "# fails: test_a")
    assert judge(answer, EXERCISES[1], graded).caught_by == ["test_a"]


def test_table_counts_what_was_judged_wrongly() -> None:
    answer = Answer("ex2_magnitude_pruning", "ex2-size-check", "wrong_x")
    table = mutants_table([Row(answer, [], "survives", {}), Row(answer, ["test_a"], "ok", {})])
    assert table.caption == "2 answers (mutant 2): 1 judged wrongly"
