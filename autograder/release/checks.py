"""What must hold before a release: points agree, answers score, stubs do not, nothing leaks."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.boundary.session import WarmProcess
from autograder.grading.carrying import carry
from autograder.grading.collection import collect_points
from autograder.intake import rebuild
from autograder.lab import Exercise

HEADING_POINTS = re.compile(r"\((\d+(?:\.\d+)?) points?\)")
REGION = re.compile(r"### BEGIN (?:SOLUTION|MARK SCHEME)\n(.*?)### END", re.DOTALL)
MARKERS = ("### BEGIN SOLUTION", "### BEGIN HIDDEN", "### BEGIN MARK SCHEME", "### END SOLUTION")
TEXT_SUFFIXES = frozenset({".ipynb", ".py", ".md", ".txt", ".yml", ".toml", ".csv", ".json"})
SHORTEST_ANSWER = 30


def point_problems(exercise: Exercise) -> list[str]:
    """Where headings, graded cells and hidden tests disagree about points."""
    problems = []
    for task in exercise.tasks:
        stated = HEADING_POINTS.search(task.title)
        if not stated or float(stated.group(1)) != task.points:
            problems.append(
                f"{exercise.name}: the heading {task.title!r} and the cell {task.grade_id} "
                f"({task.points:g} points) must state the same points."
            )
    if not exercise.hidden_tests:
        return problems
    points = collect_points(exercise)
    for task in exercise.tasks:
        total = points.get(task.grade_id, 0.0)
        if not task.manual and abs(total - task.points) > 1e-6:
            problems.append(
                f"{exercise.name}: the hidden tests of {task.grade_id} give {total:g} points, "
                f"the cell says {task.points:g}."
            )
    return problems


def score_problems(
    exercise: Exercise, lab: Sequence[Exercise], warm: WarmProcess, seed: int
) -> list[str]:
    """Whether the solution earns everything and the stub nothing, on the lab's own functions.

    No cell of the solution may end in an error: what works at home works behind the walls.
    """
    from autograder.grading.notebook import grade_notebook  # seconds of imports

    problems = []
    earlier = {each.name: each for each in lab}
    sources = {each.name: each.source for each in lab}
    marks = {each.name: each.full_marks for each in lab}
    carried = carry(exercise, earlier, sources, marks)
    for what, notebook in (("solution", exercise.source), ("stub", exercise.student_edition)):
        raw = _to_bytes(notebook)
        rebuilt = rebuild(raw, exercise).notebook
        result = grade_notebook(warm, rebuilt, exercise, seed, carried=carried, every_option=True)
        for task in exercise.tasks:
            wanted = task.points if what == "solution" else 0.0
            got = result.scores.get(task.grade_id, 0.0)
            if not task.manual and got != wanted:
                failed = [
                    f"{test.title}: {test.message}"
                    for test in result.tests
                    if test.task == task.grade_id and test.passed != (what == "solution")
                ]
                problems.append(
                    f"{exercise.name}: the {what} scores {got:g} of {task.points:g} in "
                    f"{task.grade_id}, not {wanted:g}. {' '.join(failed)}"
                )
        problems += [f"{exercise.name}: with the {what}, {w}" for w in result.warnings]
        if what == "solution":
            problems += [f"{exercise.name}: {error}" for error in errors_shown(result.notebook)]
    return problems


def errors_shown(notebook: NotebookNode) -> list[str]:
    """Which cells of a graded notebook ended in an error, and in which."""
    return [
        f"the cell {cell.id} ends in {output.ename} while it is graded: {output.evalue}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


def _to_bytes(notebook: object) -> bytes:
    return str(nbformat.writes(notebook)).encode()


def leak_problems(folder: Path, exercises: list[Exercise], labkit: Path) -> list[str]:
    """Where a student edition holds an answer, a marking scheme or a hidden test.

    Args:
        folder: The student edition.
        exercises: The lab's exercises.
        labkit: The full labkit, whose marked regions are secret too.
    """
    secrets = _answers(exercises, labkit) | _hidden_tests(exercises)
    problems = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix not in TEXT_SUFFIXES:
            continue
        name = path.relative_to(folder)
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            text = _notebook_text(path)
        problems += [f"{name} holds the marker {m!r}." for m in MARKERS if m in text]
        lines = Counter(_lines(text))
        problems += [
            f"{name} holds {what}."
            for what, secret in secrets.items()
            if secret and all(lines[line] for line in secret)
        ]
    return problems


def _lines(text: str) -> list[str]:
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def _notebook_text(path: Path) -> str:
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


def _answers(exercises: list[Exercise], labkit: Path) -> dict[str, list[str]]:
    """The lines of each marked region that is long enough to be known again."""
    texts = {f"the answer of {t.grade_id}": t.reference for e in exercises for t in e.tasks}
    for path in sorted(labkit.rglob("*.py")):
        texts[f"the answer in labkit's {path.name}"] = path.read_text(encoding="utf-8")
    regions = {
        f"{what} ({number})": _lines(region)
        for what, text in texts.items()
        for number, region in enumerate(REGION.findall(text), start=1)
    }
    return {k: lines for k, lines in regions.items() if sum(map(len, lines)) >= SHORTEST_ANSWER}


def _hidden_tests(exercises: list[Exercise]) -> dict[str, list[str]]:
    """The body of each hidden test."""
    found = {}
    for path in (path for exercise in exercises for path in exercise.hidden_tests):
        source = path.read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef):
                body = ast.get_source_segment(source, node) or ""
                found[f"the hidden test {node.name}"] = _lines(body)
    return found
