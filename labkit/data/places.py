"""Where data may lie: the argument, `LABKIT_DATA`, a `data` folder here or above, the course's."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from labkit.errors import DataError

COURSE_ROOT = Path(__file__).resolve().parents[2]
# The folders inside `data/` that are committed.
STAND_IN = "digits"
STAND_IN_REVIEWS = "reviews"


def find_folder(
    holds: Callable[[Path], bool],
    title: str,
    stand_in: str,
    expected: str,
    what: str,
    data_dir: str | os.PathLike[str] | None = None,
) -> Path:
    """Return the folder that holds a data set: the named one, or the first that has it.

    Args:
        holds: Whether a folder holds the data set.
        title: The data set's name in words.
        stand_in: Name of the folder in `data/` that holds its offline stand-in.
        expected: The files that are looked for, in words.
        what: The data set's name for `labkit data download`.
        data_dir: The folder that was given as an argument, None if there was none.

    Raises:
        DataError: The named folder does not hold it, or there is none at all.
    """
    command = "labkit data download" + ("" if what == "mnist" else f" --what {what}")
    named = named_folder(data_dir)
    if named is not None:
        if not holds(named):
            raise DataError(
                f"The folder {named} holds no {title}: expected {expected} there; "
                f"`{command} --to {named}` fetches them."
            )
        return named
    folders = list(data_folders())
    for root in (*folders, *(folder / stand_in for folder in folders)):
        if holds(root):
            return root
    raise DataError(
        f"There is no {title} here, and the course's offline stand-in (data/{stand_in}) is "
        f"missing too; work inside the course folder, or fetch {title} with `{command}`."
    )


def is_stand_in(folder: Path, name: str) -> bool:
    """Whether a data set's own folder lies in the stand-in's, links resolved."""
    return folder.resolve().parent.name == name


def named_folder(data_dir: str | os.PathLike[str] | None) -> Path | None:
    """Return the folder that the user named, by argument or by `LABKIT_DATA`.

    A relative name is looked up from the working folder, then from each folder above it, then from
    the course's root, since notebooks run in their own folder.

    Args:
        data_dir: The argument, None if there was none.

    Returns:
        The folder, None if nothing was named.

    Raises:
        DataError: The named folder does not exist.
    """
    name = os.environ.get("LABKIT_DATA", "") if data_dir is None else str(data_dir)
    if not name:
        return None
    here = Path.cwd()
    for base in (here, *here.parents, COURSE_ROOT):
        folder = base / Path(name).expanduser()
        if folder.is_dir():
            return folder
    said_by = "LABKIT_DATA" if data_dir is None else "data_dir"
    raise DataError(
        f"{said_by} names the folder {name!r}, which does not exist; "
        f"correct it, or leave it out to use the data that comes with the course."
    )


def data_folders() -> Iterator[Path]:
    """Yield each existing `data` folder: here, in the folders above, in the course."""
    here = Path.cwd()
    for base in dict.fromkeys((here, *here.parents, COURSE_ROOT)):
        if (base / "data").is_dir():
            yield base / "data"


def download_folder() -> Path:
    """Return the folder that downloads go to: the nearest `data` folder, or a new one here."""
    return next(data_folders(), Path.cwd() / "data")
