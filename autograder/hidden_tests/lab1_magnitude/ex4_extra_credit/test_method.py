"""Hidden tests of Lab 1, Exercise 4.1: another pruning method, whichever it is."""

import itertools

import torch
from torch.nn.utils import prune

from autograder.boundary.views import ModuleView, same_bits, view
from autograder.testing import (
    between,
    effective_state,
    expect,
    fail,
    ffn,
    pairs_of,
    plain_net,
    task,
)
from autograder.testing.calibration import (
    counts_fit,
    half_masked_,
    likeness_to_magnitude,
    uneven_batch,
)
from autograder.testing.nets import refill_
from labkit.models.ffn import FFN


def share(rng, low, high):
    """A random share between two others."""
    return low + (high - low) * float(torch.rand((), generator=rng))


def wide_ffn(rng):
    """An FFN of about 2,000 weights, with calibration data."""
    model = ffn(rng, hidden=between(rng, 26, 32), inputs=between(rng, 36, 44))
    return model, uneven_batch(rng, model.layers[0].in_features, model.out.out_features)


def weight_names(model):
    """The plain names of a model's weight matrices."""
    return [name for name, tensor in effective_state(model).items() if tensor.dim() == 2]


def step(student, model, amount, batch):
    """One step: the model afterwards, and which weights were and are left, layer by layer."""
    student.additional_pruning(model, pairs_of(model), amount, batch)
    after = student.last.args[0]
    if not isinstance(after, ModuleView) or not after.masks:
        fail("After `additional_pruning` the model has no `weight_mask`: prune in place, "
             "with the masks of `torch.nn.utils.prune`.")  # fmt: skip
    before = effective_state(model)
    alive = [before[name] != 0 for name in weight_names(model)]
    kept = []
    for name, was in zip(weight_names(model), alive, strict=True):
        mask = after.masks.get(name, torch.ones(was.shape))
        if mask.shape != was.shape:
            fail("A mask should have the shape of its weight.")
        kept.append(mask != 0)
    return after, alive, kept


@task("ex4-method-check", points=0.25)
def test_method_removes_share_of_what_remains(student, rng):
    """A step removes the share `amount` of the weights that remain."""
    for masked in (False, True):
        model, batch = wide_ffn(rng)
        if masked:
            half_masked_(rng, model)
        amount = share(rng, 0.25, 0.4)
        _, alive, kept = step(student, model, amount, batch)
        both = [was & now for was, now in zip(alive, kept, strict=True)]
        if counts_fit(alive, both, amount):
            continue
        total = sum(was.numel() for was in alive)
        remaining = sum(int(was.sum()) for was in alive)
        expect(
            sum(int(now.sum()) for now in both),
            remaining - round(amount * remaining),
            "The number of weights that a step leaves",
            [
                (remaining, "A step on a pruned model removed nothing new: `amount` counts "
                            "among the weights that remain."),
                (remaining - amount * total,
                 "`amount` is a fraction of the weights that remain, not of all weights."),
                (amount * remaining, "`amount` is the share that goes; yours stays."),
            ],
            tolerance=0.015 * total if masked else 0.02 * total,
        )  # fmt: skip
        fail("The number of weights that go is neither `amount` of all that remain, nor of those "
             "of each layer, nor of each row, rounded.")  # fmt: skip


@task("ex4-method-check", points=0.2)
def test_method_keeps_masks_values_and_biases(student, rng):
    """A step keeps earlier masks, all values, and the biases."""
    for masked in (False, True):
        model, batch = wide_ffn(rng)
        start = {name: value.clone() for name, value in effective_state(model).items()}
        if masked:
            half_masked_(rng, model)
        after, alive, kept = step(student, model, 0.33, batch)
        if any(name.endswith("bias") for name in after.masks):
            fail("Biases are not pruned, but there is a `bias_mask`.")
        pairs = list(zip(alive, kept, strict=True))
        assert not any((now & ~was).any() for was, now in pairs), (
            "A weight that was pruned earlier came back: masks only shrink."
        )
        assert any((was & ~now).any() for was, now in pairs), "A step removed nothing new."
        assert all(set(mask.unique().tolist()) <= {0, 1} for mask in after.masks.values()), (
            "A mask should hold zeros and ones only."
        )
        for name, value in start.items():
            now = after.parameters.get(f"{name}_orig", after.parameters.get(name))
            what = "a bias" if name.endswith("bias") else "a weight under its mask"
            assert now is not None, "A parameter is gone after the step."
            assert same_bits(now, value), f"The step changed the value of {what}: set masks only."


