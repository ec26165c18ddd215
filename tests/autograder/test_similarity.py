"""Copies are found however they were disguised; honest right answers are not accused."""

from __future__ import annotations

import ast
import copy
import csv
import difflib
import itertools
import random
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.course import Course
from autograder.lab import read_lab
from autograder.mutants import ANSWERS
from autograder.similarity.compare import LEAST_IN_ALL, find_pairs, groups
from autograder.similarity.documents import Document, Handout, read_notebook
from autograder.similarity.fingerprints import CODE_LENGTH, WINDOW, fingerprints, hashes, winnow
from autograder.similarity.page import render, visible
from autograder.similarity.shape import LONGEST_CELL, NotPython, Token, shape
from autograder.similarity.table import write_csv
from tests.autograder.conftest import LAB, REPOSITORY
from tests.autograder.test_cli import run

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


# planted copies


@pytest.mark.parametrize("number", range(4))
def test_a_disguised_copy_of_all_answers_is_found(number: int) -> None:
    honest = written("ada", number)
    pair = find_pairs([*honest, *written("zoe", number, disguised)])[0]
    assert (pair.first, pair.second) == ("ada", "zoe")
    assert pair.share > 0.95 and pair.evidence > 100
    assert len(pair.matches) >= len(STYLES) - 2  # what is as the reference says nothing


def test_nearly_every_single_answer_is_found_when_copied() -> None:
    missed = [
        f"{place[1]} {number}"
        for place, styles in STYLES.items()
        for number, source in enumerate(styles)
        if not find_pairs(
            [document("ada", place, source), document("zoe", place, disguised(source))]
        )
    ]
    # Two of 52: one is the reference, line by line; one makes the call that the handout names.
    assert sum(map(len, STYLES.values())) >= 50
    assert len(missed) <= 2, missed


def test_a_copy_is_found_in_a_class_that_has_the_same_idea() -> None:
    place, styles = next((p, s) for p, s in STYLES.items() if p[1] == "ex2-prune")
    common = [document(f"s{number}", place, styles[0]) for number in range(9)]
    rare = [document("ada", place, styles[1]), document("zoe", place, disguised(styles[1]))]
    others = [document(f"t{number}", place, "x = 1") for number in range(9)]
    pairs = {(pair.first, pair.second) for pair in find_pairs([*common, *rare, *others])}
    assert ("ada", "zoe") in pairs
    assert not pairs - {("ada", "zoe")}  # what a third of the class wrote is the obvious


def test_code_that_does_not_parse_is_compared_by_its_words() -> None:
    place, styles = next((p, s) for p, s in STYLES.items() if p[1] == "ex2-imp")
    broken = document("zoe", place, styles[1].replace("def ", "# def\ndef ", 1) + "\n)")
    assert broken.shape is None
    match = find_pairs([document("ada", place, styles[1]), broken])[0].matches[0]
    assert not match.parsed and match.share > 0.9
    other = document("ada", place, styles[0])
    assert find_pairs([other, broken]) == []


def test_copied_written_answers_are_found() -> None:
    text = (
        "The accuracy stays where it was until four fifths of the weights are gone, since the "
        "network has far more of them than ten digits need; then it drops within two rounds."
    )
    place = ("ex2_magnitude_pruning", "ex2-trends")
    one = HANDOUT.document("ada", *place, text, prose=True)
    two = HANDOUT.document("zoe", *place, f"I saw this. {text.upper()}", prose=True)
    assert pairs_of([one], [two]) == [("ada", "zoe")]


# honest answers


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


# what a student may send


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000 + ")" * 5000, "-" * 30_000 + "1", "1" + "+1" * 19_000, "a" + ".b" * 19_000,
        "lambda:" * 5000 + "0", "a\0b", "\ud800 = 1", "x = 1\n" * LONGEST_CELL,
        "if x: pass\n" + "elif x: pass\n" * 3000, "'" * 9999, "def f(:", HOSTILE,
    ],
)  # fmt: skip
def test_odd_code_is_only_read_and_costs_little(source: str) -> None:
    started = time.monotonic()
    with pytest.raises(NotPython):
        shape(source)
    HANDOUT.document("ada", "ex", "cell", source)
    assert time.monotonic() - started < 5


def test_an_escape_that_warns_and_a_magic_are_no_errors() -> None:
    assert shape("%matplotlib inline\nx = '\\d'\ny = x + 1")


