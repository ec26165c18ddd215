"""A course folder to grade in, and a warm process to talk to."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

import nbformat
import pytest

from autograder.boundary.notebook import NotebookSession
from autograder.boundary.session import WarmProcess
from autograder.course import Course, put_scripts_on_path
from autograder.demo import make_demo_course
from autograder.grading.job import Job
from autograder.grading.limits import Limits
from autograder.grading.pool import Finished, LocalPool
from autograder.lab import Exercise, read_lab
from autograder.walls.probing import choose

REPOSITORY = Path(__file__).parents[2]
LAB = "lab1_magnitude"


class Quiet:
    """Progress that only remembers."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.steps: list[tuple[str, str]] = []

    def start(self, what: str, total: int) -> None:
        self.stages.append(what)

    def step(self, student: str, note: str = "") -> None:
        self.steps.append((student, note))


@pytest.fixture(scope="session")
def exercises() -> dict[str, Exercise]:
    return {exercise.name: exercise for exercise in read_lab(REPOSITORY / "labs", LAB)}


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmProcess]:
    process = WarmProcess(REPOSITORY / "data", REPOSITORY, choose("any"))
    yield process
    process.close()


@pytest.fixture
def notebook(warm: WarmProcess) -> Iterator[NotebookSession]:
    with warm.submission(Limits().allowance) as submission:
        session = submission.notebook("notebook", seed=1)
        yield session


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course folder of its own that borrows the repository's labs."""
    put_scripts_on_path()
    real = tmp_path / "real"
    real.mkdir()
    for path in REPOSITORY.iterdir():
        if path.name not in ("build", ".git", ".venv"):
            (real / path.name).symlink_to(path)
    return make_demo_course(Course(real))


class KeptWorkers:
    """Workers that stay from one grading to the next: `Options(pool=workers)`.

    For tests that grade several times; each start takes ten seconds and more. They start when they
    are first used, and would not see that the lab or its hidden tests change later.
    """

    def __init__(self, root: Path) -> None:
        self._pool = LocalPool(root, 2)

    def __call__(self) -> Self:
        return self

    def grade(self, jobs: Iterable[Job]) -> Iterator[Finished]:
        return self._pool.grade(jobs)

    def close(self) -> None:
        """A grading is over; they stay."""

    def end(self) -> None:
        self._pool.close()


@pytest.fixture
def workers(course: Course) -> Iterator[KeptWorkers]:
    kept = KeptWorkers(course.root)
    yield kept
    kept.end()


@pytest.fixture
def hand_in(course: Course) -> Callable[..., Path]:
    """Hand in a notebook, given as cells' sources by id over the student edition, or as bytes."""

    def hand_in(student: str, exercise: Exercise, content: dict[str, str] | bytes) -> Path:
        folder = course.submitted / student / LAB
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{exercise.name}.ipynb"
        if isinstance(content, dict):
            edited = copy.deepcopy(exercise.student_edition)
            for cell in edited.cells:
                cell.source = content.get(cell.id, cell.source)
            content = nbformat.writes(edited).encode()
        path.write_bytes(content)
        return path

    return hand_in


@pytest.fixture
def around(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Where submissions go, a gradebook and a neighbour's notebook."""
    gradebook, neighbour = tmp_path / "gradebook.db", tmp_path / "submitted" / "n" / LAB / "n.ipynb"
    neighbour.parent.mkdir(parents=True)
    gradebook.write_text("grades")
    neighbour.write_text("{}")
    return tmp_path / "submitted", gradebook, neighbour


def answers(exercise: Exercise) -> dict[str, str]:
    """Every cell of the solution, by id."""
    return {cell.id: cell.source for cell in exercise.source.cells}
