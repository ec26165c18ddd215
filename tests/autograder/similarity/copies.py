"""Answers in several styles, written by students or copied from each other in disguise."""

from __future__ import annotations

import ast
import itertools

from autograder.lab import read_lab
from autograder.mutants import ANSWERS
from autograder.similarity.compare import find_pairs
from autograder.similarity.documents import Document, Handout
from tests.autograder.conftest import LAB, REPOSITORY

EXERCISES = read_lab(REPOSITORY / "labs", LAB)
HANDOUT = Handout.of(EXERCISES)
STYLES = {
    (folder.parent.name, folder.name): [
        path.read_text("utf-8") for path in sorted(folder.glob("right_*.py"))
    ]
    for folder in sorted((ANSWERS / LAB).glob("*/*"))
}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e"


def disguised(source: str) -> str:
    """Renamed variables, functions in another order, other layout, no comments, idle lines."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    stored = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    names = {name: f"thing{number}" for number, name in enumerate(dict.fromkeys(stored))}
    for node in nodes:
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
        if isinstance(node, ast.FunctionDef):
            idle = ast.parse("unused = 7\nprint('here')\nif True:\n    pass").body
            node.body = idle + node.body
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    tree.body = [n for n in tree.body if n not in functions] + functions[::-1]
    return "# all my own work\n\n\n" + ast.unparse(tree).replace("\n", "  # !\n")


def document(student: str, place: tuple[str, str], source: str) -> Document:
    return HANDOUT.document(student, *place, source)


def written(student: str, number: int, change=lambda source: source) -> list[Document]:
    """A student who answers every task in one of the styles."""
    return [
        document(student, place, change(styles[number % len(styles)]))
        for place, styles in STYLES.items()
    ]


def pairs_of(*students: list[Document]) -> list[tuple[str, str]]:
    pairs = find_pairs(itertools.chain.from_iterable(students))
    return [(pair.first, pair.second) for pair in pairs]
