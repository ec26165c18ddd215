"""Where data may lie: the argument, `LABKIT_DATA`, a `data` folder here or above, the course's."""

import os
from collections.abc import Iterator
from pathlib import Path

from labkit.errors import DataError

COURSE_ROOT = Path(__file__).resolve().parents[2]
STAND_IN = "digits"  # the folder inside `data/` that is committed


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
