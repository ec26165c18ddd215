"""What of this machine and of the course can be seen behind an outer wall, and what is hidden.

Where the course is installed as a package, its hidden tests and the labkit with answers lie among
the libraries.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
CODE, LABKIT, DATA = "/code", "/labkit", "/data"  # where the course's parts are seen
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/sbin", "/opt", "/nix")
SETTINGS = tuple(f"/etc/{name}" for name in ("ld.so.cache", "localtime", "fonts", "alternatives"))
SETTLED = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "ORT_DISABLE_TELEMETRY": "1",  # starts threads at import, which a fork does not take along
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
}
BOXED = SETTLED | {
    "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",  # as in an activated environment
    "HOME": "/tmp",
    "MPLCONFIGDIR": "/tmp",
    "PYTHONPATH": f"{CODE}:{LABKIT}",
}


def course_sights(data: Path, labkit: Path) -> dict[str, Path]:
    """What a warm process sees of the course: the place in its box, and what lies there.

    Args:
        data: The small data.
        labkit: The folder that holds the student edition of `labkit`.
    """
    return {
        f"{CODE}/autograder/boundary": PACKAGE / "boundary",
        f"{CODE}/autograder/__init__.py": PACKAGE / "__init__.py",
        f"{LABKIT}/labkit": labkit / "labkit",
        DATA: data,
    }


def environment_folders() -> list[Path]:
    """The folders of this Python and its packages that do not lie in the system's own."""
    paths = sysconfig.get_paths()
    wanted = {sys.prefix, sys.base_prefix, paths["stdlib"], paths["platlib"], paths["purelib"]}
    folders = sorted(Path(name).resolve() for name in wanted)
    return [
        folder
        for folder in dict.fromkeys([*(Path(sys.prefix),), *folders])
        if not any(_is_within(folder, Path(place)) for place in SYSTEM)
        and not any(_is_within(folder, other) and folder != other for other in folders)
    ]


def readable_environment() -> list[Path]:
    """What a submission may read of the environment behind Landlock."""
    hidden = hidden_packages(PACKAGE)
    return [file for folder in environment_folders() for file in files_without(folder, hidden)]


def hidden_packages(package: Path) -> list[Path]:
    """The folders of `autograder` and `labkit` that lie inside the Python environment.

    Args:
        package: The folder of `autograder`.
    """
    prefixes = [Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()]
    installed = [package.resolve(), (package.parent / "labkit").resolve()]
    return [
        folder
        for folder in installed
        if folder.exists() and any(folder.is_relative_to(prefix) for prefix in prefixes)
    ]


def files_without(folder: Path, hidden: Sequence[Path]) -> list[Path]:
    """What to allow so that all of a folder can be read but the hidden folders below it."""
    folder = folder.resolve()
    inside = [path for path in hidden if path.is_relative_to(folder)]
    if not inside:
        return [folder]
    if folder in inside:
        return []
    return [found for entry in folder.iterdir() for found in files_without(entry, inside)]


def _is_within(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder) or path.is_relative_to(folder.resolve())
