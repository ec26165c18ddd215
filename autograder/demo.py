"""The demo's course folder: the real labs with a sample class, away from real grades."""

from __future__ import annotations

import shutil

import nbformat

from autograder.course import CONFIG_NAME, Course
from autograder.lab import read_lab
from autograder.sample_class import build_sample_class
from autograder.settings import FILE_NAME

SHARED = ("labs", "labkit", "data", "environment.yml", "constraints.txt", "LICENSE")


def make_demo_course(real: Course) -> Course:
    """A fresh course folder under `build/demo/` that borrows the real one's labs.

    Args:
        real: The course folder that it is made from.
    """
    root = real.build / "demo"
    if root.exists():
        shutil.rmtree(root)
    root.mkdir(parents=True)
    for name in SHARED:
        (root / name).symlink_to(real.root / name)
    for name in (CONFIG_NAME, FILE_NAME):
        if (real.root / name).exists():
            shutil.copyfile(real.root / name, root / name)  # a copy: a test or a demo may edit it
    return Course(root)


def hand_in(course: Course, lab: str) -> list[str]:
    """Put the sample class's notebooks into the course's `submitted/`; returns the students."""
    release = course.build / "release" / lab
    notebooks = {
        exercise.name: nbformat.read(release / f"{exercise.name}.ipynb", as_version=4)
        for exercise in read_lab(course.labs, lab)
    }
    return build_sample_class(lab, notebooks, course.submitted)
