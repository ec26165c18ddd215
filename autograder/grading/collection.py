"""Collect an exercise's hidden tests with pytest, grouped by the task that they judge.

Starting pytest and collecting a file takes longer than most of its tests. So a process does it once
for each exercise, and the session stays open for all the notebooks that it grades.
"""

from __future__ import annotations

import contextlib
import functools
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.config import _prepareconfig
from _pytest.runner import runtestprotocol

from autograder.errors import HiddenTestsBroken
from autograder.grading.fixtures import Fixtures, Judge
from autograder.grading.scoring import total_points
from autograder.lab import Exercise

# What nothing here needs.
LEFT_OUT = (
    "cacheprovider capture debugging doctest faulthandler junitxml logging pastebin setuponly "
    "stepwise terminal threadexception unittest unraisableexception warnings"
)
OPTIONS = (
    *(f"-pno:{name}" for name in LEFT_OUT.split()),
    *"--import-mode=importlib --assert=plain --disable-plugin-autoload".split(),
    *"-c /dev/null --noconftest".split(),
)
SESSIONS = 16  # that a process keeps open; a lab needs one for each of its exercises
Tests = dict[str, list[pytest.Item]]
_modules: dict[str, ModuleType] = {}  # that hidden tests were imported as


class Collected:
    """Test files, collected by pytest; their tests may be run again and again.

    Args:
        files: The test files.
        root: A folder above them: from there, two files of one name are two modules.

    Attributes:
        items: The tests in the order of the files.
        problem: Why there are none, or not all; empty where all is well.
    """

    def __init__(self, files: tuple[Path, ...], root: Path) -> None:
        self._fixtures = Fixtures()
        self._problems: list[str] = []
        self.items: list[pytest.Item] = []
        _forget_other_courses(root)
        try:
            self._session = self._start([*map(str, files), *OPTIONS, f"--rootdir={root}"])
            self.items = list(self._session.perform_collect())
        except pytest.UsageError as error:
            self._problems.append(str(error))
        if not self.items:
            self._problems.append("there are no tests.")
        _modules.update(
            (i.module.__name__, i.module) for i in self.items if isinstance(i, pytest.Function)
        )
        what = f"{', '.join(map(str, files))} does not collect: "
        self.problem = what + " ".join(self._problems) if self._problems else ""

    def _start(self, arguments: list[str]) -> pytest.Session:
        """Start pytest as `pytest.main` does, which would end the session again."""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):  # meant for other tests
                patch.delenv(name, raising=False)
            config = _prepareconfig(arguments, [self._fixtures, self])
        config._do_configure()
        session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
        return session

    @contextlib.contextmanager
    def judging(self, judge: Judge) -> Iterator[None]:
        """Let the tests that run meanwhile be those of one notebook.

        Args:
            judge: Gives them what they ask for, and takes their verdicts.
        """
        from autograder.testing.kept import forget_kept  # and with it torch

        self._fixtures.judge = judge
        try:
            yield
        except BaseException:  # pytest may be in the middle of a test
            _collected.cache_clear()
            raise
        finally:
            self._fixtures.judge = None
            forget_kept(self._session)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Tell pytest of our marker."""
        config.addinivalue_line("markers", "task(grade_id, points, option): what a test judges")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take down what cannot be collected."""
        if report.failed:
            self._problems.append(str(report.longrepr))


def _forget_other_courses(root: Path) -> None:
    """Python knows one module of each name, and would hand out another course's."""
    for name in list(_modules):
        if root not in Path(str(_modules[name].__file__)).parents:
            del _modules[name]
            sys.modules.pop(name, None)


_collected = functools.lru_cache(SESSIONS)(Collected)


def collect(exercise: Exercise) -> Collected:
    """The hidden tests of an exercise that has some.

    Raises:
        HiddenTestsBroken: A file does not import or has no tests.
    """
    folder = exercise.hidden_tests[0].parent
    lab = next((f for f in (folder, *folder.parents) if f.name == exercise.lab), folder)
    collected = _collected(exercise.hidden_tests, lab.parent)
    if collected.problem:
        raise HiddenTestsBroken(collected.problem)
    return collected


def by_task(items: list[pytest.Item], exercise: Exercise) -> Tests:
    """An exercise's hidden tests by the `grade_id` that they judge.

    Raises:
        HiddenTestsBroken: A test names no task of the exercise.
    """
    known = {task.grade_id for task in exercise.tasks}
    tests: Tests = {}
    for item in items:
        marker = item.get_closest_marker("task")
        if marker is None or marker.args[0] not in known:
            raise HiddenTestsBroken(f"{item.nodeid} names no task of {exercise.name}.")
        tests.setdefault(marker.args[0], []).append(item)
    return tests


def run_hidden_test(item: pytest.Item) -> None:
    """Run one hidden test; whoever is judging learns how it ended."""
    runtestprotocol(item, log=False, nextitem=None)


def collect_points(exercise: Exercise) -> dict[str, float]:
    """How many points the hidden tests of each task give together."""
    most = {task.grade_id: task.points for task in exercise.tasks}
    points = {}
    for task, items in by_task(collect(exercise).items, exercise).items():
        worth = [(option_of(item), points_of(item)) for item in items]
        points[task] = total_points(worth, most[task])
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
