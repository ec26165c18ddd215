"""One batch of hostile and honest students: secrets planted, machine watched, everything compared.

Used by `test_hostile`. Nothing here knows how the grader keeps students apart.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.grade import GradingRun, grade_lab
from autograder.grading.store import Store
from autograder.hostile.samples import HostileSample
from autograder.hostile.verdict import Outcome, judge
from autograder.lab import Exercise
from autograder.release.build import generate_assignment
from autograder.report import write_report
from autograder.report.collect import collect, report_folder
from autograder.sample_class import MARKER
from tests.autograder.conftest import LAB, Quiet

HONEST = ("honest-ada", "honest-grace", "honest-linus")
ESCAPED = "ESCAPED"  # what a sample prints when it got out; its source spells it in two halves
DAEMON = "hostile-corpus-daemon"
ROWS = """
SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score,
       grade.extra_credit, grade.needs_manual_grade
FROM grade JOIN base_cell ON base_cell.id = grade.cell_id
     JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
     JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
"""


@dataclass(frozen=True)
class Secrets:
    """Texts that must turn up nowhere, or only with their owner."""

    reference: str
    gradebook: str
    neighbour: str
    hidden_test: str
    seed: int


def plant(course: Course) -> Secrets:
    """Release the lab with secrets in its solutions, its hidden tests and the gradebook."""
    found = Secrets(
        reference=f"secret-{secrets.token_hex(8)}",
        gradebook=f"secret-{secrets.token_hex(8)}",
        neighbour=f"secret-{secrets.token_hex(8)}",
        hidden_test=f"secret-{secrets.token_hex(8)}",
        seed=secrets.randbits(48) | 1 << 47,
    )
    real = course.labs.resolve()
    course.labs.unlink()
    shutil.copytree(real, course.labs)
    for path in (course.labs / LAB).glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            begin = "    ### BEGIN SOLUTION\n"
            cell.source = cell.source.replace(begin, f"{begin}    # {found.reference}\n")
        nbformat.write(notebook, path)
    shutil.copytree(course.hidden_tests, course.root / "hidden_tests")
    for path in course.hidden_tests.rglob("test_*.py"):
        path.write_text(f"{path.read_text('utf-8')}\nKEPT = {found.hidden_test!r}\n", "utf-8")
    _release(course, found)
    return found


def _release(course: Course, found: Secrets) -> None:
    generate_assignment(course, LAB)
    with Gradebook(f"sqlite:///{course.build / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_student("planted", email=found.gradebook)


def forget(course: Course, found: Secrets) -> None:
    """Throw away all results and grades; submissions and secrets stay."""
    for name in ("store", "autograded", "feedback", "report"):
        shutil.rmtree(course.build / name)
    (course.build / "gradebook.db").unlink()
    _release(course, found)


def hand_in_honestly(course: Course, exercises: Mapping[str, Exercise], found: Secrets) -> Path:
    """Three students who solved Exercises 1 and 2, the first with a secret in a comment.

    Returns:
        That student's first notebook.
    """
    for number, student in enumerate(HONEST):
        folder = course.submitted / student / LAB
        folder.mkdir(parents=True)
        for name in ("ex1_base_model", "ex2_magnitude_pruning"):
            notebook = nbformat.from_dict(exercises[name].source)
            for cell in notebook.cells:
                cell.source = MARKER.sub("", cell.source)
                if cell.id == "ex1-hardware-task":
                    cell.source += f"\n# {number} {found.neighbour if number == 0 else ''}"
            nbformat.write(notebook, folder / f"{name}.ipynb")
    return course.submitted / HONEST[0] / LAB / "ex1_base_model.ipynb"


def grade(course: Course, found: Secrets, isolation: str) -> GradingRun:
    """Grade the batch with the planted seed, and write the class report."""
    run = grade_lab(course, LAB, Quiet(), seed=found.seed, isolation=isolation)
    write_report(collect(course, LAB), report_folder(course, LAB))
    return run


def outcomes(course: Course, run: GradingRun) -> dict[str, Outcome]:
    """What grading gave, by student."""
    data = collect(course, LAB)
    failed = dict(run.failed)
    found = {
        row.student_id: Outcome(row.scores, row.warnings, failed.get(row.student_id, ""))
        for row in data.students
    }
    for student, why in data.missing.items():
        found[student] = Outcome({}, [why], failed.get(student, ""))
    return found


def differences(
    samples: Iterable[HostileSample],
    exercises: Mapping[str, Exercise],
    graded: Mapping[str, Outcome],
) -> dict[str, list[str]]:
    """What each sample's verdict and outcome differ in; samples without a difference are left out.

    A sample with a known limit (`open`) must differ, so that the note goes when the limit does.
    """
    found = {}
    for sample in samples:
        outcome = graded.get(sample.student_id, Outcome({}, [], "not on the roster"))
        problems = judge(sample.expected(exercises), outcome)
        if sample.open:
            problems = [] if problems else ["its verdict is reached: remove `open`"]
        found[sample.name] = problems
    return {name: problems for name, problems in found.items() if problems}


def honest_rows(course: Course) -> list[tuple[object, ...]]:
    """The gradebook's rows of honest students, as they are."""
    with sqlite3.connect(course.build / "gradebook.db") as db:
        rows = db.execute(ROWS).fetchall()
    return sorted((row for row in rows if row[0] in HONEST), key=repr)


