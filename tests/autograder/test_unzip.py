"""Zips of strangers: what a zip may hold, and that its limits are counted, not believed."""

from __future__ import annotations

import contextlib
import io
import struct
import subprocess
import tracemalloc
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from autograder.collecting.unzip import Limits, SafeZip, TooLarge, UnsafeZip, unpack

MB = 1_000_000
Content = tuple[str | zipfile.ZipInfo, bytes]


def packed(contents: Iterable[Content], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    memory = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(memory, "w", method) as archive:
        warnings.simplefilter("ignore", UserWarning)  # of names that are there twice
        for name, content in contents:
            archive.writestr(name, content)
    return memory.getvalue()


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (mode | 0o644) << 16
    return info


def raw_name(name: str) -> zipfile.ZipInfo:
    """A member whose name zipfile would mend when it is made the usual way."""
    info = zipfile.ZipInfo("x")
    info.filename = name
    return info


def unpack_all(raw: bytes, limits: Limits | None = None) -> dict[str, bytes]:
    return unpack(raw, lambda path: True, 50 * MB, limits or Limits())[0]


def test_an_honest_zip_comes_out_whole() -> None:
    raw = packed([("lab/", b""), ("lab/a.ipynb", b"{}"), ("./lab//results/b.csv", b"1,2")])
    assert unpack_all(raw) == {"lab/a.ipynb": b"{}", "lab/results/b.csv": b"1,2"}


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (special("a", 0o120000), "is a symbolic link"),
        (special("a", 0o010000), "is a named pipe"),
        (special("a", 0o020000), "is a device"),
        (special("a", 0o060000), "is a device"),
        (special("a", 0o140000), "is a socket"),
        (special("a", 0o030000), "is no ordinary file"),
        ("/etc/passwd", "has an absolute path"),
        ("C:/a", "has an absolute path"),
        ("../a", "leads out of its folder"),
        ("lab/../../a", "leads out of its folder"),
        ("lab/..", "leads out of its folder"),
        (raw_name("lab\\a"), "has a backslash in its name"),
        (raw_name("..\\a"), "has a backslash in its name"),
        (raw_name("a.ipynb\0.txt"), "has control characters in its name"),
        ("a\x1b[2J", "has control characters in its name"),
        ("n" * 300, "has too long a name"),
    ],
)
def test_a_member_that_must_not_be_taken(member: str | zipfile.ZipInfo, words: str) -> None:
    raw = packed([("lab/good.csv", b"1"), (member, b"secret")])
    with pytest.raises(UnsafeZip, match=words):
        unpack_all(raw)
    files, problems = unpack(raw, lambda path: path == "lab/good.csv", MB)
    assert files == {"lab/good.csv": b"1"}  # of no use to the student, so no harm
    assert list(problems.values()) == [words]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("a", "a"), "is there twice"),
        (("lab/a", "lab/./a"), "is there twice"),
        (("é", unicodedata.normalize("NFD", "é")), "is there twice"),
        (("lab/a", "Lab/A"), "upper and lower case"),
        (("straße", "STRASSE"), "upper and lower case"),
    ],
)
def test_names_that_some_system_takes_for_one(names: tuple[str, ...], words: str) -> None:
    with pytest.raises(UnsafeZip, match=words):
        unpack_all(packed([(name, b"") for name in names]))


def test_an_encrypted_member() -> None:
    raw = bytearray(packed([("a", b"text")]))
    raw[6] |= 1  # in the member's own header
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # and in the table of contents
    with pytest.raises(UnsafeZip, match="is encrypted"):
        unpack_all(bytes(raw))


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_only_deflate_is_taken(method: int) -> None:
    with pytest.raises(UnsafeZip, match="expected: deflate"):
        unpack_all(packed([("a", b"text")], method))


