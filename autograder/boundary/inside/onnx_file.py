"""Looks into an ONNX file that a student's code wrote, and runs it.

Stands in the place of a notebook's process, in a folder that holds the file and what belongs to it.
It limits itself before it reads a byte of the file. It may be taken over by what it reads: whoever
reads its answer believes nothing; see `autograder.testing.onnx_files`.
"""

from __future__ import annotations

import contextlib
import math
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import AttributeProto, GraphProto, ModelProto, TensorProto

from autograder.boundary.wire import Channel

MEMORY_BYTES = 2 * 2**30
CPU_S = 10
MAX_NODES = 2000


class Refused(Exception):
    """The file is not one that gets run; the text is a word that `onnx_files` knows."""


def serve_onnx(channel: Channel, seed: int, inherited_bytes: int) -> None:
    """Answer one request `{"name", "inputs": [{"shape", "values"}]}`.

    The reply is `{"refused": word}`, or `{"stored", "training", "outputs"}`: how many values the
    file's tensors hold, whether it behaves as in training, and for each input what came of it,
    `{"shape", "values"}` as float32, or None where the file does not take it.

    Args:
        channel: To the trusted side.
        seed: Without use here.
        inherited_bytes: Address space of the warm process; the limit on memory comes on top.
    """
    request = channel.receive()
    _limit_self(inherited_bytes + MEMORY_BYTES)
    path = Path(request["name"])
    inputs = [np.frombuffer(i["values"], "<f4").reshape(i["shape"]) for i in request["inputs"]]
    try:
        model = read_model(path)
        facts = inspect(model, path.with_name(path.name + ".data"))
        onnx.load_external_data_for_model(model, str(path.parent))
        outputs = list(outputs_of(model, facts.pop("input"), inputs))
    except Refused as refused:
        channel.send({"refused": str(refused)})
    else:
        channel.send(facts | {"outputs": outputs})


def _limit_self(memory_bytes: int) -> None:
    """Memory and time; no process or thread from here on."""
    for kind, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_NPROC, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS has no limit on memory
            resource.setrlimit(kind, (most, most))


def read_model(path: Path) -> ModelProto:
    """The file without the values that it keeps elsewhere.

    Raises:
        Refused: It is none.
    """
    try:
        return onnx.load(path, load_external_data=False)
    except Exception:  # hostile bytes fail in many ways
        raise Refused("unreadable") from None


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


def inspect(model: ModelProto, data: Path) -> dict[str, Any]:
    """What a model stores and takes, without running it.

    Args:
        model: As read from the file.
        data: The one other file that may hold its values.

    Raises:
        Refused: It is no plain graph of standard operators.
    """
    graph = model.graph
    if not graph.node:
        raise Refused("unreadable")
    if len(graph.node) > MAX_NODES:
        raise Refused("too_many")
    if model.functions or any(node.domain not in ("", "ai.onnx") for node in graph.node):
        raise Refused("operators")
    stored = 0
    for tensor in tensors_of(graph):
        check_external(tensor, data)
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


def outputs_of(
    model: ModelProto, name: str, inputs: list[np.ndarray]
) -> Iterator[dict[str, Any] | None]:
    """The output for each input; None where the file does not take it.

    Raises:
        Refused: ONNX Runtime cannot open the model.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    except Exception:  # ONNX Runtime's errors have no common class, and the file is a stranger's
        raise Refused("unreadable") from None
    for value in inputs:
        try:
            found = np.asarray(session.run(None, {name: value})[0], dtype="<f4")
        except Exception:  # as above; what a file does not take is a finding
            yield None
        else:
            yield {"shape": list(found.shape), "values": found.tobytes()}
