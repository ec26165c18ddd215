"""The zip of `labkit submit`: its names, the files in it, and that nbgrader collects it."""

import zipfile

import pytest

from labkit.errors import LabkitError
from labkit.guide.submission import lab_name, safe_name
from tests.labkit.guide_notebooks import lab


def test_copies_are_left_out_and_browsers_numbers_dropped(labkit, folder):
    path = lab(folder)
    (folder / "ex2_small-Copy1.ipynb").write_bytes(path.read_bytes())
    other = lab(folder).rename(folder / "ex3_other (1).ipynb")
    assert other.exists()
    path = lab(folder)
    status, said = labkit("submit", "--name", "a", "--no-run")
    assert status == 0
    assert "ex2_small-Copy1.ipynb is a copy" in said
    with zipfile.ZipFile(folder / "lab9_small-a.zip") as packed:
        assert packed.namelist() == [
            "lab9_small/ex2_small.ipynb",
            "lab9_small/ex3_other.ipynb",
            "lab9_small/receipt.json",
        ]


def test_names_for_files():
    assert safe_name(" Jörg Müller ") == "Jörg_Müller"
    assert safe_name("../../etc/passwd") == "etc_passwd"
    assert len(safe_name("x" * 300)) == 80
    with pytest.raises(LabkitError):
        safe_name("/ . /")


def test_the_lab_keeps_its_name_in_a_folder_of_another(tmp_path):
    assert lab_name(tmp_path) == tmp_path.name
    (tmp_path / "README.md").write_text("# lab1_magnitude\n\nWords.\n")
    assert lab_name(tmp_path) == "lab1_magnitude"
    (tmp_path / "README.md").write_text("# My notes on ../labs\n")
    assert lab_name(tmp_path) == tmp_path.name


def test_nbgrader_collects_the_zips(labkit, folder, tmp_path):
    """With the pattern that instructors put into `nbgrader_config.py`."""
    from nbgrader.apps import ZipCollectApp

    lab(folder)
    labkit("submit", "--name", "Jörg Müller", "--no-run")
    course = tmp_path / "course"
    archive = course / "downloaded" / "lab9_small" / "archive"
    archive.mkdir(parents=True)
    for lms in ("", "12345_678_"):  # some put numbers in front
        name = f"{lms}lab9_small-{'Jörg_Müller' if not lms else 'eve'}.zip"
        (archive / name).write_bytes((folder / "lab9_small-Jörg_Müller.zip").read_bytes())
    app = ZipCollectApp()
    app.config.CourseDirectory.root = str(course)
    app.config.CourseDirectory.assignment_id = "lab9_small"
    app.config.CourseDirectory.submitted_directory = "submitted"
    app.config.FileNameCollectorPlugin.named_regexp = (
        r".*[/\\][^/\\]*lab\d\w*-(?P<student_id>[^/\\]+)[/\\](?:[^/\\]+[/\\])?"
        r"(?P<file_id>ex\d[^/\\]*)\.ipynb$"
    )
    app.initialize(["lab9_small", "--force"])
    app.start()
    found = sorted(
        p.relative_to(course / "submitted") for p in course.glob("submitted/*/*/*.ipynb")
    )
    assert [str(p) for p in found] == [
        "Jörg_Müller/lab9_small/ex2_small.ipynb",
        "eve/lab9_small/ex2_small.ipynb",
    ]
