"""Points from hidden tests: plain sums, and tasks of which the best options count."""

import pytest

from autograder.grading.result import TestResult
from autograder.grading.scoring import score, total_points


def result(option: str, points: float, passed: bool) -> TestResult:
    return TestResult(f"test_{option}{points}", "t", "title", points, passed, option=option)


def test_without_options_points_add_up() -> None:
    results = [result("", 0.2, True), result("", 0.3, False), result("", 0.5, True)]
    assert score(results, 1.0) == (0.7, results)


@pytest.mark.parametrize(
    ("passed", "points", "counting"),
    [
        ("ABC", 1.5, "AB"),
        ("BC", 1.5, "BC"),
        ("C", 0.75, "AC"),
        ("", 0.0, "AB"),
    ],
)
def test_the_best_options_count(passed: str, points: float, counting: str) -> None:
    results = [result(name, 0.75, name in passed) for name in "ABC"]
    earned, marked = score(results, 1.5)
    assert earned == points
    assert {r.option for r in marked if r.counts} == set(counting)


def test_parts_of_options_are_added_up_before_the_best_are_taken() -> None:
    shares = {"A": (True, False), "B": (False, False), "C": (True, True)}
    results = [result(name, 0.5, passed) for name, both in shares.items() for passed in both]
    earned, marked = score(results, 2.0)
    assert earned == 1.5
    assert [r.option for r in marked if not r.counts] == ["B", "B"]


def test_tests_without_an_option_count_beside_them() -> None:
    results = [result("", 0.5, True), *(result(name, 0.75, name != "A") for name in "ABC")]
    assert score(results, 2.0)[0] == 2.0


def test_total_is_that_of_the_task_only_where_options_fit() -> None:
    three = [("A", 0.75), ("B", 0.75), ("C", 0.5), ("C", 0.25)]
    assert total_points(three, 1.5) == 1.5
    assert total_points([("A", 0.75), ("B", 0.5)], 1.5) == 1.25, "unequal options do not add up"
    assert total_points([("", 0.4), ("", 0.6)], 1.0) == 1.0
    assert total_points([("", 0.4)], 1.0) == 0.4
