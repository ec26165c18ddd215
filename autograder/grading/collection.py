"""Collect an exercise's hidden tests with pytest, grouped by the task that they judge."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.errors import HiddenTestsBroken
from autograder.grading.scoring import total_points
from autograder.lab import Exercise

# What nothing here needs. `unraisableexception` alone takes 0.2 s: it collects garbage at the end.
LEFT_OUT = (
    "cacheprovider capture debugging doctest faulthandler junitxml logging pastebin setuponly "
    "stepwise terminal threadexception unittest unraisableexception warnings"
)
OPTIONS = (
    *(f"-pno:{name}" for name in LEFT_OUT.split()),
    *"--import-mode=importlib --assert=plain --disable-plugin-autoload".split(),
    *"-c /dev/null --noconftest".split(),
)
Tests = dict[str, list[pytest.Item]]


def run_hidden_tests(exercise: Exercise, loop: Callable[[Tests], None], *plugins: object) -> None:
    """Start pytest on the exercise's test files with a run loop of our own.

    Args:
        exercise: It has hidden tests.
        loop: Gets the collected tests by `grade_id`, in the order of the files.
        plugins: Further plugins, for fixtures and reports.

    Raises:
        HiddenTestsBroken: A file does not import, or names tasks that do not exist.
    """
    collector = _Collector(exercise, loop)
    files = [str(path) for path in exercise.hidden_tests]
    arguments = [*files, *OPTIONS, f"--rootdir={_root(exercise)}"]
    status = pytest.main(arguments, plugins=[collector, *plugins])
    if collector.error is not None:
        raise collector.error
    if status != pytest.ExitCode.OK:
        problems = " ".join(collector.problems)
        raise HiddenTestsBroken(f"{', '.join(files)} does not collect: {problems}")


def _root(exercise: Exercise) -> Path:
    """The folder of all labs' tests: from there, two files of one name are two modules."""
    folder = exercise.hidden_tests[0].parent
    lab = next((f for f in (folder, *folder.parents) if f.name == exercise.lab), folder)
    return lab.parent


def collect_points(exercise: Exercise) -> dict[str, float]:
    """How many points the hidden tests of each task give together."""
    points: dict[str, float] = {}

    most = {task.grade_id: task.points for task in exercise.tasks}

    def add_up(tests: Tests) -> None:
        for task, items in tests.items():
            worth = [(option_of(item), points_of(item)) for item in items]
            points[task] = total_points(worth, most[task])

    run_hidden_tests(exercise, add_up)
    return points


def points_of(item: pytest.Item) -> float:
    """What a hidden test gives when passed."""
    marker = item.get_closest_marker("task")
    return float(marker.kwargs["points"]) if marker else 0.0


def option_of(item: pytest.Item) -> str:
    """Which option of its task a hidden test judges; empty where it names none."""
    marker = item.get_closest_marker("task")
    return str(marker.kwargs.get("option", "")) if marker else ""


def title_of(item: pytest.Item) -> str:
    """What a hidden test says that it checks, and with which parameters."""
    explained = getattr(item, "function", item).__doc__ or item.name
    title = str(explained).strip().split("\n")[0].rstrip(".")
    parameters = re.search(r"\[(.+)\]$", item.name)
    return f"{title} ({parameters.group(1)})" if parameters else title


class _Collector:
    """The pytest plugin that replaces the run loop."""

    def __init__(self, exercise: Exercise, loop: Callable[[Tests], None]) -> None:
        self._exercise = exercise
        self._loop = loop
        self.problems: list[str] = []
        self.error: BaseException | None = None

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "task(grade_id, points, option): what a test judges")

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
