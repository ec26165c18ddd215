"""Hidden tests of Lab 1, Exercise 3.2, option C: the ONNX file.

Whatever way of writing is free: one file or two, either of torch's exporters. What counts is what
ONNX Runtime computes from the file, here, and what the bytes hold. Writing one takes most of a
second, so these tests look at the same one.
"""

import copy
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import nn

from autograder.boundary.views import view
from autograder.testing import (
    between,
    effective_state,
    expect,
    fail,
    mask_randomly_,
    noise,
    task,
)
from autograder.testing.kept import kept
from autograder.testing.onnx_files import OnnxFile, OnnxRun, fresh_name, read_onnx


def wide_model(rng):
    """A model whose modes differ, with layers that no exporter folds into one with their masks."""
    inputs, width = between(rng, 130, 150), between(rng, 150, 170)
    model = nn.Sequential(
        nn.Linear(inputs, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(width, width), nn.ReLU(),
        nn.Linear(width, between(rng, 4, 9)),
    )  # fmt: skip
    with torch.no_grad():
        for layer in (model[0], model[4], model[6]):
            layer.weight.copy_(noise(rng, *layer.weight.shape, scale=0.1))
            layer.bias.copy_(noise(rng, *layer.bias.shape))
        model[1].running_mean.copy_(noise(rng, width))
        model[1].running_var.copy_(0.5 + torch.rand(width, generator=rng))
    return model


def masked(rng, model):
    """The same model with half of each weight masked."""
    for module in list(model.modules()):
        if isinstance(module, nn.Linear):
            mask_randomly_(rng, module, 0.5)
    return model


def batch(rng, model, rows):
    """Inputs of the model's first layer."""
    first = next(module for module in model.modules() if isinstance(module, nn.Linear))
    return torch.randn(rows, first.in_features, generator=rng)


def expected(model, inputs):
    """What a model without masks computes in evaluation mode."""
    with torch.no_grad():
        return copy.deepcopy(model).eval()(inputs)


def in_training(model, inputs):
    """What ONNX Runtime, which passes over dropout, computes from a file in training mode."""
    twin = copy.deepcopy(model).eval()
    twin[1].train(len(inputs) > 1)
    with torch.no_grad():
        return twin(inputs)


def close(found, wanted):
    """Within what float32 and another order of sums may differ."""
    return found.shape == wanted.shape and torch.allclose(found, wanted, rtol=1e-3, atol=1e-3)


def compare(found, wanted, others=()):
    """Fail with the sentence of the mistake that the outputs show."""
    if found is None:
        fail("ONNX Runtime cannot run the file on a batch like the example input.")
    if found.dim() == 2 and close(found.T, wanted) and not close(found, wanted):
        fail("The outputs of the ONNX file are transposed.")
    assert found.shape == wanted.shape, "The outputs of the ONNX file have another shape."
    if close(found, wanted):
        return
    softened = [wanted.softmax(1), wanted.log_softmax(1), wanted.sigmoid()]
    if any(close(found, other) for other in softened):
        fail("The ONNX file returns probabilities: export the model as it is, with its logits.")
    for other, sentence in others:
        if close(found, other):
            fail(sentence)
    fail("The ONNX file computes other outputs than the model, beyond the tolerance.")


def close_in_training(export, run, number):
    """Whether an output is what the file of a model in training mode gives."""
    found = run.outputs[number]
    return found is not None and close(found, in_training(export.model, export.batches[number]))


def compare_in_any_mode(export, run, number, others=()):
    """Compare one output; that the mode is the right one is for another test to say."""
    if not close_in_training(export, run, number):
        compare(run.outputs[number], expected(export.model, export.batches[number]), others)


@dataclass
class Export:
    """One call of `export_onnx` with a pruned model, and what came of it.

    Attributes:
        model: What the student was given, its masks gone into the weights.
        dense: The outputs of the same model before pruning.
        batches: Inputs: like the example, one row, more rows.
        value: What the function returned.
        before: The model before the call.
        after: The model after it.
        file: What was written; None where nothing was.
    """

    model: nn.Module
    dense: torch.Tensor
    batches: list[torch.Tensor]
    value: Any
    before: Any
    after: Any
    file: OnnxFile | None

    @property
    def written(self) -> OnnxFile:
        """The file, or a failure that says that there is none."""
        if self.file is None:
            fail("`export_onnx` wrote no file at the path that it was given.")
        return self.file


def make_export(student, rng):
    """Let the student export a pruned model of which one layer is in evaluation mode."""
    model = wide_model(rng)
    batches = [batch(rng, model, rows) for rows in (between(rng, 3, 6), 1, between(rng, 7, 12))]
    dense, plain = expected(model, batches[0]), copy.deepcopy(model)
    masked(rng, model).train()
    model[4].eval()
    plain.load_state_dict(effective_state(model))
    before, name = view(model), fresh_name(rng)
    value = student.export_onnx(model, name, batches[0])
    file = read_onnx(student, name) if student.read_file(name) else None
    return Export(plain, dense, batches, value, before, student.last.args[0], file)


@pytest.fixture
def export(request, student, rng) -> Export:
    """The one export of a pruned model that tests share."""
    return kept(request, "export", lambda: make_export(student, rng))


@pytest.fixture
def run(request, export, examine) -> OnnxRun:
    """What ONNX Runtime computes from that file."""
    return kept(request, "run", lambda: export.written.run(examine, *export.batches))


@task("ex3-options-check", points=0.15, option="C")
def test_onnx_same_outputs(export, run):
    """The file computes what the pruned model computes."""
    unpruned = "The ONNX file holds the weights from before pruning, without the zeros."
    compare_in_any_mode(export, run, 0, [(export.dense, unpruned)])


@task("ex3-options-check", points=0.1, option="C")
def test_onnx_evaluation_mode(export, run):
    """The file computes what the model computes in evaluation mode, whatever mode it is in."""
    found, inputs = run.outputs[0], export.batches[0]
    wanted = expected(export.model, inputs)
    right = found is not None and close(found, wanted)
    if run.training or (not right and found is not None and close_in_training(export, run, 0)):
        fail(
            "The file does not compute what the model computes in evaluation mode: dropout and "
            "batch normalization behave otherwise in training. Call `eval()` on the copy."
        )
    others = (export.dense, wanted.softmax(1))  # another test asks for masks and logits
    if found is None or not any(close(found, other) for other in others):
        compare(found, wanted)


@task("ex3-options-check", points=0.1, option="C")
def test_onnx_takes_any_batch_size(export, run):
    """The file takes one row as well as many."""
    compare_in_any_mode(export, run, 0)
    for index, (found, inputs) in enumerate(zip(run.outputs, export.batches, strict=True)):
        if found is None or len(found) != len(inputs):
            fail(
                "The file takes only batches of the example's size: make the first dimension "
                "of the input dynamic."
            )
        if len(inputs) > 1 or not close_in_training(export, run, 0):
            compare_in_any_mode(export, run, index)


@task("ex3-options-check", points=0.1, option="C")
def test_onnx_holds_no_masks(export, run):
    """The file of a pruned model holds no more values than that of the unpruned one."""
    count = sum(value.numel() for value in export.model.state_dict().values())
    few = "The ONNX file holds fewer values than the model has parameters."
    assert run.stored >= 0.4 * count, few
    if run.stored > 1.1 * count:
        fail(
            "The file of a pruned model holds more values than the model has parameters: masks "
            "and original weights went along. Export a copy without masks."
        )
    assert export.written.size_mb < 1.2 * 4 * count / 1e6 + 0.05, (
        "The file of a pruned model is larger than its parameters make it."
    )


@task("ex3-options-check", points=0.1, option="C")
def test_onnx_size(export):
    """The returned size is that of all bytes written, in MB."""
    file = export.written
    size_mb = file.size_mb
    mistakes = [
        (size_mb * 1e6 / 2**20, "The size is in MiB: 1 MB is 10⁶ bytes here, not 2²⁰."),
        (size_mb * 1e6, "The size is in bytes: divide by 10⁶."),
        (size_mb * 1e3, "The size is in kB: divide the bytes by 10⁶."),
    ]
    if file.data is not None:
        mistakes += [
            (len(file.model) / 1e6, "Weights in the file `<path>.data` count, too."),
            (len(file.data) / 1e6, "The ONNX file itself counts beside its `.data`, too."),
        ]
    what = "The size of the ONNX file, as written on disk,"
    expect(export.value, size_mb, what, mistakes, 0.0006)


@task("ex3-options-check", points=0.1, option="C")
def test_onnx_changes_nothing(export):
    """Exporting leaves the model as it was: mode, masks, values."""
    same = type(export.after) is type(export.before)
    assert same, "`export_onnx` changed the model into something else."
    changed = export.before.differences(export.after)
    assert not changed, f"Exporting changed the model ({', '.join(changed)}): work on a copy."
    assert export.written.model, "`export_onnx` wrote an empty file."
