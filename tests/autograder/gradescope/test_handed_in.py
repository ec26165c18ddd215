"""What is handed in to Gradescope: which notebook counts, and hostile folders and zips."""

import io
import os
import stat
import zipfile

from autograder.exports.gradescope.handed_in import read_handed_in
from autograder.intake import SIZE_LIMIT_BYTES
from tests.autograder.conftest import LAB
from tests.autograder.gradescope.handing_in import E1, E2, E4, E5


def packed(**members: bytes) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return memory.getvalue()


def test_notebooks_are_found_in_folders_and_in_the_zip_of_labkit_submit(tmp_path):
    (tmp_path / "my work").mkdir()
    (tmp_path / "my work" / f"{E1} (1).ipynb").write_bytes(b"one")
    members = {
        f"{LAB}/{E2}.ipynb": b"two",
        f"{LAB}/receipt.json": b"{}",
        f"__MACOSX/{E5}.ipynb": b"",
    }
    (tmp_path / f"{LAB}-ada.zip").write_bytes(packed(**members))
    handed_in = read_handed_in(tmp_path, [E1, E2, E5])
    assert handed_in.notebooks == {E1: b"one", E2: b"two"}
    assert handed_in.warnings == []


def test_of_several_copies_the_plain_and_outermost_is_taken_and_the_others_are_named(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / f"{E1}.ipynb").write_bytes(b"deep")
    (tmp_path / f"{E1}-1.ipynb").write_bytes(b"renamed")
    (tmp_path / f"{E1}.ipynb").write_bytes(b"plain")
    (tmp_path / "scratch.ipynb").write_bytes(b"")
    handed_in = read_handed_in(tmp_path, [E1])
    assert handed_in.notebooks == {E1: b"plain"}
    assert len([w for w in handed_in.warnings if "another ex1_base_model.ipynb" in w]) == 2
    assert any("scratch.ipynb is no notebook of this lab" in w for w in handed_in.warnings)


def test_a_copy_that_can_be_read_stands_in_for_one_that_cannot(tmp_path):
    (tmp_path / f"{E1}.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / f"{E1}.ipynb").write_bytes(b"mine")
    handed_in = read_handed_in(tmp_path, [E1])
    assert handed_in.notebooks == {E1: b"mine"}
    assert handed_in.warnings == ["ex1_base_model.ipynb is a symbolic link, so it was not graded."]


def test_hostile_folders_and_zips_cost_a_warning_each(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / f"{E1}.ipynb").write_bytes(b"another student's")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "linked").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    link = zipfile.ZipInfo(f"{E1}.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as written:
        written.writestr(link, str(outside / f"{E1}.ipynb"))
        written.writestr(f"../../{E2}.ipynb", b"climbs")
    (folder / "links.zip").write_bytes(memory.getvalue())
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 and nothing else")
    huge = {f"{E5}.ipynb": bytes(SIZE_LIMIT_BYTES + 9), f"{E4}.ipynb": b"four"}
    (folder / "huge.zip").write_bytes(packed(**huge))
    os.mkfifo(folder / "pipe.zip")
    handed_in = read_handed_in(folder, [E1, E2, E4, E5])
    assert handed_in.notebooks == {E4: b"four"}
    text = " ".join(handed_in.warnings)
    assert f"{E1}.ipynb in links.zip is a symbolic link" in text
    assert f"{E2}.ipynb in links.zip leads out of its folder" in text
    assert f"huge.zip holds {E5}.ipynb, which unpacks to more than" in text
    assert "broken.zip is no zip" in text and "pipe.zip is a named pipe" in text
    assert not (tmp_path.parent / f"{E2}.ipynb").exists()


def test_a_zip_of_very_many_files_is_not_opened(tmp_path):
    (tmp_path / "many.zip").write_bytes(packed(**{str(n): b"" for n in range(30_001)}))
    handed_in = read_handed_in(tmp_path, [E1])
    assert "holds more than 30000 files" in handed_in.warnings[0]


def test_a_damaged_member_is_named_and_nothing_else_is_lost(tmp_path):
    content = bytearray(packed(**{f"{E1}.ipynb": os.urandom(5000), f"{E2}.ipynb": b"two"}))
    content[1000] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(bytes(content))
    handed_in = read_handed_in(tmp_path, [E1, E2])
    assert handed_in.notebooks == {E2: b"two"}
    assert "a.zip holds ex1_base_model.ipynb, which is damaged" in handed_in.warnings[0]