@task("ex4-method-check", points=0.3)
def test_method_is_not_magnitude(student, rng):
    """The method is another one than magnitude, and not random."""
    removed = []
    hidden, inputs, classes = between(rng, 26, 32), between(rng, 36, 44), between(rng, 4, 7)
    amount = share(rng, 0.3, 0.4)
    for _ in range(2):
        model = FFN(hidden, inputs, classes, num_layers=2)
        refill_(rng, model, (1.0, 0.3, 2.0))
        batch = uneven_batch(rng, inputs, classes)
        _, alive, kept = step(student, model, amount, batch)
        _, _, again = step(student, model, amount, batch)
        same = all(torch.equal(one, other) for one, other in zip(kept, again, strict=True))
        assert same, "Called twice with the same model and data, your method chooses other weights."
        weights = [effective_state(model)[name] for name in weight_names(model)]
        if likeness_to_magnitude(weights, alive, kept) > 0.96:
            fail("The weights that go are those with the smallest |w|: that is magnitude pruning.")
        removed.append(torch.cat([~now.reshape(-1) for now in kept]))
    for one, other in itertools.pairwise(removed):
        assert not torch.equal(one, other), (
            "Two models of the same shape lose the same weights, whatever their values: the "
            "choice should follow from the model and the data."
        )


@task("ex4-method-check", points=0.1)
def test_method_works_again(student, rng):
    """A second step goes on from the first."""
    model, batch = wide_ffn(rng)
    amount = share(rng, 0.3, 0.4)
    for _ in range(2):
        after, alive, kept = step(student, model, amount, batch)
        if not counts_fit(alive, [a & k for a, k in zip(alive, kept, strict=True)], amount):
            fail("After the second of two steps, the number of weights left is not what two "
                 "steps should leave.")  # fmt: skip
        for module, name in zip([m for m, _ in pairs_of(model)], weight_names(model), strict=True):
            if name not in after.masks:
                fail("After a step, a layer in `params_to_prune` has no `weight_mask`.")
            with torch.no_grad():
                prune.custom_from_mask(module, "weight", after.masks[name])


@task("ex4-method-check", points=0.15)
def test_method_leaves_model_and_data(student, rng):
    """The model has no new hooks, its mode and its buffers, and the data are unchanged."""
    for training in (True, False):
        model = plain_net(rng).train(training)
        if training:
            model[1].eval()  # a part may be in another mode than the rest
        batch = uneven_batch(rng, model[0].in_features, model[3].out_features)
        before, given = view(model), [tensor.clone() for tensor in batch]
        after, _, _ = step(student, model, 0.3, batch)
        assert after.training == before.training, (
            "The model, or a part of it, is in another mode (`training`) than before."
        )
        layers = [name for name, title in after.classes.items() if title == "Linear"]
        most = {name: int(name in layers) for name in after.hooks}  # the mask's own
        assert all(count <= most[name] for name, count in after.hooks.items()), (
            "Your hooks are still on the model: remove them."
        )
        for name, value in before.buffers.items():
            kept = name in after.buffers and same_bits(after.buffers[name], value)
            assert kept, "BatchNorm's statistics changed: pass the data through in eval mode."
        grads = {name.removesuffix("_orig"): on for name, on in after.requires_grad.items()}
        assert grads == before.requires_grad, "`requires_grad` of a parameter has changed."
        data = student.last.args[3]
        unchanged = isinstance(data, (tuple, list)) and len(data) == 2
        unchanged = unchanged and all(
            isinstance(now, torch.Tensor) and same_bits(now, was)
            for now, was in zip(data, given, strict=True)
        )
        assert unchanged, "`additional_pruning` changed the calibration data."
        assert not student.last.files, "Your function left a file behind."
