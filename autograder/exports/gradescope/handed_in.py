"""Find a lab's notebooks in Gradescope's submission folder, or in a zip that lies in it.

Does: match files to exercises by name, and read those, each with the defences of `collecting`. Does
not: follow links, write anything to disk, or look into a notebook (`intake` does).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.collecting.choosing import JUNK, notebook_name
from autograder.collecting.reading import UnreadableSubmission, read_submitted
from autograder.collecting.setting_aside import shown
from autograder.collecting.unzip import SafeZip, UnsafeZip
from autograder.intake import SIZE_LIMIT_BYTES

DEPTH_LIMIT = 6
ENTRY_LIMIT = 20_000
ZIP_LIMIT_BYTES = 60_000_000
WARNING_LIMIT = 20


@dataclass
class HandedIn:
    """A submission's notebooks.

    Attributes:
        notebooks: Contents by exercise.
        warnings: One sentence for each odd thing.
    """

    notebooks: dict[str, bytes] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def warn(self, sentence: str) -> None:
        """Keep a sentence; not without end."""
        if len(self.warnings) < WARNING_LIMIT:
            self.warnings.append(sentence)


@dataclass(frozen=True, order=True)
class _Found:
    """A notebook that could be an exercise's; the least one is taken.

    Attributes:
        renamed: Whether a browser or a platform appended something to its name.
        depth: In how many folders or zips it lies.
        place: Where it is, for a sentence.
        path: The file, or the zip that holds it.
        member: Its path in the zip; empty for a file.
    """

    renamed: bool
    depth: int
    place: str
    path: Path
    member: str = ""


def read_handed_in(folder: Path, exercises: Sequence[str]) -> HandedIn:
    """Read the notebooks of a submission; it never raises for what students send.

    Args:
        folder: Gradescope's submission folder; everything in it comes from the student.
        exercises: The lab's.
    """
    handed_in = HandedIn()
    found: dict[str, list[_Found]] = {name: [] for name in exercises}
    for path, depth in _files(folder, handed_in):
        for file_name, inside, place, member in _candidates(path, depth, handed_in):
            name = notebook_name(file_name, exercises)
            if name:
                renamed = PurePosixPath(file_name).stem != name
                found[name].append(_Found(renamed, inside, place, path, member))
            else:
                handed_in.warn(f"{place} is no notebook of this lab and was not graded.")
    for name, places in found.items():
        _take(name, sorted(places), handed_in)
    return handed_in


def _take(name: str, places: list[_Found], handed_in: HandedIn) -> None:
    """Read the first that can be read; name the others."""
    for one in places:
        if name in handed_in.notebooks:
            handed_in.warn(f"{one.place} is another {name}.ipynb and was not graded.")
            continue
        try:
            handed_in.notebooks[name] = _read(one)
        except UnreadableSubmission as problem:
            handed_in.warn(f"{one.place} {problem}, so it was not graded.")
        except UnsafeZip as problem:
            handed_in.warn(f"{shown(one.path.name)} {shown(str(problem))}; that was not graded.")


def _files(folder: Path, handed_in: HandedIn) -> Iterator[tuple[Path, int]]:
    """Everything named like a notebook or a zip, with its depth; folders that are links are not."""
    waiting, seen = [(folder, 0)], 0
    while waiting:
        here, depth = waiting.pop(0)
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            handed_in.warn(f"The folder {shown(here.name)} cannot be read: {error.strerror}.")
            continue
        for entry in entries:
            seen += 1
            if seen > ENTRY_LIMIT:
                handed_in.warn(f"There are more than {ENTRY_LIMIT} files; the rest was left out.")
                return
            if entry.name.startswith(".") or entry.name in JUNK:
                continue
            if entry.name.lower().endswith((".ipynb", ".zip")):
                yield Path(entry.path), depth
            elif entry.is_dir(follow_symlinks=False) and depth < DEPTH_LIMIT:
                waiting.append((Path(entry.path), depth + 1))


def _candidates(path: Path, depth: int, handed_in: HandedIn) -> Iterator[tuple[str, int, str, str]]:
    """The notebooks that a file is or holds: name, depth, place for a sentence, path in the zip."""
    zip_name = shown(path.name)
    if path.suffix.lower() == ".ipynb":
        yield path.name, depth, zip_name, ""
        return
    try:
        with SafeZip(read_submitted(path, ZIP_LIMIT_BYTES)) as archive:
            members = archive.members
    except (UnreadableSubmission, UnsafeZip) as problem:
        handed_in.warn(f"{zip_name} {problem}, so nothing in it was graded.")
        return
    for member in members:
        parts = member.path.split("/")
        if not member.path.lower().endswith(".ipynb") or JUNK & set(parts):
            continue
        place = f"{shown(member.path)} in {zip_name}"
        if member.problem:
            handed_in.warn(f"{place} {member.problem}, so it was not graded.")
        elif not parts[-1].startswith("."):
            yield parts[-1], depth + len(parts), place, member.path


def _read(one: _Found) -> bytes:
    """A notebook's content.

    Raises:
        UnreadableSubmission: It is no ordinary file, or too large.
        UnsafeZip: It cannot be unpacked.
    """
    if not one.member:
        return read_submitted(one.path, SIZE_LIMIT_BYTES)
    with SafeZip(read_submitted(one.path, ZIP_LIMIT_BYTES)) as archive:
        (member,) = [member for member in archive.members if member.path == one.member]
        return archive.read(member, SIZE_LIMIT_BYTES)
