"""Reads hostile samples and builds them into submissions.

A sample is a folder under `samples/hostile/` with `verdict.toml` and, for each notebook, files as
in the sample class: `<notebook>/ex1-baseline.py` is the text of the cell ex1-baseline-task, and
`<notebook>/after-ex1-setup.py` an extra cell. Everything else is an honest student's solution.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.hostile import folder_edits, notebook_edits
from autograder.hostile.place import EDITS, Place
from autograder.hostile.verdict import VERDICTS, Expected
from autograder.lab import Exercise
from autograder.sample_class import SAMPLES, Sample, SampleError, fill_in

HOSTILE = SAMPLES / "hostile"
WRONG = HOSTILE / "_wrong"
NOTEBOOKS = ("ex1_base_model", "ex2_magnitude_pruning")
DANGEROUS = ("Killing", "Escaping")
BEYOND = "beyond: "
__all__ = ["HostileSample", "build_hostile", "folder_edits", "load_hostile", "notebook_edits"]


@dataclass(frozen=True)
class HostileSample:
    """One attack and its verdict.

    Attributes:
        name: The folder's name.
        folder: Where its files are.
        shows: What it tries, in one line.
        source: The paragraph of the list of threats that it comes from, or `beyond: ` and that
            paragraph's name where the list does not have it.
        verdict: A letter of `VERDICTS`.
        warning: A regular expression for the instructor's warning; empty where none is due.
        notebooks: What is handed in: by default those that it has files for, else both.
        wrong: Tasks such as `ex1-baseline` that get a standard wrong answer, behind the sample's
            own text for that cell if it has one. They score 0.
        zero: Further graded cells that score 0.
        lost_from: Of a notebook, all from this graded cell on scores 0.
        lost: Notebooks of which everything scores 0.
        points: Points of single graded cells where they are neither 0 nor full.
        edit: The name of a registered function that makes the hostile form.
        edits: Which notebook it edits; the first one handed in by default.
        student: The student's id; by default the name.
        dangerous: Whether it can harm a machine without a sandbox, beside those of `DANGEROUS`.
        open: Why this verdict cannot be reached yet; empty for all but known limits.
    """

    name: str
    folder: Path
    shows: str
    source: str
    verdict: str
    warning: str = ""
    notebooks: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    lost_from: str = ""
    lost: tuple[str, ...] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    edit: str = ""
    edits: str = ""
    student: str = ""
    dangerous: bool = False
    open: str = ""

    @property
    def group(self) -> str:
        """The paragraph's name, such as `Killing`."""
        return self.source.removeprefix(BEYOND)

    @property
    def needs_sandbox(self) -> bool:
        """Whether it must not be run where nothing holds it."""
        return self.dangerous or self.group in DANGEROUS

    @property
    def student_id(self) -> str:
        """The folder's name among the submissions."""
        return self.student or self.name

    @property
    def handed_in(self) -> tuple[str, ...]:
        """The notebooks that it hands in."""
        written = tuple(name for name in NOTEBOOKS if (self.folder / name).is_dir())
        wrong = tuple(name for name in NOTEBOOKS if any(w[:3] == name[:3] for w in self.wrong))
        own = tuple(name for name in NOTEBOOKS if name in {*written, *wrong})
        return self.notebooks or own or NOTEBOOKS

    def expected(self, exercises: Mapping[str, Exercise]) -> Expected:
        """What is due for it, with the points of every task of the notebooks handed in.

        Raises:
            SampleError: The verdict names a task that those notebooks do not have.
        """
        points = {
            task.grade_id: 0.0 if name in self.lost else task.points
            for name in self.handed_in
            for task in exercises[name].tasks
            if not task.manual
        }
        zero = [*self.zero, *(f"{task}-check" for task in self.wrong)]
        for task in [*zero, *self.points, *([self.lost_from] if self.lost_from else [])]:
            if task not in points:
                raise SampleError(f"{self.folder}/verdict.toml: it hands in no task {task!r}.")
        names = list(points)
        if self.lost_from:
            own = [t for t in names[names.index(self.lost_from) :] if t[:3] == self.lost_from[:3]]
            zero += own
        points |= dict.fromkeys(zero, 0.0) | dict(self.points)
        return Expected(self.verdict, points, self.warning)


def load_hostile(names: Sequence[str] = ()) -> list[HostileSample]:
    """Read the corpus, or some of it, in the order of names.

    Raises:
        SampleError: A sample cannot be read, or there is none of that name.
    """
    folders = {path.parent.name: path.parent for path in sorted(HOSTILE.glob("*/verdict.toml"))}
    unknown = sorted(set(names) - set(folders))
    if unknown or not folders:
        raise SampleError(f"There is no hostile sample {', '.join(unknown)} in {HOSTILE}.")
    return [_load(folder) for name, folder in folders.items() if not names or name in names]


def _load(folder: Path) -> HostileSample:
    path = folder / "verdict.toml"
    try:
        about = tomllib.loads(path.read_text("utf-8"))
        lists = {k: tuple(v) for k, v in about.items() if isinstance(v, list)}
        sample = HostileSample(name=folder.name, folder=folder, **(about | lists))
        re.compile(sample.warning)
    except (OSError, ValueError, TypeError, re.error) as error:
        raise SampleError(f"{path} cannot be read: {error}.") from error
    if sample.verdict not in VERDICTS:
        raise SampleError(f"{path}: verdict is {sample.verdict!r}, expected one of Z, N, W, F.")
    if sample.edit and sample.edit not in EDITS:
        raise SampleError(f"{path}: there is no edit {sample.edit!r} among {', '.join(EDITS)}.")
    return sample


def build_hostile(
    samples: Sequence[HostileSample],
    exercises: Mapping[str, Exercise],
    submitted: Path,
    gradebook: Path,
    neighbour: Path,
) -> list[str]:
    """Write each sample's submission as `<student>/<lab>/`; what it had there is replaced.

    Args:
        samples: Which ones.
        exercises: The lab, by notebook.
        submitted: The folder of submissions.
        gradebook: A file that no submission may see; links of attacks point at it.
        neighbour: Another student's notebook; links of attacks point at it, too.

    Returns:
        The students' ids.

    Raises:
        SampleError: A sample names a notebook or a cell that the lab does not have.
    """
    for sample in samples:
        folder = submitted / sample.student_id / next(iter(exercises.values())).lab
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in sample.handed_in:
            _write_notebook(sample, exercises[name], folder)
        if sample.edit:
            notebook = sample.edits or sample.handed_in[0]
            EDITS[sample.edit](Place(folder, notebook, gradebook, neighbour))
    return [sample.student_id for sample in samples]


def _write_notebook(sample: HostileSample, exercise: Exercise, folder: Path) -> None:
    as_class = Sample(sample.student_id, sample.folder, sample.shows, fill="solution")
    edition = exercise.student_edition
    notebook = fill_in(as_class, exercise.name, edition, exercise.source)
    for task in sample.wrong:
        if task[:3] != exercise.name[:3]:
            continue
        cell = next((cell for cell in notebook.cells if cell.id == f"{task}-task"), None)
        if cell is None:
            raise SampleError(f"{sample.folder}/verdict.toml: there is no task {task!r}.")
        attack = sample.folder / exercise.name / f"{task}.py"
        own = attack.read_text("utf-8") + "\n\n" if attack.is_file() else ""
        cell.source = own + (WRONG / f"{task}.py").read_text("utf-8").rstrip("\n")
    nbformat.write(notebook, folder / f"{exercise.name}.ipynb")
