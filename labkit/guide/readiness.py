"""Is this laptop ready for the lab? What `labkit doctor` looks at.

Does: look at versions, memory, disk, data, devices, and guess the minutes of each exercise.
Does not: install, download or change anything.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from labkit.errors import LabkitError

PYTHON = (3, 11)
NEEDED = {
    "torch": "2.10",
    "torchvision": "0.25",
    "numpy": "2",
    "pandas": "2.2",
    "matplotlib": "3.9",
    "psutil": "6",
    "rich": "13",
    "tqdm": "4.66",
    "typer": "0.16",
    "ipykernel": "6.29",
    "jupyterlab": "4.2",
}
USEFUL = {
    "nbgrader": ("0.9.5", "the Validate button, and `labkit check` and `submit`"),
    "ipywidgets": ("8.1", "progress bars in notebooks"),
    "onnxruntime": ("1.20", "Exercise 3, option C"),
    "onnx": ("1.16", "Exercise 3, option C"),
    "onnxscript": ("0.5", "Exercise 3, option C"),
    "typst": ("0.13", "`labkit report`, the PDF"),
}
MEMORY_GB = (1.0, 3.0)  # below the first the labs fail, below the second they may swap
DISK_GB = (0.5, 3.0)
OK, NOTE, BAD = "ok", "note", "not ready"


class Item(NamedTuple):
    """One thing that was looked at.

    Attributes:
        name: What.
        level: `ok`, `note` or `not ready`.
        found: What there is.
        advice: What to do about it; empty where all is well.
    """

    name: str
    level: str
    found: str
    advice: str = ""


def examine(folder: Path) -> Iterator[Item]:
    """Look at everything, the quick things first.

    Args:
        folder: Where the student works.
    """
    yield _python()
    yield from _packages()
    yield _torch()
    yield _memory()
    yield _disk(folder)
    yield _writable(folder)
    yield _data("mnist", "MNIST", "labkit data download")
    yield _data("sst2", "SST-2", "labkit data download --what sst2")


def minutes() -> Iterator[tuple[str, dict[str, float]]]:
    """Seconds that the long cells of each exercise take together, for each data set that is there.

    Yields:
        The exercise, and seconds by data set.
    """
    from labkit.guide.long_cells import LONG_CELLS
    from labkit.guide.speed import expected_seconds

    for exercise, cells in LONG_CELLS.items():
        seconds = {}
        for dataset in ("mnist", "sst2"):
            try:
                seconds[dataset] = sum(expected_seconds(cell, dataset) for cell in cells)
            except (LabkitError, OSError):
                continue  # the table above says what is wrong with it
        yield exercise, seconds


def version_tuple(version: str) -> tuple[int, ...]:
    """`2.15.0+cpu` as (2, 15, 0): the leading numbers."""
    numbers = []
    for part in version.split("+")[0].split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)


def _python() -> Item:
    wanted = ".".join(map(str, PYTHON))
    found = f"{platform.python_version()} ({sys.executable})"
    if sys.version_info >= PYTHON:
        return Item("Python", OK, found)
    return Item("Python", BAD, found, f"install Python {wanted} or newer")


def _packages() -> Iterator[Item]:
    """One line for all packages that are right, one for each other."""
    items = [_package(name, minimum, BAD, "the labs") for name, minimum in NEEDED.items()]
    items += [_package(name, minimum, NOTE, why) for name, (minimum, why) in USEFUL.items()]
    good = [f"{item.name} {item.found}" for item in items if item.level == OK]
    yield Item("packages", OK, ", ".join(good))
    yield from (item for item in items if item.level != OK)


def _package(name: str, minimum: str, level: str, purpose: str) -> Item:
    install = f'`pip install "{name}>={minimum}"`'
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Item(name, level, "missing", f"{purpose} needs it: {install}")
    if version_tuple(found) >= version_tuple(minimum):
        return Item(name, OK, found)
    return Item(name, level, found, f"{purpose} needs {minimum} or newer: {install}")


def _torch() -> Item:
    """Import torch, and say what it can compute on."""
    try:
        torch = importlib.import_module("torch")
        importlib.import_module("torchvision")
    except Exception as error:  # a broken installation fails in many ways
        said = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        return Item("devices", BAD, f"torch does not start ({said})", "install torch anew")
    threads = torch.get_num_threads()
    devices = [f"CPU with {threads} thread{'s' if threads > 1 else ''}"]
    if torch.cuda.is_available():
        devices.append(f"CUDA ({torch.cuda.get_device_name(0)})")
    if torch.backends.mps.is_available():
        devices.append("MPS")
    return Item("devices", OK, ", ".join(devices))


def _memory() -> Item:
    try:
        memory = importlib.import_module("psutil").virtual_memory()
    except ImportError:
        return Item("memory", NOTE, "unknown", "psutil is missing")
    free, total = memory.available / 1e9, memory.total / 1e9
    found = f"{free:.1f} GB free of {total:.1f} GB"
    return _by_size("memory", free, MEMORY_GB, found, "close other programs")


def _disk(folder: Path) -> Item:
    try:
        free = shutil.disk_usage(folder).free / 1e9
    except OSError as error:
        return Item("disk", NOTE, f"unknown ({error.strerror})")
    return _by_size("disk", free, DISK_GB, f"{free:.1f} GB free", "make room on the disk")


def _by_size(name: str, free: float, limits: tuple[float, float], found: str, advice: str) -> Item:
    if free < limits[0]:
        return Item(name, BAD, found, f"{advice}: the lab needs {limits[0]:g} GB at least")
    if free < limits[1]:
        return Item(name, NOTE, found, f"{advice}: {limits[1]:g} GB are comfortable")
    return Item(name, OK, found)


def _writable(folder: Path) -> Item:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Item("folder", OK, f"{folder} can be written")
    except OSError as error:
        return Item(
            "folder",
            BAD,
            f"{folder} cannot be written ({error.strerror or error})",
            "unpack the lab in a folder of your own",
        )


def _data(dataset: str, name: str, command: str) -> Item:
    from labkit.guide.speed import data_size

    try:
        size = data_size(dataset)
    except (LabkitError, OSError) as error:
        return Item(name, BAD, "missing", str(error))
    found = f"{size.words}, {size.train:,} to train on"
    if size.words.startswith("the full"):
        return Item(name, OK, found)
    return Item(name, NOTE, found, f"enough for all checks; for your report: `{command}`")
