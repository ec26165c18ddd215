"""Source labs as the autograder sees them: exercises, tasks, points, reference answers."""

from __future__ import annotations

import copy
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums

from autograder.course import Course
from autograder.errors import CourseError

HELPERS = Path(__file__).parent / "testing"
POINTS_IN_TITLE = re.compile(r"\s*\([\d.,½]+ points?\)\s*$")
CARRY_OVER = re.compile(r"""carry_over\(["']([\w-]+)["']""")


@dataclass(frozen=True)
class Task:
    """One graded cell and the solution cells that it judges.

    Attributes:
        grade_id: Of the graded cell: `ex2-prune-check`, or a written answer's own id.
        title: The heading above it.
        points: The most that it gives.
        manual: Whether a person grades it.
        reference: The source of its solution cells, with answers.
        cells: The ids of those cells; several where the task offers options.
    """

    grade_id: str
    title: str
    points: float
    manual: bool
    reference: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """One source notebook of a lab.

    Attributes:
        lab: The name of the lab.
        name: The notebook's name without ending.
        source: The notebook with its solutions.
        hidden_tests: Its pytest files; none where people grade it.
    """

    lab: str
    name: str
    source: NotebookNode
    hidden_tests: tuple[Path, ...]

    @cached_property
    def tasks(self) -> list[Task]:
        """Its tasks in the order of the notebook."""
        tasks, title, answers, cells = [], "", [], []
        for cell in self.source.cells:
            settings = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "markdown" and not settings:
                title = last_heading(cell.source) or title
            if settings.get("solution"):
                answers.append(cell.source)
                cells.append(cell.id)
            if settings.get("grade"):
                tasks.append(
                    Task(
                        grade_id=settings["grade_id"],
                        title=title,
                        points=float(settings["points"]),
                        manual=bool(settings.get("solution")),
                        reference="\n\n".join(answers),
                        cells=tuple(cells),
                    )
                )
                answers, cells = [], []
        return tasks

    @property
    def full_marks(self) -> dict[str, float]:
        """The points of each task, as an answer without a mistake gets them."""
        return {task.grade_id: task.points for task in self.tasks}

    @cached_property
    def carries(self) -> tuple[str, ...]:
        """The earlier notebooks whose functions it takes over, by `carry_over("name", ...)`."""
        code = "\n".join(cell.source for cell in self.source.cells if cell.cell_type == "code")
        return tuple(dict.fromkeys(CARRY_OVER.findall(code)))

    @cached_property
    def setup(self) -> str:
        """The source of its set-up cell; empty where it has none."""
        cells = (cell.source for cell in self.source.cells if cell.id.endswith("-setup"))
        return next(cells, "")

    @cached_property
    def student_edition(self) -> NotebookNode:
        """The notebook without answers and marking schemes, with the checksums of its stubs."""
        notebook, resources = copy.deepcopy(self.source), ResourcesDict()
        for preprocessor in (ClearSolutions(), ComputeChecksums()):
            notebook, resources = preprocessor.preprocess(notebook, resources)
        return notebook

    @cached_property
    def source_version(self) -> str:
        """A digest of the source notebook."""
        return hashlib.sha256(nbformat.writes(self.source).encode()).hexdigest()

    @cached_property
    def tests_version(self) -> str:
        """A digest of the hidden tests with their helpers; empty where there are none."""
        if not self.hidden_tests:
            return ""
        digest = hashlib.sha256()
        for path in (*self.hidden_tests, *sorted(HELPERS.glob("*.py"))):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    @property
    def version(self) -> str:
        """A digest of everything of the lab that grading this exercise depends on."""
        return hashlib.sha256(f"{self.source_version} {self.tests_version}".encode()).hexdigest()


def last_heading(markdown: str) -> str:
    """The text of the last heading in a Markdown cell; empty where there is none."""
    headings = [line for line in markdown.splitlines() if line.startswith("#")]
    return headings[-1].lstrip("# ").strip() if headings else ""


def without_points(title: str) -> str:
    """A task's heading without its points: `2.1 One step (0.5 points)` is `2.1 One step`."""
    return POINTS_IN_TITLE.sub("", title)


def read_lab(labs: Path, lab: str) -> list[Exercise]:
    """Read a lab's exercises, in the order of their names.

    Raises:
        CourseError: There is no such lab, or one of its notebooks cannot be read.
    """
    folder = labs / lab
    notebooks = sorted(folder.glob("*.ipynb")) if Path(lab).name == lab else []
    if not notebooks:
        names = sorted(path.name for path in labs.glob("*") if any(path.glob("*.ipynb")))
        known = ", ".join(names) or "none at all"
        raise CourseError(f"There is no lab named {lab!r} in {labs}; the labs here are: {known}.")
    tests = Course(labs.parent).hidden_tests / lab
    return [_read_exercise(lab, path, tests) for path in notebooks]


def _read_exercise(lab: str, path: Path, tests: Path) -> Exercise:
    try:
        source = nbformat.read(path, as_version=4)
    except Exception as error:
        raise CourseError(f"{path} is not a notebook that can be read: {error}") from error
    return Exercise(lab, path.stem, source, _find_hidden_tests(tests, path.stem))


def _find_hidden_tests(tests: Path, name: str) -> tuple[Path, ...]:
    """`test_<notebook>.py`, or every `<notebook>/test_*.py`."""
    one = tests / f"test_{name}.py"
    return (one,) if one.exists() else tuple(sorted((tests / name).glob("test_*.py")))
