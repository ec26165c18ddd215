"""Which files of a hand-in are taken: the lab's notebooks, and a few kinds of results.

Grading uses the notebooks only. `labkit submit` packs tables, the report and its receipt as well,
so these are kept for the instructor to read; nothing else is.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.collecting.names import COPY
from autograder.collecting.setting_aside import shown
from autograder.intake import SIZE_LIMIT_BYTES
from autograder.late import TIMESTAMP
from labkit.variant import FILE_NAME as VARIANT

# What `labkit submit` packs beside notebooks, with the largest size of each kind.
RESULTS_BYTES = {
    "*.csv": 5_000_000,
    "results/*.csv": 5_000_000,
    "results/*/*.csv": 5_000_000,
    "*.pdf": 20_000_000,
    "receipt.json": 1_000_000,
    VARIANT: 10_000,
}
MOST_RESULTS = 60
JUNK = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini"}
CANVAS_COPY = re.compile(r"-\d{1,2}$")  # what Canvas adds when a file is handed in again
PLAIN = re.compile(r"[^\W_][\w .,()+=@-]*")


class Refused(Exception):
    """Why nothing of a hand-in is taken: one clause."""


@dataclass(frozen=True)
class Entry:
    """One file that came.

    Attributes:
        path: Its path within what came.
        problem: Why it must not be taken, in one clause; empty where it may.
        read: Reads it, told the largest size that it may have.
        container: The zip that it came in; empty for a loose file.
    """

    path: str
    problem: str
    read: Callable[[int], bytes]
    container: str = ""

    @property
    def parts(self) -> list[str]:
        """The parts of its path, divided in every way that some system would."""
        return re.split(r"[/\\]", self.path)


@dataclass
class Choice:
    """What is taken.

    Attributes:
        files: Entry and largest size by the name in the lab's folder.
        left_out: Names of what is not.
        notes: Sentences about odd things.
    """

    files: dict[str, tuple[Entry, int]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def choose(entries: Iterable[Entry], lab: str, notebooks: Collection[str]) -> Choice:
    """Choose among the files of one student's hand-in.

    Args:
        entries: All of them; their contents are not read.
        lab: The lab; of two files of one name, the one in a folder of that name counts.
        notebooks: The names of the lab's notebooks, without ending.

    Raises:
        Refused: There is no notebook of the lab, one is there twice, or one must not be taken.
    """
    real = [entry for entry in entries if not JUNK & set(entry.parts)]
    choice = Choice()
    claimed: dict[str, list[Entry]] = {}
    for entry in real:
        name = notebook_name(entry.parts[-1], notebooks)
        if name:
            claimed.setdefault(name, []).append(entry)
    if not claimed:
        inner = any(entry.path.lower().endswith(".zip") for entry in real)
        raise Refused(
            "holds no notebook of this lab" + (", only a zip inside the zip" if inner else "")
        )
    for name, rivals in sorted(claimed.items()):
        choice.files[f"{name}.ipynb"] = (_one_of(name, rivals, lab), SIZE_LIMIT_BYTES)
    taken = {id(entry) for entry, _ in choice.files.values()}
    _choose_results([entry for entry in real if id(entry) not in taken], choice)
    return choice


def notebook_name(file_name: str, notebooks: Collection[str]) -> str:
    """The notebook of the lab that a file is, copies by a browser or a platform included.

    >>> notebook_name("ex1_base_model (1).ipynb", {"ex1_base_model"})
    'ex1_base_model'
    """
    stem, suffix = PurePosixPath(file_name).stem, PurePosixPath(file_name).suffix
    if suffix.lower() != ".ipynb":
        return ""
    names = (stem, COPY.sub("", stem), CANVAS_COPY.sub("", stem))
    return next((name for name in names if name in notebooks), "")


def _one_of(name: str, rivals: list[Entry], lab: str) -> Entry:
    """The one entry that is a notebook; a student who hands in two has to say which."""
    for entry in rivals:
        if entry.problem:
            raise Refused(f"holds {shown(entry.path)}, which {entry.problem}")
    exact = [entry for entry in rivals if entry.parts[-1] == f"{name}.ipynb"] or rivals
    named = [entry for entry in exact if lab in entry.parts] or exact
    depth = min(len(entry.parts) for entry in named)
    left = [entry for entry in named if len(entry.parts) == depth]
    if len(left) > 1 or len({entry.container for entry in rivals}) > 1:
        both = " and ".join(shown(entry.path) for entry in (left if len(left) > 1 else rivals)[:2])
        raise Refused(f"holds {name}.ipynb twice: {both}")
    return left[0]


def _choose_results(entries: list[Entry], choice: Choice) -> None:
    bases: dict[str, tuple[str, ...]] = {}
    for entry, _ in choice.files.values():
        parent = tuple(entry.parts[:-1])
        bases[entry.container] = min(bases.get(entry.container, parent), parent, key=len)
    there = {name.casefold() for name in choice.files}
    for entry in entries:
        base = bases.get(entry.container, ())
        inside = tuple(entry.parts[: len(base)]) == base
        name = "/".join(entry.parts[len(base) :])
        limit_bytes = _limit_bytes(name) if inside else 0
        if entry.parts[-1] == TIMESTAMP:
            choice.notes.append(
                f"{shown(entry.path)} is ignored: when it came is not for the student to say"
            )
        elif entry.problem:
            choice.notes.append(f"{shown(entry.path)} {entry.problem}; left out")
        elif limit_bytes and name.casefold() not in there and len(there) < MOST_RESULTS:
            choice.files[name] = (entry, limit_bytes)
            there.add(name.casefold())
        else:
            choice.left_out.append(entry.path)


def _limit_bytes(name: str) -> int:
    """The largest size of a result of that name; 0 where it is none."""
    if not all(PLAIN.fullmatch(part) for part in name.split("/")):
        return 0
    return next(
        (
            limit_bytes
            for pattern, limit_bytes in RESULTS_BYTES.items()
            if pattern.count("/") == name.count("/") and fnmatch.fnmatchcase(name, pattern)
        ),
        0,
    )
