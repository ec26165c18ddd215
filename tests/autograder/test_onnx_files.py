"""Hostile ONNX files: what is run, what is refused, and that nothing of the grader is seen."""

import os

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from autograder.boundary import session
from autograder.boundary.inside.wall import Allowance
from autograder.testing.onnx_files import OnnxFile, read_onnx, run_onnx

FLOAT = TensorProto.FLOAT
WEIGHT = np.arange(6, dtype=np.float32).reshape(3, 2)


def model_of(nodes, *, tensors=(), kind=FLOAT, functions=()):
    """A model with the input x [batch, 3] and the output y."""
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", kind, ["batch", 3])],
        [helper.make_tensor_value_info("y", FLOAT, None)],
        list(tensors),
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9, functions=list(functions))


def product(weight=None):
    """y = x @ weight."""
    weight = numpy_helper.from_array(WEIGHT, "w") if weight is None else weight
    return model_of([helper.make_node("MatMul", ["x", "w"], ["y"])], tensors=[weight])


def external(location, *, offset=0, length=24):
    """A weight that says that its values are in another file."""
    tensor = TensorProto(name="w", data_type=FLOAT, dims=[3, 2])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", offset), ("length", length)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def file_of(model, data=None):
    """As it would come out of a student's folder."""
    return OnnxFile("m.onnx", model.SerializeToString(), data)


def test_outputs_and_counts_come_back(warm):
    inputs = [torch.randn(rows, 3) for rows in (1, 5)]
    run = file_of(product()).run(warm.examine, *inputs)
    assert run.stored == 6
    assert not run.training
    for found, given in zip(run.outputs, inputs, strict=True):
        torch.testing.assert_close(found, given @ torch.from_numpy(WEIGHT))


def test_weights_beside_the_file_are_read_and_counted(warm):
    file = file_of(product(external("m.onnx.data")), WEIGHT.tobytes())
    given = torch.randn(2, 3)
    torch.testing.assert_close(
        file.run(warm.examine, given).outputs[0], given @ torch.from_numpy(WEIGHT)
    )
    assert file.size_mb == (len(file.model) + 24) / 1e6


@pytest.mark.parametrize(
    "tensor",
    [
        external("/etc/passwd"),
        external("../m.onnx.data"),
        external("data/MNIST"),
        external("m.onnx.data", length=25),
        external("m.onnx.data", offset="-8"),
        external("m.onnx.data", offset=10**11),
    ],
)
def test_other_files_and_bytes_are_refused(warm, tensor):
    with pytest.raises(AssertionError, match="in another file"):
        file_of(product(tensor), WEIGHT.tobytes()).run(warm.examine, torch.randn(2, 3))


def test_an_input_that_the_file_does_not_take_gives_nothing(warm):
    run = file_of(product()).run(warm.examine, torch.randn(2, 3), torch.randn(2, 4))
    assert run.outputs[0] is not None
    assert run.outputs[1] is None


def branch():
    """An If node."""
    one = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["z"])],
        "b",
        [],
        [helper.make_tensor_value_info("z", FLOAT, None)],
    )
    condition = numpy_helper.from_array(np.array(True), "c")
    node = helper.make_node("If", ["c"], ["y"], then_branch=one, else_branch=one)
    return model_of([node], tensors=[condition])


def with_function():
    """A model that defines an operator of its own."""
    body = [helper.make_node("Relu", ["a"], ["b"])]
    own = helper.make_function("own", "F", ["a"], ["b"], body, [helper.make_opsetid("", 18)])
    return model_of([helper.make_node("F", ["x"], ["y"], domain="own")], functions=[own])


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (branch(), "loops or branches"),
        (with_function(), "beyond the standard"),
        (model_of([helper.make_node("Gelu", ["x"], ["y"], domain="own")]), "beyond the standard"),
        (model_of([helper.make_node("Cast", ["x"], ["y"], to=FLOAT)], kind=11), "float32"),
        (model_of([helper.make_node("NoSuchThing", ["x"], ["y"])]), "cannot be read"),
        (model_of([helper.make_node("Relu", ["x"], ["y"])] * 2001), "far more operators"),
    ],
)
def test_unusual_files_are_refused(warm, model, sentence):
    with pytest.raises(AssertionError, match=sentence):
        file_of(model).run(warm.examine, torch.randn(2, 3))


