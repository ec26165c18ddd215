"""Honest answers are not accused, nor stubs and references."""

from __future__ import annotations

import ast
import difflib
import itertools
import random

from autograder.similarity.compare import find_pairs
from tests.autograder.similarity.copies import EXERCISES, HANDOUT, STYLES, document, pairs_of


def same_function(one: str, other: str) -> bool:
    """Whether two answer files of ours share a longer function, but for a line or two."""
    bodies = [
        [ast.unparse(n).splitlines() for n in ast.parse(s).body if isinstance(n, ast.FunctionDef)]
        for s in (one, other)
    ]
    return any(
        min(len(a), len(b)) > 5 and difflib.SequenceMatcher(None, a, b).ratio() > 0.8
        for a, b in itertools.product(*bodies)
    )


def test_honest_answers_to_one_task_are_not_accused() -> None:
    accused, compared = [], 0
    for place, styles in STYLES.items():
        for one, other in itertools.combinations(styles, 2):
            if same_function(one, other):
                continue  # our own answers, copied from each other where the task has two parts
            compared += 1
            if find_pairs([document("ada", place, one), document("zoe", place, other)]):
                accused.append(place[1])
    assert compared >= 60
    assert accused == []  # measured: 0 of 68 pairs, each as a class of its own


def test_honest_students_are_not_accused_over_a_whole_lab() -> None:
    draw = random.Random(1)
    for _ in range(10):
        orders = {place: draw.sample(styles, len(styles)) for place, styles in STYLES.items()}
        students = [
            [document(name, place, order[number]) for place, order in orders.items()
             if place[1] not in ("ex4-quantize", "ex3-sensitivity")]  # see same_function
            for number, name in enumerate(("ada", "bob", "zoe"))
        ]  # fmt: skip
        assert pairs_of(*students) == []


def test_stubs_and_references_accuse_nobody() -> None:
    for exercise in EXERCISES:
        for notebook in (exercise.student_edition, exercise.source):
            for cell in notebook.cells:
                if cell.metadata.get("nbgrader", {}).get("solution"):
                    prose = cell.cell_type != "code"
                    found = HANDOUT.document("a", exercise.name, cell.id, cell.source, prose)
                    assert not found.shape and not found.tokens