def bomb(size_bytes: int) -> bytes:
    memory = io.BytesIO()
    with (
        zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("lab/ex1.ipynb", "w") as file,
    ):
        for _ in range(size_bytes // MB):
            file.write(bytes(MB))
    return memory.getvalue()


def claim(raw: bytes, size_bytes: int) -> bytes:
    """The same zip, whose headers claim another unpacked size of the first member."""
    changed = bytearray(raw)
    struct.pack_into("<L", changed, 22, size_bytes)
    struct.pack_into("<L", changed, raw.index(b"PK\x01\x02") + 24, size_bytes)
    return bytes(changed)


def test_a_bomb_is_stopped_while_it_is_read() -> None:
    raw = bomb(300 * MB)
    assert len(raw) < MB
    tracemalloc.start()
    with pytest.raises(UnsafeZip, match="more than 200 times its size"):
        unpack(raw, lambda path: True, 400 * MB)
    with pytest.raises(TooLarge, match="larger than 50 MB"):
        unpack(raw, lambda path: True, 50 * MB)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 150 * MB


@pytest.mark.parametrize("claimed", [10, 4 * 10**9])
def test_a_header_that_lies_about_the_size_changes_nothing(claimed: int) -> None:
    with pytest.raises(UnsafeZip, match=r"damaged|times its size"):
        unpack(claim(bomb(100 * MB), claimed), lambda path: True, 400 * MB)
    assert unpack_all(claim(packed([("a", b"x" * 1000)]), 4 * 10**9))["a"] == b"x" * 1000


def test_the_sum_counts_too() -> None:
    raw = packed([(str(n), b"0123456789") for n in range(10)])
    assert len(unpack_all(raw, Limits(total_bytes=100))) == 10
    with pytest.raises(UnsafeZip, match="unpacks to more than 99 bytes"):
        unpack_all(raw, Limits(total_bytes=99))


def test_a_long_table_of_contents() -> None:
    raw = packed([(f"{n}.txt", b"") for n in range(50)])
    with pytest.raises(UnsafeZip, match="more than 49 files"):
        SafeZip(raw, Limits(members=49))
    with pytest.raises(UnsafeZip, match="table of contents of more than 1000 bytes"):
        SafeZip(raw, Limits(directory_bytes=1000))
    zip64 = raw[:-22] + b"PK\x06\x07" + bytes(16) + raw[-22:]
    with pytest.raises(UnsafeZip, match="zip64"):
        SafeZip(zip64)


@pytest.mark.parametrize("cut", [0, 10, 40, -1])
def test_what_is_no_zip_or_half_of_one(cut: int) -> None:
    raw = packed([("a", b"text" * 100)])[:cut]
    with pytest.raises(UnsafeZip, match="is no zip, or a damaged one"):
        unpack_all(raw)


def test_every_single_flipped_byte_gives_files_or_one_clause() -> None:
    raw = packed([("lab/a.ipynb", b'{"cells": []}'), ("lab/b.csv", b"1,2")])
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 0xFF
        with contextlib.suppress(UnsafeZip):  # anything else that is raised fails this test
            unpack_all(bytes(changed))


def test_a_zip_inside_is_a_file_like_any_other() -> None:
    inner = packed([("lab/ex1.ipynb", b"{}")])
    assert unpack_all(packed([("inner.zip", inner)])) == {"inner.zip": inner}


def test_names_in_utf_8_without_saying_so(tmp_path: Path) -> None:
    raw = packed([("Jörg/a", b"1")])
    unsaid = raw.replace(struct.pack("<HH", 20, 0x800), struct.pack("<HH", 20, 0))
    assert unsaid != raw and list(unpack_all(unsaid)) == ["Jörg/a"]


def test_a_zip_made_by_the_usual_program(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "a.ipynb").write_text("{}")
    (tmp_path / "lab" / "link").symlink_to("/etc/passwd")
    try:
        command = ["zip", "-qry", "made.zip", "lab"]
        subprocess.run(command, cwd=tmp_path, check=True)
    except FileNotFoundError:
        pytest.skip("no zip program")
    files, problems = unpack(tmp_path / "made.zip", lambda path: path.endswith(".ipynb"), MB)
    assert files == {"lab/a.ipynb": b"{}"} and problems == {"lab/link": "is a symbolic link"}
