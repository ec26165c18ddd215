"""The edits that make hostile notebooks and folders: each leaves the form that it promises."""

from __future__ import annotations

import json
import stat
import zipfile

import pytest

from autograder.hostile.place import EDITS, Place
from tests.autograder.hostile_place import build

E1 = "ex1_base_model"
GIGABYTE = 10**9


@pytest.fixture
def place(exercises, around) -> Place:
    (folder,) = build(["missing_notebook"], exercises, around)
    return Place(folder, E1, around[1], around[2])


def edited(place: Place, name: str) -> dict[str, dict]:
    EDITS[name](place)
    return {cell["id"]: cell for cell in place.read()["cells"]}


def test_edits_of_checks(place):
    check = edited(place, "points_nan")["ex1-baseline-check"]
    assert str(check["metadata"]["nbgrader"]["points"]) == "nan"
    check = edited(place, "skip_checks")["ex1-baseline-check"]
    assert check["metadata"]["tags"] == ["skip-execution", "raises-exception"]
    check = edited(place, "unlock_checks")["ex1-baseline-check"]
    assert check["source"] == "pass" and check["metadata"]["nbgrader"]["locked"] is False
    assert edited(place, "checks_to_markdown")["ex1-baseline-check"]["cell_type"] == "markdown"
    assert "ex1-baseline-check-2" in edited(place, "rename_ids")


def test_edits_of_cells(place):
    before = [cell["id"] for cell in place.read()["cells"]]
    assert list(edited(place, "reverse_cells")) == before[::-1]
    assert "ex1-baseline-task" not in edited(place, "delete_solution")
    assert not any(name.endswith("-check") for name in edited(place, "delete_checks"))
    assert not any(name.startswith("ex1") for name in edited(place, "lose_metadata"))


def test_edits_of_the_file(place):
    text = place.path.read_bytes()
    EDITS["lone_surrogate"](place)
    with pytest.raises(UnicodeEncodeError):
        json.dumps(place.read(), ensure_ascii=False).encode()
    for name in ("corrupt_json", "deep_json", "utf_16", "empty_file"):
        place.path.write_bytes(text)
        EDITS[name](place)
        with pytest.raises((ValueError, RecursionError)):
            json.loads(place.path.read_bytes().decode("utf-8-sig"))
    place.path.write_bytes(text)
    EDITS["format_3"](place)
    assert place.read()["nbformat"] == 3 and "worksheets" in place.read()


@pytest.mark.parametrize(
    ("name", "size"), [("huge_file", 500 * 10**6), ("terabyte_notebook", 10**12)]
)
def test_huge_files_take_no_disk(name, size, place):
    EDITS[name](place)
    status = place.path.stat()
    assert status.st_size == size and status.st_blocks * 512 < 10**6


def test_links_and_pipes(place):
    EDITS["link_beside"](place)
    assert (place.folder / "grades.db").resolve() == place.gradebook
    EDITS["pipe_as_data"](place)
    assert stat.S_ISFIFO((place.folder / "results.csv").lstat().st_mode)
    EDITS["hard_link_to_neighbour"](place)
    assert place.path.samefile(place.neighbour) and not place.path.is_symlink()
    EDITS["link_to_gradebook"](place)
    assert place.path.is_symlink() and place.path.read_text() == "grades"


def test_zips_leave_their_folder_or_grow(exercises, around):
    bomb, dots = build(["zip_bomb", "zip_with_dots"], exercises, around)
    with zipfile.ZipFile(dots / "lab1-student.zip") as archive:
        assert any(name.startswith("../") for name in archive.namelist())
    (path,) = bomb.glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    assert unpacked == GIGABYTE and path.stat().st_size < 2 * 10**6
