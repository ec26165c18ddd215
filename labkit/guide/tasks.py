"""The tasks of a notebook: a numbered heading, the cells to write, and the cell that is graded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from labkit.guide.cells import HEADING, Cell, Notebook, definitions, headings, is_stub, parse


@dataclass(frozen=True)
class Task:
    """One graded cell with what belongs to it.

    Attributes:
        path: The notebook.
        number: Of the heading: `2.2`, or `3.2A` for an option of a task.
        title: The heading's words.
        graded: The check cell, or the written answer.
        index: Where the graded cell stands in the notebook.
        answers: The cells that the student writes for it.
    """

    path: Path
    number: str
    title: str
    graded: Cell
    index: int
    answers: list[Cell] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Number and title, as in `2.2 Sparsity`."""
        return f"{self.number} {self.title}".strip() or self.graded.name

    @property
    def written(self) -> bool:
        """Whether a person reads the answer."""
        return self.graded.role == "written"

    @property
    def optional(self) -> bool:
        """Whether it is one of several options, whose points another cell gives."""
        return self.number[-1:].isalpha() and self.graded.points is None

    @property
    def extra(self) -> bool:
        """Whether it is extra credit: its notebook's name says so."""
        return "extra" in self.path.stem

    @property
    def stubs(self) -> list[str]:
        """Functions of its cells that are not written yet."""
        trees = [tree for cell in self.answers if (tree := parse(cell.source))]
        return [node.name for tree in trees for node in definitions(tree) if is_stub(node)]

    @property
    def unanswered(self) -> bool:
        """Whether a written answer is still the text that was released."""
        text = self.graded.source.strip()
        return self.written and (not text or text == "YOUR ANSWER HERE")


def read_tasks(notebook: Notebook) -> list[Task]:
    """The tasks of a notebook, in order."""
    tasks: list[Task] = []
    number, title, points, level = "", "", None, 0
    answers: list[Cell] = []
    for index, cell in enumerate(notebook.cells):
        if cell.kind == "markdown" and cell.role != "written":
            for line in headings(cell.source):
                match = HEADING.match(line)
                depth = len(line) - len(line.lstrip("#"))
                if not match and depth > level > 0:
                    continue  # a part of the task whose check is still to come
                level = depth if match else 0
                number = "".join(match["number"].split()) if match else ""
                title = match["title"] if match else line.lstrip("# ").strip()
                points = float(match["points"]) if match and match["points"] else None
        elif cell.role == "task":
            answers.append(cell)
        elif cell.role in {"check", "written"}:
            if cell.points is None and points is not None:
                cell = _with_points(cell, points)
            tasks.append(Task(notebook.path, number, title, cell, index, answers))
            answers, level = [], 0
    return tasks


def choose(tasks: list[Task], wanted: str) -> list[Task]:
    """The tasks that a student means: by number (`3.2` has its options, too) or by cell name."""
    key = wanted.strip().replace(" ", "").lower()
    exact = [task for task in tasks if task.number.lower() == key]
    options = [task for task in tasks if task.number[:-1] == key and task.number[-1:].isalpha()]
    named = [
        task
        for task in tasks
        if key and key in {task.graded.name, task.graded.name.rsplit("-", 1)[0]}
    ]
    return sorted(exact + options, key=lambda task: task.index) or named


def exercise_number(name: str) -> str:
    """`2` for `ex2_magnitude_pruning`; the name itself where it has no number."""
    digits = name.removeprefix("ex").split("_")[0]
    return digits if name.startswith("ex") and digits.isdigit() else name


def _with_points(cell: Cell, points: float) -> Cell:
    return Cell(cell.kind, cell.name, cell.role, cell.source, points, cell.count, cell.error)