def test_the_page_shows_hostile_text_and_runs_nothing(tmp_path: Path) -> None:
    place, styles = next((p, s) for p, s in STYLES.items() if p[1] == "ex2-imp")
    one = document(HOSTILE, place, styles[1] + f"\n# {HOSTILE}\n# </style>\ud800")
    pairs = find_pairs([one, document("=cmd()", place, disguised(styles[1]))])
    page = render(LAB, pairs, 2, 2)
    assert "<script" not in page and "<img" not in page
    assert "\u202e" not in page and "⟨U+202E⟩" in page and "⟨U+D800⟩" in page
    assert page.count("</style>") == 1
    assert "default-src 'none'" in page and "not a verdict" in page
    assert 'class="shared"' in page
    write_csv(pairs, tmp_path / "pairs.csv")
    text = (tmp_path / "pairs.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert "'=cmd()" in rows[0].values() and float(rows[0]["evidence"]) >= LEAST_IN_ALL


def test_what_nobody_sees_is_written_out() -> None:
    assert visible("a\u200bb\tc") == "a⟨U+200B⟩b\tc"


def test_documents_come_from_the_cells_that_students_write(tmp_path: Path) -> None:
    exercise = next(e for e in EXERCISES if e.name == "ex2_magnitude_pruning")
    notebook = copy.deepcopy(exercise.student_edition)
    notebook.cells.append(nbformat.v4.new_code_cell("def helper(a):\n    return a * 2 + a"))
    path = tmp_path / "ex2.ipynb"
    nbformat.write(notebook, path)
    found = {d.cell: d for d in read_notebook(HANDOUT, "ada", exercise, path)}
    assert set(found) == {
        "ex2-prune", "ex2-sparsity", "ex2-size", "ex2-repeated", "ex2-imp", "ex2-plot",
        "ex2-trends", "own cells",
    }  # fmt: skip
    assert found["own cells"].shape and not found["ex2-prune"].shape
    path.write_text("no notebook")
    assert all(not d.tokens for d in read_notebook(HANDOUT, "ada", exercise, path))
    link = tmp_path / "link.ipynb"
    link.symlink_to(path)
    assert list(read_notebook(HANDOUT, "ada", exercise, link)) == []


def test_the_command_writes_page_and_table(course: Course, hand_in: Callable[..., Path]) -> None:
    done = run(course.root, "similarity", LAB)
    assert done.returncode == 1 and "There are no submissions" in done.stderr
    exercise = next(e for e in EXERCISES if e.name == "ex2_magnitude_pruning")
    answer = STYLES[exercise.name, "ex2-imp"][1]
    hand_in("ada", exercise, {"ex2-imp-task": answer})
    hand_in("zoe", exercise, {"ex2-imp-task": disguised(answer)})
    hand_in("bob", exercise, b"no notebook")
    done = run(course.root, "similarity", LAB)
    assert done.returncode == 0, done.stderr
    assert "ada – zoe" in done.stdout and "not a verdict" in done.stdout
    folder = course.build / "report" / LAB
    assert "ada,zoe,ex2_magnitude_pruning,ex2-imp,1," in (folder / "similarity.csv").read_text()
    assert "thing0" in (folder / "similarity.html").read_text("utf-8")


# the parts


def test_winnowing_keeps_one_hash_of_each_window() -> None:
    draw = random.Random(3)
    values = [draw.randrange(50) for _ in range(200)]
    kept = set(winnow(values))
    assert all(kept & set(range(i, i + WINDOW)) for i in range(len(values) - WINDOW + 1))
    assert winnow([77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98]) == [
        3, 6, 8, 11, 15,
    ]  # fmt: skip  # the example of the paper's figure 2
    assert winnow([]) == [] and winnow([5]) == [0]


def test_a_long_enough_common_run_is_always_found() -> None:
    common = [Token(f"w{number}", 1) for number in range(CODE_LENGTH + WINDOW - 1)]
    one = fingerprints([[Token("a", 1)] * 5 + common], CODE_LENGTH)
    two = fingerprints([common + [Token("b", 1)] * 30], CODE_LENGTH)
    assert one.keys() & two.keys()
    assert hashes(common[:3], CODE_LENGTH) == []  # a run as short as that says nothing


def test_a_ring_is_one_group() -> None:
    ring = [written(name, 1) for name in ("ada", "bob", "eve")]
    assert groups(find_pairs(itertools.chain.from_iterable(ring))) == [["ada", "bob", "eve"]]


def test_a_thousand_texts_in_seconds() -> None:
    place = ("ex2_magnitude_pruning", "ex2-imp")
    names = [f"name{number}" for number in range(400)]
    draw = random.Random(5)

    def own(number: int) -> str:
        lines = [f"    v{i} = {draw.choice(names)}({draw.choice(names)}.{draw.choice(names)})"
                 for i in range(25)]  # fmt: skip
        return f"def imp(model):\n{chr(10).join(lines)}\n    return v{number % 25}\n"

    texts = [document(f"s{number:04}", place, own(number)) for number in range(1000)]
    copied = document("zoe", place, disguised(texts[7].source))
    started = time.monotonic()
    pairs = find_pairs([*texts, copied])
    assert time.monotonic() - started < 20
    assert [(pair.first, pair.second) for pair in pairs] == [("s0007", "zoe")]
