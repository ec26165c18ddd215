"""Hidden tests of 2.1: one pruning step.

Expected values come from `weight_orig * weight_mask` on the trusted side; what the handout leaves
open is accepted.
"""

import torch

from autograder.boundary.views import ModuleView, same_bits, view
from autograder.testing import (
    between,
    effective_state,
    expect,
    fail,
    ffn,
    kind,
    mask_randomly_,
    pairs_of,
    share,
    task,
    weight_names,
)


@task("ex2-prune-check", points=0.125)
def test_lists_every_weight(student, rng):
    """`prunable_parameters` lists the weight of every layer, the output layer too."""
    for pruned in (False, True):
        model = ffn(rng, num_layers=between(rng, 2, 4))
        if pruned:
            mask_randomly_(rng, model.layers[1], 0.5)
        pairs = student.prunable_parameters(model)
        if not isinstance(pairs, (list, tuple)):
            fail(f"`prunable_parameters` should return a list, but returned {kind(pairs)}.")
        after = " once it is pruned" if pruned else ""
        for pair in pairs:
            proper = isinstance(pair, (list, tuple)) and len(pair) == 2
            if not proper or not isinstance(pair[0], ModuleView) or not isinstance(pair[1], str):
                fail('Each item of the list should be a pair (module, "weight").')
            if pair[1] == "bias":
                fail('Biases are not pruned: the pairs are (module, "weight") only.')
            if pair[1] != "weight":
                fail(f'The second value of each pair should be the text "weight"{after}.')
        found = [pair[0].path for pair in pairs]
        wanted = {f"args[0].layers.{i}" for i in range(len(model.layers))} | {"args[0].out"}
        if wanted - set(found) == {"args[0].out"}:
            fail("The output layer is missing: its weights are pruned, too.")
        assert wanted <= set(found), f"A layer of the model is missing in the list{after}."
        assert set(found) == wanted, "The list holds modules that are not layers of the model."
        assert len(found) == len(wanted), "The list holds a layer twice."


def step(student, model, amount):
    """Prune one step; the model afterwards, and which weights each mask leaves, by name."""
    student.prune_step(model, pairs_of(model), amount=amount)
    after = student.last.args[0]
    if not isinstance(after, ModuleView) or not after.masks:
        fail("After `prune_step` the model has no `weight_mask`: prune in place, with masks.")
    before = effective_state(model)
    kept = {
        name: after.masks[name] != 0 if name in after.masks else torch.ones_like(before[name]) == 1
        for name in weight_names(model)
    }
    if any(kept[name].shape != before[name].shape for name in kept):
        fail("A mask should have the shape of its weight.")
    return after, kept


@task("ex2-prune-check", points=0.125)
def test_prunes_smallest_magnitudes_of_all_layers(student, rng):
    """A step removes the smallest magnitudes of all layers together."""
    model = ffn(rng, num_layers=between(rng, 2, 3), scales=(1.0, 0.3, 2.0, 0.6))
    amount = share(rng, 0.3, 0.6)
    _, kept = step(student, model, amount)
    weights = effective_state(model)
    values = torch.cat([weights[name].reshape(-1) for name in kept])
    alive = torch.cat([kept[name].reshape(-1) for name in kept])
    assert not alive.all(), "`prune_step` removed no weight at all."
    assert alive.any(), "`prune_step` removed every weight: `amount` is a fraction of them."
    if values.abs()[~alive].max() <= values.abs()[alive].min():
        return
    if values[~alive].max() <= values[alive].min():
        fail("You rank the signed values: magnitude is |w|, so -3 is larger than 1.")
    if values.abs()[~alive].min() >= values.abs()[alive].max():
        fail("You remove the largest magnitudes: the smallest should go.")
    shares = [float((~mask).double().mean()) for mask in kept.values()]
    sorted_inside = all(
        weights[name].abs()[~mask].max() <= weights[name].abs()[mask].min()
        for name, mask in kept.items()
        if mask.any() and not mask.all()
    )
    if sorted_inside and max(shares) - min(shares) < 0.1:
        fail("You remove the same share of each layer: rank the weights of all layers together.")
    if any(share == 0 for share in shares):
        fail("One of the layers in `params_to_prune` was left out of the ranking.")
    fail("The weights that were removed are not those with the smallest magnitude |w|.")


@task("ex2-prune-check", points=0.125)
def test_amount_counts_what_remains(student, rng):
    """`amount` is a fraction of the weights that remain."""
    for masked_share in (0.0, share(rng, 0.35, 0.5)):
        model = ffn(rng)
        for module, _ in pairs_of(model):  # many equal magnitudes
            rounded = (module.weight.detach() * 2).round() / 2
            module.weight.data = torch.where(rounded == 0, torch.full_like(rounded, 0.5), rounded)
        if masked_share:
            for module, _ in pairs_of(model):
                mask_randomly_(rng, module, masked_share)
        amount = share(rng, 0.25, 0.4)
        _, kept = step(student, model, amount)
        before = effective_state(model)
        total = sum(before[name].numel() for name in kept)
        remaining = sum(int((before[name] != 0).sum()) for name in kept)
        left = sum(int((kept[name] & (before[name] != 0)).sum()) for name in kept)
        expect(
            left,
            remaining - round(amount * remaining),
            "The number of weights that a step leaves",
            [
                (remaining, "A step on a pruned model removed nothing new: `amount` counts "
                            "among the weights that remain."),
                (remaining - round(amount * total),
                 "`amount` is a fraction of the weights that remain, not of all weights."),
                (remaining - 1, "Only one weight went: `amount` is a fraction, not a count."),
                (round(amount * remaining), "`amount` is the share that goes; yours stays."),
            ],
            tolerance=1.01,
        )  # fmt: skip


@task("ex2-prune-check", points=0.125)
def test_step_keeps_masks_values_and_biases(student, rng):
    """A step keeps earlier masks, the values in `weight_orig`, and the biases."""
    model = ffn(rng)
    for module, _ in pairs_of(model):
        mask_randomly_(rng, module, 0.4)
    after, kept = step(student, model, 0.33)
    earlier = view(model)
    names = weight_names(model)
    if any(name not in after.masks for name in names):
        fail("Every layer in `params_to_prune` should have a `weight_mask` afterwards.")
    if "bias" in " ".join(after.masks):
        fail("Biases are not pruned, but there is a `bias_mask`.")
    revived = any(bool((kept[name] & (earlier.masks[name] == 0)).any()) for name in names)
    assert not revived, "A weight that was pruned earlier came back: masks only shrink."
    fresh = any(bool((~kept[name] & (earlier.masks[name] == 1)).any()) for name in names)
    assert fresh, "A step on a pruned model removed nothing new."
    same = earlier.parameters.keys() == after.parameters.keys() and all(
        same_bits(earlier.parameters[name], after.parameters[name]) for name in earlier.parameters
    )
    assert same, "`prune_step` changed values: weights keep theirs in `weight_orig`, biases, too."
