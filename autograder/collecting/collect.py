"""Collecting: from pieces that came to submissions in their place, each student by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from autograder.collecting.choosing import JUNK, Choice, Entry, Refused, choose
from autograder.collecting.names import Naming, Owner
from autograder.collecting.placing import OLDER, place
from autograder.collecting.setting_aside import shown
from autograder.collecting.sources import STUDENT_ZIP_BYTES, Piece, opened
from autograder.collecting.times import comes_twice
from autograder.collecting.unzip import SafeZip, TooLarge, UnsafeZip
from autograder.course import Course

if TYPE_CHECKING:
    from autograder.grade import Progress
    from autograder.settings import LabSettings

NOT_TAKEN = "not taken"


@dataclass
class HandIn:
    """What one student handed in: the pieces and the names that say so."""

    owner: Owner
    pieces: list[tuple[Owner, Piece]] = field(default_factory=list)


@dataclass
class Outcome:
    """What became of one hand-in.

    Attributes:
        owner: Whose it is, and how that is known.
        what: What happened, in a word or two.
        received: When it came, in UTC.
        clock: Which clock said so.
        notebooks: Names of the lab's notebooks in it.
        notes: One sentence for each odd thing.
    """

    owner: Owner
    what: str = NOT_TAKEN
    received: dt.datetime | None = None
    clock: str = ""
    notebooks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """What is collected, and how.

    Attributes:
        lab: The lab.
        notebooks: The names of its notebooks.
        naming: Finds out whose a file is.
        zone: The course's time zone.
        settings: The lab's, with its due date.
        received: When everything came, where the instructor says so.
        dry_run: Whether nothing is written.
    """

    lab: str
    notebooks: Collection[str]
    naming: Naming
    zone: ZoneInfo
    settings: LabSettings
    received: dt.datetime | None = None
    dry_run: bool = False


def collect(
    course: Course, source: Path, plan: Plan, progress: Progress
) -> tuple[list[Outcome], list[str]]:
    """Collect everything in a source.

    Returns:
        What became of each hand-in, and the names that fit nothing.

    Raises:
        CourseError: The source cannot be read at all.
    """
    with opened(source, plan.naming, plan.zone) as (pieces, naming):
        hand_ins, nameless = _by_student(pieces, naming)
        for name in nameless:
            progress.step(shown(name), "its name says no student's id; skipped.")
        progress.start("Collecting", len(hand_ins))
        outcomes = []
        for hand_in in hand_ins:
            outcome = _take(course, hand_in, plan)
            outcomes.append(outcome)
            name = outcome.owner.student
            progress.step(name, f".\n  {name}: ".join(outcome.notes) + "." * bool(outcome.notes))
    return outcomes, nameless


def _by_student(pieces: Iterable[Piece], naming: Naming) -> tuple[list[HandIn], list[str]]:
    """The hand-ins by student, those of the same name apart; and names that fit nothing."""
    owned: list[tuple[Owner, Piece]] = []
    nameless: dict[str, None] = {}
    for piece in pieces:
        if JUNK & set(piece.path.split("/")):
            continue
        owner = naming.owner(piece.path)
        if owner:
            owned.append((owner, piece))
        else:
            nameless[piece.path] = None
    numbers: dict[str, set[str]] = {}
    for owner, _ in owned:
        numbers.setdefault(owner.student, set()).add(owner.number)
    hand_ins: dict[str, HandIn] = {}
    for owner, piece in owned:
        if len(numbers[owner.student]) > 1:  # two people of one name
            owner = replace(owner, student=f"{owner.student}_{owner.number}")
        hand_ins.setdefault(owner.student, HandIn(owner)).pieces.append((owner, piece))
    return [hand_ins[student] for student in sorted(hand_ins)], list(nameless)


def _take(course: Course, hand_in: HandIn, plan: Plan) -> Outcome:
    """Collect one hand-in; whatever is wrong with it stops with it."""
    outcome = Outcome(hand_in.owner)
    if plan.naming.roster and hand_in.owner.student not in plan.naming.roster:
        outcome.notes.append("the gradebook does not know this id")
    try:
        files = _read(hand_in, plan, outcome)
        assert outcome.received is not None
        outcome.notebooks = sorted(name for name in files if name.endswith(".ipynb"))
        outcome.what = place(
            course,
            plan.lab,
            hand_in.owner.student,
            files,
            outcome.received,
            exact=plan.received is not None,
            dry_run=plan.dry_run,
        )
    except (Refused, UnsafeZip) as problem:
        outcome.notes.append(f"not taken, it {problem}")
    except OSError as error:
        outcome.notes.append(f"not taken, it cannot be written ({error.strerror})")
    if outcome.what == OLDER:
        outcome.notes.append(
            "the submission there came later and was kept; --received takes this one all the same"
        )
    return outcome


def _read(hand_in: HandIn, plan: Plan, outcome: Outcome) -> dict[str, bytes]:
    """The files that are taken, and when they came."""
    folders = sorted({owner.came_as for owner, _ in hand_in.pieces if owner.by == "folder"})
    if len(folders) > 1:
        raise Refused(f"shares its id with another folder: {_some(folders)}")
    pieces = _current(hand_in.pieces, outcome)
    last = max((piece for _, piece in pieces), key=lambda piece: piece.received)
    _set_time(hand_in.owner, last, plan, outcome)
    archives: list[SafeZip] = []
    try:
        entries: list[Entry] = []
        for owner, piece in pieces:
            if piece.is_zip:
                archives.append(SafeZip(piece.read(STUDENT_ZIP_BYTES)))
                entries += _entries(archives[-1], owner.came_as)
            else:
                entries.append(Entry(owner.file, piece.problem, piece.read))
        choice = choose(entries, plan.lab, plan.notebooks)
        outcome.notes += choice.notes
        files = _contents(choice, outcome)
    finally:
        for archive in archives:
            archive.__exit__()
    if choice.left_out:
        outcome.notes.append(f"left out: {_some(choice.left_out)}")
    return files


def _set_time(owner: Owner, last: Piece, plan: Plan, outcome: Outcome) -> None:
    """When a hand-in came: the instructor's word, else the platform's, else the file's time."""
    outcome.received, outcome.clock = last.received, last.clock
    if plan.received:
        outcome.received, outcome.clock = plan.received, "what --received said"
        return
    if comes_twice(last.received, plan.zone):
        outcome.notes.append("the clock showed this time twice that night; the earlier one counts")
    due = plan.settings.due_of(owner.student)
    if due is None or owner.late is None or last.received <= due:
        return
    # Canvas gives every file the time at which it made the zip, so only its mark tells who is late.
    if owner.late:
        outcome.notes.append("Canvas says late but not since when; this is when it made the zip")
    else:
        outcome.received, outcome.clock = due, "the due date where Canvas does not say LATE"


