"""Looks into an ONNX file that a student's code wrote and runs it, in a process made for that.

Run as a script, by its path, in a folder that holds the file, `inputs.npz` and nothing else, with
an empty environment. Imports nothing of ours, limits itself before it reads a byte of the file,
and writes one line of JSON and the outputs' float32 values to stdout. It may be taken over by what
it reads: whoever reads its answer believes nothing; see `onnx_files`.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import AttributeProto, GraphProto, TensorProto

MEMORY_BYTES = 4 * 2**30
CPU_S = 10
FILE_BYTES = 64 * 2**20
OPEN_FILES = 64
MAX_NODES = 2000
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
LIMITS = {
    resource.RLIMIT_AS: MEMORY_BYTES,
    resource.RLIMIT_CPU: CPU_S,
    resource.RLIMIT_FSIZE: FILE_BYTES,
    resource.RLIMIT_NOFILE: OPEN_FILES,
    resource.RLIMIT_CORE: 0,
}


class Refused(Exception):
    """The file is not one that gets run; the text is a word that `onnx_files` knows."""


def limit_self() -> None:
    """Memory, time, files; no network where the system gives that to anyone."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).unshare(NEW_USER | NEW_NETWORK)
    for kind, most in LIMITS.items():
        with contextlib.suppress(ValueError, OSError):  # macOS has no limit on memory
            resource.setrlimit(kind, (most, most))


def tensors_of(graph: GraphProto) -> Iterator[TensorProto]:
    """Every tensor that the graph stores, those of its nodes' attributes too.

    Raises:
        Refused: A node holds a graph of its own, as loops and branches do.
    """
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS):
                raise Refused("control_flow")
            sparse_ones = [attribute.sparse_tensor, *attribute.sparse_tensors]
            yield from (attribute.t, *attribute.tensors)
            yield from (part for s in sparse_ones for part in (s.values, s.indices))


def check_external(tensor: TensorProto, data: Path) -> None:
    """Only the file beside it, and only bytes that are there.

    Raises:
        Refused: It names another file, or more bytes than there are.
    """
    entries = {entry.key: entry.value for entry in tensor.external_data}
    if tensor.data_location != TensorProto.EXTERNAL:
        if entries:
            raise Refused("external")
        return
    if entries.get("location") != data.name or not data.is_file():
        raise Refused("external")
    numbers = [entries.get("offset", "0"), entries.get("length", "0")]
    if not all(text.isascii() and text.isdigit() and len(text) < 12 for text in numbers):
        raise Refused("external")
    if sum(map(int, numbers)) > data.stat().st_size:
        raise Refused("external")


def has_training_nodes(graph: GraphProto) -> bool:
    """Whether a node says that it behaves as in training.

    ONNX Runtime passes over such dropout; other runtimes follow the file.
    """
    switches = {tensor.name: tensor for tensor in graph.initializer}
    switches |= {
        node.output[0]: attribute.t
        for node in graph.node
        for attribute in node.attribute
        if node.op_type == "Constant" and node.output and attribute.name == "value"
    }
    for node in graph.node:
        attributes = {attribute.name: attribute.i for attribute in node.attribute}
        if node.op_type == "BatchNormalization" and attributes.get("training_mode"):
            return True
        if node.op_type == "Dropout" and len(node.input) > 2 and node.input[2]:
            switch = switches.get(node.input[2])
            if switch is None or any(switch.raw_data) or any(switch.int32_data):
                return True
    return False


def inspect(path: Path) -> dict[str, Any]:
    """What the file stores and takes, without running it.

    Raises:
        Refused: It is no plain graph of standard operators.
    """
    try:
        model = onnx.load(path, load_external_data=False)
    except Exception:  # hostile bytes fail in many ways
        raise Refused("unreadable") from None
    graph = model.graph
    if not graph.node:
        raise Refused("unreadable")
    if len(graph.node) > MAX_NODES:
        raise Refused("too_many")
    if model.functions or any(node.domain not in ("", "ai.onnx") for node in graph.node):
        raise Refused("operators")
    stored = 0
    for tensor in tensors_of(graph):
        check_external(tensor, path.with_name(path.name + ".data"))
        stored += math.prod(tensor.dims) if tensor.dims else 0
    constants = {tensor.name for tensor in graph.initializer}
    given = [value for value in graph.input if value.name not in constants]
    if len(given) != 1 or len(graph.output) != 1:
        raise Refused("inputs")
    if given[0].type.tensor_type.elem_type != TensorProto.FLOAT:
        raise Refused("not_float")
    return {
        "input": given[0].name,
        "stored": stored,
        "training": has_training_nodes(graph),
    }


def outputs_of(path: Path, name: str, inputs: list[np.ndarray]) -> Iterator[np.ndarray | None]:
    """The output for each input; None where the file does not take it.

    Raises:
        Refused: ONNX Runtime cannot open the file.
    """
    import onnxruntime

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # no process or thread from here on
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception:  # ONNX Runtime's errors have no common class, and the file is a stranger's
        raise Refused("unreadable") from None
    for value in inputs:
        try:
            found = np.asarray(session.run(None, {name: value})[0], dtype="<f4")
        except Exception:  # as above; what a file does not take is a finding
            yield None
        else:
            yield found


def main(name: str) -> None:
    """Inspect, run, answer."""
    limit_self()
    path = Path(name)
    answer: dict[str, Any] = {}
    outputs: list[np.ndarray | None] = []
    try:
        facts = inspect(path)
        with np.load("inputs.npz", allow_pickle=False) as archive:
            inputs = [archive[f"arr_{i}"] for i in range(len(archive.files))]
        outputs = list(outputs_of(path, facts["input"], inputs))
        answer |= {"stored": facts["stored"], "training": facts["training"]}
        answer["shapes"] = [None if value is None else list(value.shape) for value in outputs]
    except Refused as refused:
        answer, outputs = {"refused": str(refused)}, []
    out = sys.stdout.buffer
    out.write(json.dumps(answer).encode() + b"\n")
    for value in outputs:
        if value is not None:
            out.write(value.tobytes())
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1])
