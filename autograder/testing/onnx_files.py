"""ONNX files that a student's code wrote, run at arm's length: bytes in, plain arrays out.

The bytes are hostile. `autograder.boundary.inside.onnx_file` parses and runs them behind the walls
that students' code runs behind, and its answer is checked here like a student's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from autograder.boundary.session import Examine
from autograder.boundary.student import Student
from autograder.testing.nets import between
from autograder.testing.values import fail

MAX_DIMENSIONS = 8
MAX_SIZE = 2**31
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

    def run(self, examine: Examine, *inputs: torch.Tensor) -> OnnxRun:
        """Run the file on some inputs.

        Args:
            examine: The fixture of that name.
            inputs: One batch each.

        Raises:
            AssertionError: It cannot be run; the sentence says why, for the student.
        """
        return run_onnx(examine, self, [value.numpy() for value in inputs])


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


def run_onnx(examine: Examine, file: OnnxFile, inputs: Sequence[np.ndarray]) -> OnnxRun:
    """Run a file on some float32 inputs.

    Raises:
        AssertionError: It cannot be run; the sentence says why, for the student.
    """
    files = {file.name: file.model}
    if file.data is not None:
        files[f"{file.name}.data"] = file.data
    given = [{"shape": i.shape, "values": i.astype("<f4").tobytes()} for i in inputs]
    answer = examine("onnx", files, {"name": file.name, "inputs": given})
    return _believe(answer, len(inputs))


def _believe(answer: Mapping[str, Any], count: int) -> OnnxRun:
    """The answer, if it is one: sizes that agree, numbers that are numbers.

    Raises:
        AssertionError: The file was refused, or what came is no answer.
    """
    word = answer.get("refused")
    if word is not None:
        fail(SENTENCES.get(word if isinstance(word, str) else "", SENTENCES["unreadable"]))
    stored, outputs = answer.get("stored"), answer.get("outputs")
    if type(stored) is not int or not isinstance(outputs, list) or len(outputs) != count:
        fail(SENTENCES["unreadable"])
    found = [None if output is None else _tensor(output) for output in outputs]
    return OnnxRun(stored, answer.get("training") is True, found)


def _tensor(output: object) -> torch.Tensor:
    shape, values = None, None
    if isinstance(output, dict):
        shape, values = output.get("shape"), output.get("values")
    if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS or not isinstance(values, bytes):
        fail(SENTENCES["unreadable"])
    if any(type(size) is not int or not 0 <= size < MAX_SIZE for size in shape):
        fail(SENTENCES["unreadable"])
    if 4 * math.prod(shape) != len(values):
        fail(SENTENCES["unreadable"])
    return torch.from_numpy(np.frombuffer(values, "<f4").astype(np.float32).reshape(shape))
