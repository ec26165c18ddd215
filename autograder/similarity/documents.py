"""What is compared: each student's text in each cell that they write, as fingerprints.

What everybody was given is left out: the student edition, and what the reference answers hold,
since two who solve a short task in the obvious way owe each other nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from autograder.course import Course
from autograder.intake import rebuild
from autograder.lab import Exercise
from autograder.similarity.fingerprints import (
    CODE_LENGTH,
    PROSE_LENGTH,
    Prints,
    all_hashes,
    fingerprints,
)
from autograder.similarity.shape import NotPython, Token, shape
from autograder.similarity.tokens import DEFINITION, code_tokens, prose_tokens

OWN_CELLS = "own cells"
Runs = list[list[Token]]


@dataclass(frozen=True)
class Document:
    """One student's text in one cell, or in all cells of a notebook that they added.

    Attributes:
        student: Whose it is.
        exercise: The notebook's name.
        cell: The cell's id without `-task` or `-written`; `own cells` for added ones.
        source: The text.
        shape: Fingerprints of its syntax tree; None where it does not parse or is prose.
        tokens: Fingerprints of its plain tokens, or of its words where it is prose.
    """

    student: str
    exercise: str
    cell: str
    source: str
    shape: Prints | None
    tokens: Prints

    @property
    def place(self) -> tuple[str, str]:
        """Documents are compared with those of the same place."""
        return self.exercise, self.cell


@dataclass
class Handout:
    """What everybody was given of a lab, as hashes, and the names that everybody has to use."""

    names: frozenset[str] = frozenset()
    shape: set[int] = field(default_factory=set)
    tokens: set[int] = field(default_factory=set)
    prose: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, exercises: Iterable[Exercise]) -> Handout:
        """Read stubs, checks and reference answers of a lab."""
        exercises = list(exercises)
        given = [cell for e in exercises for cell in (*e.student_edition.cells, *e.source.cells)]
        names = (name for cell in given for name in DEFINITION.findall(cell.source))
        handout = cls(frozenset(names))
        for cell in given:
            if cell.cell_type != "code":
                handout.prose |= all_hashes(prose_tokens(cell.source), PROSE_LENGTH)
                continue
            handout.tokens |= all_hashes(code_tokens(cell.source), CODE_LENGTH)
            handout.shape |= all_hashes(_shape(cell.source, handout.names) or [], CODE_LENGTH)
        return handout

    def document(
        self, student: str, exercise: str, cell: str, source: str, prose: bool = False
    ) -> Document:
        """Fingerprint a text, without what was given."""
        if prose:
            words = _without(fingerprints(prose_tokens(source), PROSE_LENGTH), self.prose)
            return Document(student, exercise, cell, source, None, words)
        runs = _shape(source, self.names)
        own = None if runs is None else _without(fingerprints(runs, CODE_LENGTH), self.shape)
        plain = _without(fingerprints(code_tokens(source), CODE_LENGTH), self.tokens)
        return Document(student, exercise, cell, source, own, plain)


def read_class(
    course: Course, exercises: list[Exercise], tell: Callable[[str], None]
) -> Iterator[Document]:
    """The documents of everybody who handed in a lab; unreadable notebooks are left out.

    Args:
        course: The course folder.
        exercises: The lab.
        tell: Told of each student who is read.
    """
    handout = Handout.of(exercises)
    lab = exercises[0].lab
    for student in course.students(lab):
        for exercise in exercises:
            path = course.submitted / student / lab / f"{exercise.name}.ipynb"
            yield from read_notebook(handout, student, exercise, path)
        tell(student)


def read_notebook(
    handout: Handout, student: str, exercise: Exercise, path: Path
) -> Iterator[Document]:
    """The documents of one submitted notebook; none where there is no regular file."""
    if path.is_symlink() or not path.is_file():
        return
    cells = rebuild(path.read_bytes(), exercise).notebook.cells
    theirs = {cell.id: cell for cell in cells}
    for task in exercise.tasks:
        for name in task.cells or (task.grade_id,):
            cell = theirs[name]
            short = name.removesuffix("-task").removesuffix("-written")
            prose = cell.cell_type != "code"
            yield handout.document(student, exercise.name, short, cell.source, prose)
    added = "\n\n".join(cell.source for cell in cells if _is_added(cell))
    if added.strip():
        yield handout.document(student, exercise.name, OWN_CELLS, added)


def _is_added(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and cell.id.startswith("extra-")


def _shape(source: str, names: frozenset[str]) -> Runs | None:
    try:
        return shape(source, names)
    except NotPython:
        return None


def _without(prints: Prints, given: set[int]) -> Prints:
    return {value: lines for value, lines in prints.items() if value not in given}
