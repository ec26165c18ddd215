"""Hands out variants: for each student the lab's zip with that student's `variant.json` in it."""

from __future__ import annotations

import csv
import os
import shutil
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.collecting.names import safe_id
from autograder.course import Course
from autograder.errors import CourseError
from autograder.settings import FILE_NAME as SETTINGS
from autograder.settings import read_settings
from autograder.variants import begin_release
from labkit.variant import FILE_NAME

COLUMN = "student id"
EPOCH = (1980, 1, 1, 0, 0, 0)  # so that two variants differ in nothing but the variant


def variants_folder(course: Course, lab: str) -> Path:
    """Where the zips go: `build/release/<lab>-variants/`."""
    return course.build / "release" / f"{lab}-variants"


def students_to_serve(course: Course, lab: str, roster: Path | None) -> list[str]:
    """Who gets a variant: nobody where the lab has none.

    Args:
        course: The course folder.
        lab: The lab.
        roster: A CSV file with a column `student id`; None for the gradebook's students.

    Raises:
        CourseError: There is a roster but no variants, variants but nobody to get one, or an id
            that is no folder's name.
    """
    if not read_settings(course, lab).variants:
        if roster:
            raise CourseError(
                f"{lab} has no variants: write `variants = true` below [labs.{lab}] in {SETTINGS}."
            )
        return []
    students = _read_roster(roster) if roster else _in_gradebook(course, lab)
    if not students:
        where = str(roster) if roster else "the gradebook"
        raise CourseError(
            f"{lab} has variants, but {where} names no student: give a CSV file with a column "
            f"{COLUMN!r} as --variants ROSTER.csv."
        )
    _check(students)
    return students


def write_variants(course: Course, lab: str, archive: Path, students: Collection[str]) -> Path:
    """Write everybody's zip; all of them are there, or those from before.

    Args:
        course: The course folder.
        lab: The lab.
        archive: The zip of its student edition.
        students: Safe ids.

    Returns:
        The folder.
    """
    folder = variants_folder(course, lab)
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        for student, variant in begin_release(course, lab, students).items():
            path = beside / f"{student}.zip"
            shutil.copyfile(archive, path)
            with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr(zipfile.ZipInfo(f"{lab}/{FILE_NAME}", EPOCH), variant.to_json())
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def withdraw_variants(course: Course, lab: str) -> None:
    """Remove the zips of an earlier release: they do not fit the lab any more."""
    shutil.rmtree(variants_folder(course, lab), ignore_errors=True)


def _read_roster(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"The roster {path} cannot be read as UTF-8 text: {error}") from error
    head = text.partition("\n")[0]
    rows = csv.DictReader(text.splitlines(), delimiter=";" if head.count(";") > 0 else ",")
    columns = {name.strip().lower().replace("_", " "): name for name in rows.fieldnames or []}
    if COLUMN not in columns:
        raise CourseError(
            f"The roster {path} has no column {COLUMN!r}; its columns are: "
            f"{', '.join(columns) or 'none'}."
        )
    ids = ((row[columns[COLUMN]] or "").strip() for row in rows)
    return [unicodedata.normalize("NFC", each) for each in ids if each]


def _in_gradebook(course: Course, lab: str) -> list[str]:
    if not course.has_gradebook(lab):
        return []
    directory = CourseDirectory(config=course.nbgrader_config(lab))
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        return [unicodedata.normalize("NFC", student.id) for student in gradebook.students]


def _check(students: Collection[str]) -> None:
    for student in students:
        if safe_id(student) != student:
            raise CourseError(
                f"{student!r} is no id that can be a folder's name; `autograder collect` would "
                f"call it {safe_id(student)!r}."
            )
    twice = [s for s, count in Counter(s.casefold() for s in students).items() if count > 1]
    if twice:
        raise CourseError(f"The id {twice[0]!r} is there more than once: each student needs one.")
