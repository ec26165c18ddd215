"""Hidden test of Lab 1, Exercise 3.2, option C: the latency of an ONNX file of ours."""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from autograder.testing import between, noise, number, task
from autograder.testing.onnx_files import fresh_name


def chain(rng, width, layers):
    """An ONNX file of ours: several layers that share one weight, for batches of any size."""
    weight = noise(rng, width, width, scale=width**-0.5).numpy()
    nodes, name = [], "x"
    for layer in range(layers):
        nodes.append(helper.make_node("MatMul", [name, "weight"], [f"h{layer}"]))
        nodes.append(helper.make_node("Relu", [f"h{layer}"], [f"r{layer}"]))
        name = f"r{layer}"
    ends = [
        helper.make_tensor_value_info(end, TensorProto.FLOAT, ["batch", width])
        for end in ("x", name)
    ]
    graph = helper.make_graph(
        nodes, "chain", ends[:1], ends[1:], [numpy_helper.from_array(weight, "weight")]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


@task("ex3-options-check", points=0.1, option="C")
def test_onnx_latency(student, rng):
    """The latency is the median of the timed runs, in seconds for the whole batch."""
    width, rows = between(rng, 140, 160), 96
    name = fresh_name(rng)
    student.write_file(name, chain(rng, width, 8))
    inputs = np.asarray(torch.randn(rows, width, generator=rng), dtype=np.float32)
    for warmup, repeats in ((5, 200), (700, 70)):  # opening the file takes as long as 50 runs
        value = student.onnx_latency(name, inputs, warmup=warmup, repeats=repeats)
        seconds = number(value, "`onnx_latency`")
        spent = student.last.seconds
        assert seconds > 0, "A latency is more than zero seconds."
        # Half of the runs take the median or longer, so these hold however busy the machine is.
        assert seconds * repeats <= 2 * spent * 100, (
            "The latency is far longer than the call took: return seconds, not milliseconds."
        )
        assert seconds * repeats <= 2 * spent, (
            "The latency does not fit the time that the call took: time `repeats` single runs, "
            "and return their median in seconds, not the sum."
        )
        assert seconds * (warmup + repeats) <= 4 * spent, (
            "The call is too short for so many runs: run `warmup` times before the clock starts."
        )
        assert seconds * (warmup + repeats) >= spent / 20, (
            "The latency is far shorter than a run: return seconds for one run of the whole "
            "batch, not for one row."
        )
