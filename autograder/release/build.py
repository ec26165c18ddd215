"""Build a student edition: nbgrader's release, and around it what a student needs to start."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course, put_scripts_on_path
from autograder.errors import CourseError
from autograder.lab import Exercise
from autograder.release.labkit_edition import write_labkit_edition

SHORT_README = """# {lab}

{count} notebooks to complete: {notebooks}.

1. Make an environment: `conda env create -f environment.yml`, then `conda activate pruning-labs`
   (or, with Python 3.11 or newer: `pip install -c constraints.txt -r requirements.txt`).
2. Open JupyterLab in this folder: `jupyter lab`.
   `python -m labkit doctor` says whether this laptop is ready.
3. Work through the notebooks in order, in the cells that say `YOUR CODE HERE`. Run the check below
   each; a failing check says what to look at. Keep the file names and the folder as they are.
4. `python -m labkit report` makes the PDF, `python -m labkit submit` the zip to hand in.

`labkit/` is the helper library that the notebooks import. `data/` holds small data sets for work
without a network; `python -m labkit data download` fetches the full MNIST (`--what sst2`: the
full SST-2).
"""
SMALL_DATA = ("digits", "reviews")
PACKED = ("environment.yml", "constraints.txt", "LICENSE")
REQUIREMENTS = (
    "torch torchvision pandas matplotlib psutil tqdm typer rich onnx onnxruntime onnxscript typst "
    "jupyterlab nbgrader ipykernel ipywidgets\n"
)


def generate_assignment(course: Course, lab: str) -> Path:
    """Make nbgrader's own release: notebooks without answers, tasks in the gradebook.

    Raises:
        CourseError: nbgrader refuses; the message holds its reason.
    """
    put_scripts_on_path()
    config = course.nbgrader_config(lab)
    directory = CourseDirectory(config=config)
    try:
        GenerateAssignment(coursedir=directory, config=config, force=True).start()
    except NbGraderException as error:
        raise CourseError(f"nbgrader cannot release {lab}: {error}") from error
    return course.build / "release" / lab


def build_release(course: Course, lab: str, exercises: list[Exercise]) -> tuple[Path, Path]:
    """Write the student edition as a folder and as a zip beside it.

    Args:
        course: The course folder.
        lab: The lab's name.
        exercises: Its exercises.

    Returns:
        The folder and the zip.
    """
    folder = generate_assignment(course, lab)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    write_labkit_edition(course.root, folder)
    for name in SMALL_DATA:
        shutil.copytree(course.small_data / name, folder / "data" / name, dirs_exist_ok=True)
    for name in PACKED:
        shutil.copyfile(course.root / name, folder / name)
    (folder / "requirements.txt").write_text(REQUIREMENTS.replace(" ", "\n"), encoding="utf-8")
    names = ", ".join(f"`{exercise.name}.ipynb`" for exercise in exercises)
    readme = SHORT_README.format(lab=lab, count=len(exercises), notebooks=names)
    (folder / "README.md").write_text(readme, encoding="utf-8")
    return folder, _zip(folder)


def _zip(folder: Path) -> Path:
    archive = folder.with_suffix(".zip")
    beside = archive.with_suffix(".zip.part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(folder.parent))
    beside.replace(archive)
    return archive
