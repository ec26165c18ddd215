"""Build the zip for Gradescope: two scripts at its top, and all that they need beside them.

Does: choose the files, write them so that the same course gives the same bytes. Does not: leave out
answers, since grading needs them; the zip is for Gradescope, never for students.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.course import CONFIG_NAME, Course
from autograder.exports.gradescope.options import FILE_NAME, Options
from autograder.release.build import SMALL_DATA
from autograder.settings import FILE_NAME as COURSE_FILE

SCRIPTS = ("setup.sh", "run_autograder")
ALONE = ("pyproject.toml", "constraints.txt", "README.md", "LICENSE", CONFIG_NAME, COURSE_FILE)
UNUSED = ("answers", "samples", "hidden_tests")  # of the package; hidden tests come lab by lab
CODE_ONLY = {".py", ".toml", ".typ", ".j2", ".css", ".js", ".sh", ""}
DATE = (1980, 1, 1, 0, 0, 0)


def pack(course: Course, options: Options) -> bytes:
    """The zip's bytes; the same files and options give the same ones.

    Args:
        course: The course folder; nothing of its `build/` goes in.
        options: What the instructor chose.
    """
    contents = {name: path.read_bytes() for name, path in _files(course.root, options.lab)}
    for name in SCRIPTS:
        # A checkout on Windows may have CRLF, which no shell on Linux reads.
        contents[name] = (Path(__file__).parent / name).read_bytes().replace(b"\r\n", b"\n")
    contents[FILE_NAME] = options.to_json().encode()
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as packed:
        for name in sorted(contents):
            packed.writestr(_entry(name), contents[name], zipfile.ZIP_DEFLATED, compresslevel=9)
    return memory.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, DATE)
    entry.create_system = 3  # Unix, so that the permissions below are believed
    entry.external_attr = (0o100755 if name in SCRIPTS else 0o100644) << 16
    return entry


def _files(root: Path, lab: str) -> Iterator[tuple[str, Path]]:
    """What goes in: the name in the zip, and the file."""
    package = Path(__file__).parents[2]
    for path in _below(package):
        if path.relative_to(package).parts[0] not in UNUSED and path.suffix in CODE_ONLY:
            yield f"autograder/{path.relative_to(package).as_posix()}", path
    tests = package / "hidden_tests" / lab
    for path in _below(tests):
        yield f"autograder/hidden_tests/{lab}/{path.relative_to(tests).as_posix()}", path
    for path in _below(root / "labkit"):
        yield path.relative_to(root).as_posix(), path
    for path in sorted((root / "labs" / lab).glob("*.ipynb")):
        yield f"labs/{lab}/{path.name}", path
    for name in SMALL_DATA:
        for path in _below(root / "data" / name):
            yield path.relative_to(root).as_posix(), path
    for name in ALONE:
        if (root / name).is_file():
            yield name, root / name


def _below(folder: Path) -> list[Path]:
    """Every file below a folder, without caches and hidden files."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(
            part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts
        )
    ]