def honest_verdicts(course: Course, run: GradingRun) -> dict[str, list[object]]:
    """The verdicts of hidden tests on honest students, as the store has them."""
    store = Store(course.store)
    found: dict[str, list[object]] = {}
    for submission in run.submissions:
        if submission.student in HONEST:
            results = [store.get(key) for key in submission.keys.values()]
            found[submission.student] = [(r.scores, r.tests, r.warnings) for r in results if r]
    return found


def leaks(course: Course, run: GradingRun, found: Secrets) -> list[str]:
    """Where a secret, or a sign of an escape, lies in what grading wrote."""
    owner = HONEST[0]
    own = {key for s in run.submissions if s.student == owner for key in s.keys.values()}
    everywhere = [found.reference, found.gradebook, "SQLite format 3", found.hidden_test]
    problems = []
    for path in _written(course):
        text = path.read_bytes()
        theirs = owner in path.parts or path.stem in own
        words = [*everywhere, ESCAPED] if theirs else [*everywhere, ESCAPED, found.neighbour]
        if {"autograded", "feedback"} & set(path.parts):
            words.append(str(found.seed))
        problems += [
            f"{word!r} in {path.relative_to(course.build)}"
            for word in words
            if word.encode() in text
        ]
    return problems


def _written(course: Course) -> list[Path]:
    folders = [course.build / name for name in ("autograded", "feedback", "report")]
    files = [path for folder in folders for path in folder.rglob("*")]
    return [path for path in (*files, *course.store.glob("??/*.json")) if path.is_file()]


def live_scripts(pages: Iterable[Path]) -> list[str]:
    """Where a browser would run what a hostile student wrote: it always calls `hostile`."""
    problems = []
    for page in pages:
        for tag in BeautifulSoup(page.read_text("utf-8"), "html.parser").find_all(True):
            values = {
                name: str(value) for name, value in tag.attrs.items() if "hostile" in str(value)
            }
            bad = [n for n, v in values.items() if n[:2] == "on" or "javascript:" in v]
            if bad or (tag.name == "script" and "hostile()" in tag.text):
                problems.append(f"<{tag.name}> {bad} in {page}")
    return problems


def below() -> set[int]:
    """Processes that this one, or one of those, started: other tests' among them."""
    return {child.pid for child in psutil.Process().children(recursive=True)}


def survivors(course: Course, before: set[int]) -> list[str]:
    """Processes that grading left: new ones below, and whose command line names the course."""
    me = psutil.Process()
    mine = {me.pid, *(parent.pid for parent in me.parents())}
    new = below() - before
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        command = " ".join(process.info["cmdline"] or ())
        if process.pid in mine or "resource_tracker" in command:
            continue
        if process.pid in new or str(course.root) in command or DAEMON in command:
            found.append(f"{process.pid} {command[-300:]}")
    return found


def shared_memory() -> set[str]:
    """What hostile samples left in the machine's shared memory, which others use, too."""
    names = os.listdir("/dev/shm") if os.path.isdir("/dev/shm") else []
    return {name for name in names if "hostile" in name}


class Watch:
    """Watches how far the machine's free memory and disk fall while the block runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.memory_bytes = self.disk_bytes = 0

    def _look(self) -> None:
        memory, disk = self._free()
        while not self._done.wait(0.2):
            now = self._free()
            self.memory_bytes = max(self.memory_bytes, memory - now[0])
            self.disk_bytes = max(self.disk_bytes, disk - now[1])

    def _free(self) -> tuple[int, int]:
        return psutil.virtual_memory().available, shutil.disk_usage(self._folder).free

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def select(
    samples: Sequence[HostileSample], groups: str, names: str, dangerous: bool
) -> list[HostileSample]:
    """Samples by comma-separated group and sample names; empty takes all that may be run."""
    in_groups = {group.strip() for group in groups.split(",") if group.strip()}
    in_names = {name.strip() for name in names.split(",") if name.strip()}
    return [
        sample
        for sample in samples
        if (dangerous or not sample.needs_sandbox)
        and (not in_groups or sample.group in in_groups)
        and (not in_names or sample.name in in_names)
    ]