def _current(pieces: list[tuple[Owner, Piece]], outcome: Outcome) -> list[tuple[Owner, Piece]]:
    """The pieces without the zips that a later one replaces."""
    zips = [pair for pair in pieces if pair[1].is_zip]
    if len(zips) < 2:
        return pieces
    latest = max(piece.received for _, piece in zips)
    newest = [pair for pair in zips if pair[1].received == latest]
    if len(newest) > 1:
        raise Refused(f"came as several zips of one time: {_some([p.path for _, p in newest])}")
    others = [piece.path for _, piece in zips if piece is not newest[0][1]]
    outcome.notes.append(f"{_some(others)} came earlier than {shown(newest[0][1].path)}; left out")
    return [pair for pair in pieces if not pair[1].is_zip] + newest


def _entries(archive: SafeZip, container: str) -> list[Entry]:
    def reader(place: int) -> Entry:
        member = archive.members[place]
        return Entry(
            member.path,
            member.problem,
            lambda limit_bytes: archive.read(member, limit_bytes),
            container,
        )

    return [reader(place) for place in range(len(archive.members))]


def _contents(choice: Choice, outcome: Outcome) -> dict[str, bytes]:
    """Read what was chosen; a result that is too large is left out, a notebook stops it all."""
    files = {}
    for name, (entry, limit_bytes) in choice.files.items():
        try:
            files[name] = entry.read(limit_bytes)
        except TooLarge as problem:
            if name.endswith(".ipynb"):
                raise
            outcome.notes.append(f"it {problem}; left out")
    return files


def _some(names: list[str]) -> str:
    first = ", ".join(shown(name) for name in names[:3])
    return first if len(names) <= 3 else f"{first} and {len(names) - 3} more"
