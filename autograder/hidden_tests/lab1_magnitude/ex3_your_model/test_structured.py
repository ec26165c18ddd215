"""Hidden tests of Lab 1, Exercise 3.2A: a network rebuilt with less hidden units.

A rebuilt network is compared with the large one whose units are silenced. The handout leaves the
order of survivors open, and one unit more or less in each layer.
"""

import itertools

import torch

from autograder.boundary.views import ModuleView, same_bits, view
from autograder.testing import between, fail, noise, task
from autograder.testing.structured import (
    layers_of,
    rebuilt,
    silenced,
    smallest_units,
    survivors,
    uneven_ffn,
)

CHECK = "ex3-options-check"


def ratio_of(rng):
    """A ratio away from a half, so that the wrong share shows."""
    return 0.25 + 0.15 * float(torch.rand((), generator=rng))


def prune(student, rng, model, ratio, probe=()):
    """The smaller model."""
    example = noise(rng, between(rng, 2, 4), model.layers[0].in_features)
    example = example.to(model.out.weight.dtype)
    return rebuilt(student.call("prune_structured", model, example, ratio, probe=probe).value)


def hidden_sizes(model):
    """The number of units of each hidden layer."""
    return [len(layer.weight) for layer in layers_of(model)[:-1]]


def check_form(small, model):
    """Fail unless the network has as many layers, inputs and outputs as it had."""
    new, old = layers_of(small), layers_of(model)
    if len(new) != len(old):
        fail("The smaller network should have as many linear layers as the large one.")
    if new[0].weight.shape[1] != old[0].weight.shape[1]:
        fail("The inputs of the network are no hidden units: their number should not change.")
    if len(new[-1].weight) != len(old[-1].weight):
        fail("The outputs of the network are no hidden units: their number should not change.")
    for layer, following in itertools.pairwise(new):
        if len(layer.weight) != following.weight.shape[1]:
            fail("A layer has other inputs than the layer before it has units.")
    if any(layer.bias is None or len(layer.bias) != len(layer.weight) for layer in new):
        fail("A bias should have one entry for each unit that stays.")


@task(CHECK, points=0.15, option="A")
def test_structured_shapes(student, rng):
    """The share `ratio` of each hidden layer's units is gone, and the matrices are smaller."""
    for hidden in (2, 3):
        model, ratio = uneven_ffn(rng, hidden), ratio_of(rng)
        small = prune(student, rng, model, ratio)
        old, new = hidden_sizes(model), hidden_sizes(small)
        if new == old:
            fail("The hidden layers are as large as before: zeros do not make a network smaller.")
        check_form(small, model)
        gone = [round(ratio * units) for units in old]
        if all(abs(n - g) <= 1 for n, g in zip(new, gone, strict=True)):
            fail("`ratio` is the share of units that goes; yours is the share that stays.")
        if any(abs(o - n - g) > 1 for o, n, g in zip(old, new, gone, strict=True)):
            fail("From each hidden layer with n units, round(ratio * n) should go.")


@task(CHECK, points=0.2, option="A")
def test_structured_survivors(student, rng):
    """The units with the smallest norms go; the others keep their weights and biases."""
    for dtype in (torch.float32, torch.float64):
        model = uneven_ffn(rng).to(dtype)
        small = prune(student, rng, model, ratio_of(rng))
        check_form(small, model)
        if any(layer.weight.dtype != dtype for layer in layers_of(small)):
            fail("The smaller network should have numbers of the same type (dtype) as the model.")
        columns = list(range(model.layers[0].in_features))
        *hidden, (new_out, old_out) = zip(layers_of(small), layers_of(model), strict=True)
        for new, old in hidden:
            kept = survivors(new, old, columns)
            if kept is None:
                fail(
                    "The weights of a hidden layer are not those of units of the original: keep "
                    "rows, and as columns the units that stayed in the layer before."
                )
            gone = smallest_units(old.weight, len(old.weight) - len(kept))
            if gone & set(kept):
                fail(
                    "Those units should go whose incoming weights (the rows of the original "
                    "weight, without bias) have the smallest L2 norm, in each layer by itself."
                )
            if not torch.equal(new.bias, old.bias[kept]):
                fail("The biases do not belong to the units that stayed.")
            columns = kept
        if not torch.equal(new_out.weight, old_out.weight[:, columns]):
            fail("The output layer should keep the columns of the units that stayed.")
        if not torch.equal(new_out.bias, old_out.bias):
            fail("The biases of the output layer should not change.")


@task(CHECK, points=0.2, option="A")
def test_structured_computes_the_same(student, rng):
    """The smaller network computes what the large one does with those units silenced."""
    model = uneven_ffn(rng, 3)
    probes = [noise(rng, size, model.layers[0].in_features) for size in (1, between(rng, 5, 9))]
    small = prune(student, rng, model, ratio_of(rng), probes)
    if hidden_sizes(small) == hidden_sizes(model):
        fail("The hidden layers are as large as before: zeros do not make a network smaller.")
    removed = [
        smallest_units(old.weight, len(old.weight) - len(new.weight))
        for old, new in zip(layers_of(model)[:-1], layers_of(small), strict=False)
    ]
    with torch.no_grad():
        silent = silenced(model, removed)
        wanted = [silent(probe) for probe in probes]
    for output, right in zip(student.last.outputs, wanted, strict=True):
        if not isinstance(output, torch.Tensor):
            fail("The smaller network fails on a batch: do its layers fit together?")
        if output.shape != right.shape:
            fail("The smaller network should give as many outputs as the original.")
        if not torch.allclose(output.double(), right.double(), rtol=1e-3, atol=1e-4):
            fail(
                "The smaller network does not compute what the large one does with those units "
                "silenced: rows, biases and the next layer's columns have to belong together."
            )


@task(CHECK, points=0.1, option="A")
def test_structured_leaves_the_original(student, rng):
    """The original stays as it is and shares no memory with the smaller network."""
    model = uneven_ffn(rng)
    before = view(model)
    prune(student, rng, model, ratio_of(rng))
    after = student.last.args[0]
    if not isinstance(after, ModuleView) or before.differences(after):
        fail("The original model has changed: work on a copy.")
    if student.last.shared:
        fail("The smaller network shares memory with the original: training it changes both.")


@task(CHECK, points=0.1, option="A")
def test_structured_extreme_ratios(student, rng):
    """Ratio 0 removes nothing, and one unit of each layer stays at the other end."""
    model = uneven_ffn(rng)
    probe = noise(rng, 4, model.layers[0].in_features)
    whole = prune(student, rng, model, 0.0, [probe])
    with torch.no_grad():
        right = model(probe)
    output = student.last.outputs[0]
    same = isinstance(output, torch.Tensor) and output.shape == right.shape
    if hidden_sizes(whole) != hidden_sizes(model) or not same:
        fail("With ratio 0 the network should stay as large as it is.")
    if not torch.allclose(output, right, rtol=1e-3, atol=1e-4):
        fail("With ratio 0 the network should compute what it did.")
    few = prune(student, rng, model, 0.99, [probe])
    if 0 in hidden_sizes(few) or any(0 in layer.weight.shape for layer in layers_of(few)):
        fail("A hidden layer lost all its units: at least one has to stay.")
    if max(hidden_sizes(few)) > 2:
        fail("With ratio 0.99 one unit of each of these layers should stay.")
    if not isinstance(student.last.outputs[0], torch.Tensor):
        fail("With ratio 0.99 the smaller network fails on a batch.")
    first = layers_of(few)[0].weight
    known = any(same_bits(first[0], row) for row in layers_of(model)[0].weight)
    assert known, "The unit that stays should keep its weights."