@pytest.mark.parametrize("model", [b"", b"no model", os.urandom(3000), b"\x0a" * 10**6])
def test_damaged_bytes_are_explained(warm, model):
    with pytest.raises(AssertionError, match="cannot be read"):
        OnnxFile("m.onnx", model, None).run(warm.examine, torch.randn(2, 3))


def test_memory_is_limited(warm):
    shape = numpy_helper.from_array(np.array([10**6, 10**6]), "s")
    nodes = [
        helper.make_node("ConstantOfShape", ["s"], ["big"]),
        helper.make_node("ReduceSum", ["big"], ["sum"], keepdims=0),
        helper.make_node("Add", ["x", "sum"], ["y"]),
    ]
    try:
        outputs = (
            file_of(model_of(nodes, tensors=[shape])).run(warm.examine, torch.randn(2, 3)).outputs
        )
    except AssertionError:
        return
    assert outputs == [None]


def test_a_run_without_end_is_ended(warm, monkeypatch):
    monkeypatch.setattr(session, "EXAMINATION", Allowance(10**9, 16, 10**8, seconds=1.0))
    shape = numpy_helper.from_array(np.array([2000, 2000]), "s")
    nodes = [helper.make_node("ConstantOfShape", ["s"], ["m0"])]
    nodes += [helper.make_node("MatMul", ["m0", f"m{n}"], [f"m{n + 1}"]) for n in range(500)]
    nodes.append(helper.make_node("ReduceSum", ["m500"], ["sum"], keepdims=0))
    nodes.append(helper.make_node("Add", ["x", "sum"], ["y"]))
    with pytest.raises(AssertionError, match="cannot be read"):
        file_of(model_of(nodes, tensors=[shape])).run(warm.examine, torch.randn(2, 3))
    assert file_of(product()).run(warm.examine, torch.randn(2, 3)).outputs


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"stored": 1},
        {"stored": 1, "outputs": [{"shape": [2, 3], "values": b"1234"}]},
        {"stored": 1, "outputs": [{"shape": [-1, -1], "values": b"1234"}]},
        {"stored": 1, "outputs": [{"shape": [2**62, 0], "values": b""}]},
        {"stored": 1, "outputs": [{"shape": [True], "values": b"1234"}]},
        {"stored": 1, "outputs": [{"shape": [1] * 9, "values": b"1234"}]},
        {"stored": 1, "outputs": [{"shape": [1], "values": "1234"}]},
        {"stored": 1, "outputs": [[1]]},
        {"stored": True, "outputs": [None]},
        {"stored": 1, "outputs": [None, None]},
        {"refused": ["unreadable"]},
    ],
    ids=repr,
)
def test_lying_answers_are_not_believed(answer):
    with pytest.raises(AssertionError, match="cannot be read"):
        run_onnx(lambda *_: answer, file_of(product()), [np.ones((2, 3), np.float32)])


def test_training_nodes_are_noticed(warm):
    on = numpy_helper.from_array(np.array(True), "on")
    ratio = numpy_helper.from_array(np.float32(0.5), "ratio")
    node = helper.make_node("Dropout", ["x", "ratio", "on"], ["y"])
    assert (
        file_of(model_of([node], tensors=[on, ratio])).run(warm.examine, torch.randn(2, 3)).training
    )
    plain = helper.make_node("Dropout", ["x"], ["y"])
    assert not file_of(model_of([plain])).run(warm.examine, torch.randn(2, 3)).training


def test_missing_file_is_explained():
    class Empty:
        """A student who wrote nothing."""

        def read_file(self, name):
            return None

    with pytest.raises(AssertionError, match="wrote no file"):
        read_onnx(Empty(), "m.onnx")
