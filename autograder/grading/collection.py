"""Collect an exercise's hidden tests with pytest, grouped by the task that they judge."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autograder.errors import HiddenTestsBroken
from autograder.lab import Exercise

OPTIONS = (
    "-p no:terminal -p no:cacheprovider -p no:capture -p no:logging -p no:warnings "
    "--assert=plain --disable-plugin-autoload -c /dev/null --noconftest"
)
Tests = dict[str, list[pytest.Item]]


def run_hidden_tests(exercise: Exercise, loop: Callable[[Tests], None], *plugins: object) -> None:
    """Start pytest on the exercise's test file with a run loop of our own.

    Args:
        exercise: It has hidden tests.
        loop: Gets the collected tests by `grade_id`, in the order of the file.
        plugins: Further plugins, for fixtures and reports.

    Raises:
        HiddenTestsBroken: The file does not import, or names tasks that do not exist.
    """
    collector = _Collector(exercise, loop)
    folder = exercise.hidden_tests.parent if exercise.hidden_tests else None
    arguments = [str(exercise.hidden_tests), *OPTIONS.split(), f"--rootdir={folder}"]
    status = pytest.main(arguments, plugins=[collector, *plugins])
    if collector.error is not None:
        raise collector.error
    if status != pytest.ExitCode.OK:
        problems = " ".join(collector.problems)
        raise HiddenTestsBroken(f"{exercise.hidden_tests} does not collect: {problems}")


def collect_points(exercise: Exercise) -> dict[str, float]:
    """How many points the hidden tests of each task give together."""
    points: dict[str, float] = {}

    def add_up(tests: Tests) -> None:
        points.update({task: sum(map(points_of, items)) for task, items in tests.items()})

    run_hidden_tests(exercise, add_up)
    return points


def points_of(item: pytest.Item) -> float:
    """What a hidden test gives when passed."""
    marker = item.get_closest_marker("task")
    return float(marker.kwargs["points"]) if marker else 0.0


class _Collector:
    """The pytest plugin that replaces the run loop."""

    def __init__(self, exercise: Exercise, loop: Callable[[Tests], None]) -> None:
        self._exercise = exercise
        self._loop = loop
        self.problems: list[str] = []
        self.error: BaseException | None = None

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "task(grade_id, points): the task that a test judges")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(str(report.longrepr))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("the hidden tests cannot be collected")
        try:
            self._loop(self._group(session.items))
        except BaseException as error:  # pytest would turn it into an exit status
            self.error = error
        return True

    def _group(self, items: list[pytest.Item]) -> Tests:
        known = {task.grade_id for task in self._exercise.tasks}
        tests: Tests = {}
        for item in items:
            marker = item.get_closest_marker("task")
            if marker is None or marker.args[0] not in known:
                raise HiddenTestsBroken(f"{item.nodeid} names no task of {self._exercise.name}.")
            tests.setdefault(marker.args[0], []).append(item)
        return tests
