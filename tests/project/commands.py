"""The commands that README and docs/ show: found, classified, and a course to run them in."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

COURSE = Path(__file__).parents[2]
PAGES = [COURSE / "README.md", *sorted((COURSE / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What a course is made of, wherever it was copied to; build/ and .venv are not.
PARTS = ["autograder", "benchmarks", "data", "docs", "labkit", "labs", "tests"]


class Command(NamedTuple):
    """One line behind a `$` of a console block."""

    page: str
    line: str


def commands() -> list[Command]:
    """Every command of every page, in reading order."""
    found = []
    for page in PAGES:
        for block in BLOCK.findall(page.read_text()):
            for line in block.splitlines():
                if line.startswith("$ "):
                    command = re.sub(r"\s+# .*", "", line.removeprefix("$ "))
                    found.append(Command(page.name, command))
    return found


def copy_course(folder: Path) -> Path:
    """Copy the course without what it built, and lend it the environment of the tests."""
    rubbish = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.egg-info")
    for part in PARTS:
        if (COURSE / part).is_dir():
            shutil.copytree(COURSE / part, folder / part, ignore=rubbish)
    for path in COURSE.iterdir():
        if path.is_file():
            shutil.copy2(path, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def run(line: str, course: Path, timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run one command as a reader would, in a course whose own packages come first."""
    environment = os.environ | {
        "PYTHONPATH": str(course),
        "PATH": f"{course}/.venv/bin{os.pathsep}{os.environ['PATH']}",
    }
    environment.pop("LABKIT_DATA", None)
    return subprocess.run(
        ["bash", "-c", line],
        cwd=course,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
