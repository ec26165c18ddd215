"""Edits of a submission's folder: links, pipes, archives, huge and odd files.

Nothing huge takes disk: big files are holes, and the bomb's zip is small until somebody opens it.
"""

from __future__ import annotations

import os
import zipfile

from autograder.hostile.notebook_edits import BIG_BYTES
from autograder.hostile.place import Place, edit

TERABYTE = 10**12


@edit
def link_to_gradebook(place: Place) -> None:
    """The notebook is a symbolic link to the gradebook."""
    place.path.unlink()
    place.path.symlink_to(place.gradebook)


@edit
def link_to_neighbour(place: Place) -> None:
    """The notebook is a symbolic link to another student's."""
    place.path.unlink()
    place.path.symlink_to(place.neighbour)


@edit
def hard_link_to_neighbour(place: Place) -> None:
    """The notebook is another name of another student's file."""
    place.path.unlink()
    os.link(place.neighbour, place.path)


@edit
def link_beside(place: Place) -> None:
    """Links beside the notebooks, to the gradebook, to a folder and to themselves."""
    (place.folder / "grades.db").symlink_to(place.gradebook)
    (place.folder / "others").symlink_to(place.neighbour.parent)
    (place.folder / "loop").symlink_to(place.folder / "loop")


@edit
def pipe_as_notebook(place: Place) -> None:
    """The notebook is a FIFO: reading it waits for ever."""
    place.path.unlink()
    os.mkfifo(place.path)


@edit
def pipe_as_data(place: Place) -> None:
    """A FIFO lies beside the notebooks."""
    os.mkfifo(place.folder / "results.csv")


@edit
def folder_as_notebook(place: Place) -> None:
    """The notebook is a folder."""
    place.path.unlink()
    (place.path / "inside").mkdir(parents=True)


@edit
def zip_with_dots(place: Place) -> None:
    """In place of the notebook a zip that unpacks beside another student's folder."""
    text = place.path.read_bytes()
    place.path.unlink()
    with zipfile.ZipFile(place.folder / "lab1-student.zip", "w") as archive:
        archive.writestr(f"../../{place.neighbour.parts[-3]}/escaped.ipynb", text)
        archive.writestr("/tmp/hostile-escaped.ipynb", text)


@edit
def zip_bomb(place: Place) -> None:
    """In place of the notebook a small zip of which each entry unpacks to 500 MB."""
    place.path.unlink()
    path = place.folder / "lab1-student.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in (place.path.name, "more.ipynb"):
            with archive.open(name, "w") as entry:
                for _ in range(BIG_BYTES // 10**7):
                    entry.write(bytes(10**7))


@edit
def terabyte_notebook(place: Place) -> None:
    """The notebook says that it has a terabyte: reading it whole ends the reader."""
    with place.path.open("r+b") as file:
        file.truncate(TERABYTE)


@edit
def terabyte_beside(place: Place) -> None:
    """A data file says that it has a terabyte: copying it fills the disk."""
    with (place.folder / "results.bin").open("wb") as file:
        file.truncate(TERABYTE)


@edit
def many_files(place: Place) -> None:
    """Ten thousand files in a deep folder beside the notebooks."""
    deep = place.folder.joinpath(*["d"] * 50)
    deep.mkdir(parents=True)
    for number in range(10_000):
        (deep / str(number)).touch()


@edit
def odd_names(place: Place) -> None:
    """Further notebooks whose names are markup, a control sequence, a line break, an option."""
    for name in ("[bold red]", "\x1b[2J\x1b]0;owned\x07", "two\nlines", "--force", "*"):
        (place.folder / f"{name}.ipynb").write_text("{}", "utf-8")


@edit
def own_timestamp(place: Place) -> None:
    """A `timestamp.txt` that says when it was handed in: ten years ago, and much more."""
    (place.folder / "timestamp.txt").write_text("2015-01-01 00:00 UTC\n" * 10_000, "utf-8")


@edit
def own_grader_files(place: Place) -> None:
    """Files that change what Python, pytest or nbgrader do where they are picked up."""
    for name in ("sitecustomize.py", "conftest.py", "torch.py", "nbgrader_config.py"):
        text = "raise SystemExit('taken over')\n"
        (place.folder / name).write_text(text, "utf-8")
