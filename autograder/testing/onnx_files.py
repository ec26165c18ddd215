"""ONNX files that a student's code wrote, run at arm's length: bytes in, plain arrays out.

The bytes are hostile. Parsing and running them happens in `onnx_process`, which has no environment,
a folder, a box and limits of its own, and whose answer is checked here like a student's.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch

from autograder.boundary.student import Student
from autograder.errors import HiddenTestsBroken
from autograder.testing.nets import between
from autograder.testing.values import fail
from autograder.walls.tool import boxed

SCRIPT = Path(__file__).with_name("onnx_process.py")
PACKAGES = ("numpy", "onnx", "onnxruntime")
TIMEOUT_S = 30.0
MAX_HEADER_BYTES = 100_000
MAX_OUTPUT_BYTES = 64 * 2**20
SENTENCES = {
    "unreadable": "The ONNX file cannot be read or run by ONNX Runtime.",
    "external": "The ONNX file keeps weights in another file than `<path>.data`, or that file "
    "does not fit it.",
    "operators": "The ONNX file uses functions or operators of its own, beyond the standard.",
    "control_flow": "The ONNX file holds loops or branches; this model has none.",
    "too_many": "The ONNX file holds far more operators than this model needs.",
    "inputs": "The ONNX file should have one input, the batch, and one output.",
    "not_float": "The input of the ONNX file should be float32, as the example input is.",
}


@dataclass(frozen=True)
class OnnxRun:
    """What running a file gave.

    Attributes:
        stored: How many values its tensors hold, all together.
        training: Whether it holds operators that behave as in training.
        outputs: One for each input; None where the file does not take such an input.
    """

    stored: int
    training: bool
    outputs: list[torch.Tensor | None]


@dataclass(frozen=True)
class OnnxFile:
    """The bytes of an ONNX file and of the file beside it that may hold its weights."""

    name: str
    model: bytes
    data: bytes | None

    @property
    def size_mb(self) -> float:
        """MB (10**6 bytes) of both."""
        return (len(self.model) + len(self.data or b"")) / 1e6

    def run(self, *inputs: torch.Tensor) -> OnnxRun:
        """Run the file on some inputs, in a process made for that.

        Raises:
            AssertionError: It cannot be run; the sentence says why, for the student.
        """
        return run_onnx(self, [value.numpy() for value in inputs])


def read_onnx(student: Student, name: str) -> OnnxFile:
    """Take a file, and what lies beside it, out of the student's folder.

    Raises:
        AssertionError: There is no such file.
    """
    model = student.read_file(name)
    if model is None:
        fail("`export_onnx` wrote no file at the path that it was given.")
    return OnnxFile(name, model, student.read_file(f"{name}.data"))


def fresh_name(rng: torch.Generator) -> str:
    """A file name that no other test has used: their files may still lie in the folder."""
    return f"model{between(rng, 10**8, 10**9)}.onnx"


def run_onnx(file: OnnxFile, inputs: Sequence[np.ndarray]) -> OnnxRun:
    """Run a file on some inputs, in a process made for that.

    Raises:
        AssertionError: It cannot be run; the sentence says why, for the student.
        HiddenTestsBroken: This machine lacks the packages for it.
    """
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        raise HiddenTestsBroken(
            f"Grading ONNX files needs {', '.join(missing)}: pip install onnx onnxruntime"
        )
    with (
        tempfile.TemporaryDirectory(prefix="onnx-") as folder,
        tempfile.TemporaryFile() as answer,
    ):
        place = Path(folder)
        (place / file.name).write_bytes(file.model)
        if file.data is not None:
            (place / f"{file.name}.data").write_bytes(file.data)
        np.savez(place / "inputs.npz", *inputs)
        _run(file.name, place, answer)
        answer.seek(0)
        header = answer.readline(MAX_HEADER_BYTES)
        return _believe(header, answer.read(MAX_OUTPUT_BYTES), len(inputs))


def _run(name: str, folder: Path, answer: IO[bytes]) -> None:
    """Run the script to its end, or end it with all that it started."""
    process = subprocess.Popen(
        boxed([sys.executable, "-I", str(SCRIPT), name], SCRIPT, folder),
        cwd=folder,
        env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(TIMEOUT_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _believe(header: bytes, values: bytes, count: int) -> OnnxRun:
    """The answer, if it is one: sizes that agree, numbers that are numbers.

    Raises:
        AssertionError: The file was refused, or what came is no answer.
    """
    try:
        answer: Any = json.loads(header)
    except (ValueError, RecursionError):
        fail(SENTENCES["unreadable"])
    if not isinstance(answer, dict) or "refused" in answer:
        word = answer.get("refused") if isinstance(answer, dict) else None
        fail(SENTENCES.get(word if isinstance(word, str) else "", SENTENCES["unreadable"]))
    stored, shapes = answer.get("stored"), answer.get("shapes")
    if type(stored) is not int or not isinstance(shapes, list) or len(shapes) != count:
        fail(SENTENCES["unreadable"])
    outputs: list[torch.Tensor | None] = []
    for shape in shapes:
        if shape is None:
            outputs.append(None)
            continue
        if not isinstance(shape, list) or len(shape) > 8:
            fail(SENTENCES["unreadable"])
        if any(type(size) is not int or size < 0 for size in shape):
            fail(SENTENCES["unreadable"])
        size = 4 * math.prod(shape)
        if size > len(values):
            fail(SENTENCES["unreadable"])
        flat = np.frombuffer(values[:size], dtype="<f4").astype(np.float32)
        outputs.append(torch.from_numpy(flat.reshape(shape)))
        values = values[size:]
    return OnnxRun(stored, answer.get("training") is True, outputs)
