"""Keeps what is no ordinary file in a submission away from nbgrader, which copies what links mean.

Before nbgrader converts a submission it copies every other file of the folder, through symbolic
links, to `build/autograded` and from there to `build/feedback`, which students are given. So a link
to the gradebook would be handed out. nbgrader calls `before_copying` first, by its own option
`Autograde.pre_convert_hook`; odd things go to `.set-aside` in the same folder, which
`CourseDirectory.ignore` names. There they stay as they came, and go when the student's next
submission takes the folder's place.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.collecting.reading import problem_of
from autograder.intake import SIZE_LIMIT_BYTES

SET_ASIDE = ".set-aside"
PAGES = (".htm", ".html", ".xhtml", ".svg")
DEEPEST = 20  # folders in folders

_log = logging.getLogger("autograder.nbgrader.set_aside")


def odd_entries(folder: Path, limit_bytes: int = SIZE_LIMIT_BYTES) -> dict[str, str]:
    """What in a student's folder of a lab is no ordinary file, set aside or not.

    Args:
        folder: `build/submitted/<student>/<lab>`.
        limit_bytes: Files larger than this are odd too.

    Returns:
        Why, in one clause, by the name within the folder.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        return {}
    odd = dict(_walk(folder, "", limit_bytes))
    aside = folder / SET_ASIDE
    if not aside.is_symlink():
        before = _walk(aside, "", limit_bytes)
        odd |= {name: why for name, why in before if not os.path.lexists(folder / name)}
    return odd


def set_aside(folder: Path, limit_bytes: int = SIZE_LIMIT_BYTES) -> dict[str, str]:
    """Move what is odd into the folder's `.set-aside`, links as links.

    Returns:
        What was moved now, and why.

    Raises:
        OSError: It cannot be moved.
    """
    moved = {}
    for place in (folder.parent, folder):  # the student's folder, then the lab's in it
        if place.is_symlink():
            _replace_link(place, folder)
            moved[place.name] = "is a symbolic link"
    aside = folder / SET_ASIDE
    if aside.is_symlink() or (aside.exists() and not aside.is_dir()):
        _move(aside, folder / f"{SET_ASIDE}.odd")
    for name, problem in sorted(_walk(folder, "", limit_bytes)):
        _move(folder / name, aside / name)
        moved[name] = problem
    return moved


def before_copying(assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """Set odd things aside before nbgrader copies a folder; its `pre_convert_hook`.

    Args:
        assignment: The lab.
        student: A pattern, often `*`; so the folder is taken from the notebooks.
        notebooks: The paths that nbgrader is about to convert.
    """
    folder = Path(notebooks[0]).parent
    try:
        for name, problem in set_aside(folder).items():
            _log.warning("%s: %s %s; set aside.", folder, shown(name), problem)
    except OSError as error:
        # nbgrader goes on after an exception of this hook, and would copy what links point to.
        _log.error("%s holds links that cannot be moved away: %s", folder, error)
        raise SystemExit(1) from None


def shown(name: str) -> str:
    """A file's name for a line of output: what cannot be printed becomes a question mark."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= 80 else plain[:79] + "…"


def _walk(folder: Path, inside: str, limit_bytes: int) -> Iterator[tuple[str, str]]:
    """Names within the folder with what is wrong with each."""
    try:
        with os.scandir(folder) as entries:
            inner = [(entry, entry.stat(follow_symlinks=False)) for entry in entries]
    except OSError:
        if inside and os.path.lexists(folder):
            yield inside.rstrip("/"), "cannot be read"
        return
    for entry, found in inner:
        name = inside + entry.name
        problem = _problem(name, found, limit_bytes)
        if problem:
            yield name, problem
        elif stat.S_ISDIR(found.st_mode) and name != SET_ASIDE:
            yield from _walk(Path(entry.path), f"{name}/", limit_bytes)


def _problem(name: str, found: os.stat_result, limit_bytes: int) -> str:
    if stat.S_ISDIR(found.st_mode):
        if name.count("/") >= DEEPEST:
            return f"lies more than {DEEPEST} folders deep"
        return "is a folder" if name.endswith(".ipynb") else ""
    if name.lower().endswith(PAGES):
        return "is a page for browsers, which would show among the feedback"
    return problem_of(found, limit_bytes, is_notebook="/" not in name and name.endswith(".ipynb"))


def _replace_link(link: Path, folder: Path) -> None:
    """Put a real folder where a link to one is, with the link in it, set aside."""
    beside = link.with_name(f".{link.name}.link")
    os.rename(link, beside)
    (folder / SET_ASIDE).mkdir(parents=True)
    os.rename(beside, folder / SET_ASIDE / link.name)


def _move(path: Path, target: Path) -> None:
    """Move a file or link, also out of a folder that its student made read-only."""
    target.parent.mkdir(parents=True, exist_ok=True)
    while os.path.lexists(target):
        target = target.with_name(f"{target.name}.again")
    for folder in (path.parent, path):
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o755)
    os.rename(path, target)
