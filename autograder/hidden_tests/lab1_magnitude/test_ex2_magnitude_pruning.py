"""Hidden tests of Lab 1, Exercise 2: one step, sparsity, size, the two loops, the plot.

Expected values come from `weight_orig * weight_mask` on the trusted side; what the
handout leaves open is accepted.
"""

import itertools

import pandas as pd
import torch

from autograder.boundary.views import FigureView, ModuleView, same_bits, view
from autograder.testing import (
    Evaluator,
    Trainer,
    between,
    check_rows,
    check_schedule,
    check_seen_models,
    check_sizes,
    column,
    coo_size_mb,
    dense_sizes_mb,
    effective_state,
    expect,
    fail,
    ffn,
    is_alive,
    is_size,
    kind,
    mask_randomly_,
    masked_names,
    models_of_rows,
    noise,
    number,
    pairs_of,
    percent_zero,
    plain_net,
    sparse_sizes_mb,
    table,
    task,
    tied_ffn,
    weight_of,
)

COLUMNS = ["iteration", "sparsity", "accuracy", "latency_s", "disk_mb"]


def share(rng, low, high):
    """A random share between two others."""
    return low + (high - low) * float(torch.rand((), generator=rng))


def weight_names(model):
    """The plain names of a model's weight matrices."""
    return [name for name, tensor in effective_state(model).items() if tensor.dim() == 2]


# 2.1 one pruning step


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


# 2.2 sparsity


@task("ex2-sparsity-check", points=0.2)
def test_zeros_of_one_tensor(student, rng):
    """`calculate_sparsity` gives zeros in percent."""
    tensor = noise(rng, between(rng, 11, 17), between(rng, 19, 29))
    tensor[torch.rand(tensor.shape, generator=rng) < share(rng, 0.2, 0.4)] = 0.0
    tensor[0, :2] = torch.tensor([1e-9, -1e-9])
    right = percent_zero([tensor])
    not_positive = 100 * float((tensor <= 0).double().mean())
    near = 100 * float((tensor.abs() < 1e-6).double().mean())
    expect(student.calculate_sparsity(tensor), right, "`calculate_sparsity` of a weight", [
        (right / 100, "Return percent from 0 to 100, not a fraction."),
        (100 - right, "That is the density, the share that is left: count the zeros."),
        (1 - right / 100, "Count the zeros, not the others, and return percent."),
        (int((tensor == 0).sum()), "That is the number of zeros: divide by the entries."),
        (not_positive, "Negative weights are no zeros: compare with `== 0`."),
        (near, "Small values are no zeros: count only exact zeros."),
    ])  # fmt: skip


@task("ex2-sparsity-check", points=0.1)
def test_zeros_of_masks_and_biases(student, rng):
    """`calculate_sparsity` works on masks and biases, too."""
    mask = (torch.rand(between(rng, 7, 11), between(rng, 15, 25), generator=rng) < 0.7).float()
    bias = noise(rng, between(rng, 13, 23))
    bias[: between(rng, 3, 9)] = 0.0
    for tensor, name in ((mask, "mask"), (bias, "bias")):
        value = student.calculate_sparsity(tensor)
        expect(value, percent_zero([tensor]), f"`calculate_sparsity` of a {name}")


def overall_mistakes(model, weights):
    """What known mistakes give as overall sparsity, with a sentence for each."""
    right = percent_zero(weights)
    masked = [weight for weight in weights if (weight == 0).any()]
    mean = sum(percent_zero([weight]) for weight in weights) / len(weights)
    biases = [tensor for name, tensor in effective_state(model).items() if name.endswith("bias")]
    zeros, total = sum(int((w == 0).sum()) for w in weights), sum(w.numel() for w in weights)
    return [
        (0.0, "Masked weights must count as zeros: `weight_orig` still holds their old values."),
        (right / 100, "Return percent from 0 to 100, not a fraction."),
        (100 - right, "That is the density, the share that is left: count the zeros."),
        (mean, "Layers differ in size: add up zeros and entries, do not average percentages."),
        (percent_zero(masked), "A weight without a mask belongs to the total, too."),
        (percent_zero([*weights, *biases]), "Count the weights in `params_to_prune`, no biases."),
        (100 * zeros / (2 * total), "Masks are counted beside the weights in the total."),
    ]


@task("ex2-sparsity-check", points=0.15)
def test_overall_counts_masked_weights(student, rng):
    """`calculate_sparsity_overall` counts the masked weights of all layers together."""
    model = ffn(rng)
    for module, _ in pairs_of(model):
        mask_randomly_(rng, module, share(rng, 0.1, 0.9))
    pairs = pairs_of(model)
    value = student.calculate_sparsity_overall(model, pairs)
    weights = [weight_of(module) for module, _ in pairs]
    name = "`calculate_sparsity_overall`"
    expect(value, percent_zero(weights), name, overall_mistakes(model, weights))


@task("ex2-sparsity-check", points=0.1)
def test_overall_counts_unmasked_layers(student, rng):
    """A weight without a mask belongs to the overall total."""
    model = ffn(rng, num_layers=3)
    for module in model.layers[:2]:
        mask_randomly_(rng, module, share(rng, 0.3, 0.8))
    pairs = pairs_of(model)
    value = student.calculate_sparsity_overall(model, pairs)
    weights = [weight_of(module) for module, _ in pairs]
    name = "`calculate_sparsity_overall` of a model where some layers have no mask"
    expect(value, percent_zero(weights), name, overall_mistakes(model, weights))


@task("ex2-sparsity-check", points=0.1)
def test_overall_counts_a_module_once(student, rng):
    """A module that is listed twice counts once overall."""
    model = tied_ffn(rng)
    mask_randomly_(rng, model.layers[0], share(rng, 0.1, 0.2))
    mask_randomly_(rng, model.layers[1], share(rng, 0.6, 0.7))
    mask_randomly_(rng, model.out, share(rng, 0.3, 0.4))
    pairs = pairs_of(model)
    twice = [(module, "weight") for module in (*model.layers, model.out)]
    value = student.calculate_sparsity_overall(model, twice)
    weights = [weight_of(module) for module, _ in pairs]
    double = percent_zero([weight_of(module) for module, _ in twice])
    sentence = "A module that is used twice, and so listed twice, counts once."
    mistakes = [(double, sentence), *overall_mistakes(model, weights)]
    name = "`calculate_sparsity_overall` of a model that uses a layer twice"
    expect(value, percent_zero(weights), name, mistakes)


def model_mistakes(model):
    """What known mistakes give as sparsity of the whole model, with a sentence for each."""
    params = list({id(p): p for p in model.parameters()}.values())
    state = effective_state(model)
    weights = [weight_of(module) for module, _ in pairs_of(model)]
    masks = [module.weight_mask for module, _ in pairs_of(model) if hasattr(module, "weight_mask")]
    right = percent_zero(unique_parameters(model))
    total = sum(p.numel() for p in params)
    masked_zeros = sum(int((mask == 0).sum()) for mask in masks)
    everything = [tensor.float() for tensor in state.values()]
    return [
        (0.0, "Masked weights must count as zeros: `weight_orig` still holds their old values."),
        (right / 100, "Return percent from 0 to 100, not a fraction."),
        (100 - right, "That is the density, the share that is left: count the zeros."),
        (percent_zero(params), "Masked weights must count as zeros: `parameters()` of a pruned "
                               "model gives `weight_orig`, which holds their old values."),
        (percent_zero(weights), "The whole model has biases, too: they belong to the total."),
        (100 * masked_zeros / total, "A zero counts whatever made it, in a bias, too: "
                                     "do not count the masks alone."),
        (percent_zero([*params, *masks]), "Masks are not parameters: count effective weights."),
        (percent_zero([*unique_parameters(model), *masks]), "Masks are not parameters."),
        (percent_zero([*model.parameters(), *model.buffers()]),
         "Buffers are not parameters: count effective weights and biases only."),
        (percent_zero(everything), "Count parameters only, each once: BatchNorm's running mean "
                                   "and the like are buffers, and tied layers are one."),
    ]  # fmt: skip


def unique_parameters(model):
    """Each effective parameter once."""
    found = {}
    for module in model.modules():
        for name, param in module.named_parameters(recurse=False):
            found[param] = weight_of(module) if name.startswith("weight") else param
    return list(found.values())


@task("ex2-sparsity-check", points=0.15)
def test_model_counts_weights_and_biases(student, rng):
    """`calculate_sparsity_model` counts effective weights and biases."""
    model = ffn(rng, num_layers=3)
    for module in (model.layers[0], model.layers[2], model.out):
        mask_randomly_(rng, module, share(rng, 0.2, 0.8))
    with torch.no_grad():
        model.layers[0].bias[: between(rng, 3, 8)] = 0.0
        model.layers[1].weight[0, : between(rng, 3, 8)] = 0.0
    value = student.calculate_sparsity_model(model)
    right = percent_zero(unique_parameters(model))
    expect(value, right, "`calculate_sparsity_model`", model_mistakes(model))


@task("ex2-sparsity-check", points=0.1)
def test_model_counts_parameters_once_and_no_buffers(student, rng):
    """Tied layers count once, buffers such as BatchNorm's not at all."""
    for model, words in ((tied_ffn(rng), "a layer used twice"), (plain_net(rng), "BatchNorm")):
        for module, _ in pairs_of(model)[:2]:
            mask_randomly_(rng, module, share(rng, 0.3, 0.8))
        value = student.calculate_sparsity_model(model)
        right = percent_zero(unique_parameters(model))
        name = f"`calculate_sparsity_model` of a model with {words}"
        expect(value, right, name, model_mistakes(model))


@task("ex2-sparsity-check", points=0.1)
def test_measuring_sparsity_changes_nothing(student, rng):
    """Measuring sparsity leaves the model as it is."""
    values = {"overall": [], "model": []}
    for low, high in ((0.2, 0.3), (0.6, 0.7)):
        for name in values:
            model = ffn(rng).train(low < 0.5)
            for module, _ in pairs_of(model):
                mask_randomly_(rng, module, share(rng, low, high))
            before = view(model)
            args = (model, pairs_of(model)) if name == "overall" else (model,)
            call = student.call(f"calculate_sparsity_{name}", *args)
            values[name].append(number(call.value, f"`calculate_sparsity_{name}`"))
            changed = before.differences(call.args[0])
            assert not changed, (
                f"`calculate_sparsity_{name}` changed the model ({', '.join(changed)}): "
                "measure on a copy."
            )
    for name, (one, other) in values.items():
        assert abs(one - other) > 1e-6, f"`calculate_sparsity_{name}` gives the same for any model."


# 2.3 size on disk


def wide_ffn(rng):
    """An FFN whose files differ by more than the tolerance when something is forgotten."""
    return ffn(rng, hidden=between(rng, 150, 170), inputs=between(rng, 200, 230))


def pruned_ffn(rng, layers, low, high):
    """An FFN with so many pruned layers, drawn until no known mistake has an accepted size."""
    for _ in range(50):
        model = wide_ffn(rng)
        for module, _ in pairs_of(model)[:layers]:
            mask_randomly_(rng, module, share(rng, low, high))
        right = sparse_sizes_mb(effective_state(model), masked_names(model))
        wrong = [coo_size_mb(state, sparse) for state, sparse, _ in size_mistakes(model)]
        wrong += [right[0] / 2**20 * 1e6, right[3] / 2**20 * 1e6]
        if not any(is_size(size, right) for size in wrong):
            return model
    raise RuntimeError("no model was found on which mistakes can be told from right answers")


def size_mistakes(model):
    """What known mistakes write, which of it sparse, with a sentence for each."""
    state, pruned = effective_state(model), masked_names(model)
    raw = {key: tensor.detach().clone() for key, tensor in model.state_dict().items()}
    originals = {key for key in raw if key.endswith("_orig")}
    masks = {key: tensor for key, tensor in raw.items() if key.endswith("_mask")}
    only = {key: tensor for key, tensor in state.items() if key in pruned}
    mistakes = [
        (state, set(), "That is a dense file: the zeros are written like other numbers."),
        (raw, set(), "That is the size with masks: remove the reparameterization first."),
        (raw, originals, "`weight_orig` has no new zeros, so sparse it is larger; "
                         "remove the reparameterization, on a copy, first."),
        (raw, originals | set(masks), "Masks are still in the file."),
        (state | masks, pruned, "Masks are still in the file."),
    ]  # fmt: skip
    if len(pruned) < len(weight_names(model)):
        sentence = "The biases and unpruned weights have to be written, too."
        mistakes.append((only, pruned, sentence))
    return mistakes


def check_size(size, model, name):
    """Fail unless it is the size of the model's sparse file; recognise known mistakes."""
    state, pruned = effective_state(model), masked_names(model)
    size = number(size, name)
    right = sparse_sizes_mb(state, pruned)
    if is_size(size, right):
        return
    units = ((1e6, "in bytes"), (1e3, "in kB"), (1e6 / 2**20, "in MiB (2²⁰ bytes)"))
    for factor, unit in units:
        if is_size(size / factor, right):
            fail(f"The size is {unit}: 1 MB is 10⁶ bytes.")
    for written, sparse, sentence in size_mistakes(model):
        sizes = sparse_sizes_mb(written, sparse) if sparse else dense_sizes_mb(written)
        if is_size(size, sizes):
            fail(sentence)
    values = sum(int((tensor != 0).sum()) for tensor in state.values()) * 4 / 1e6
    if abs(size - values) <= 0.01 * values:
        fail("That counts the values only: a sparse tensor has to write their positions, too.")
    high = "large" if size > max(right) else "small"
    fail(f"{name} is too {high} for a file without masks and with sparse weights, in MB.")


@task("ex2-size-check", points=0.4)
def test_size_of_sparse_file(student, rng):
    """The size is that of a file with sparse weights, in MB."""
    model = pruned_ffn(rng, 3, 0.88, 0.93)
    check_size(student.calculate_sparse_model_size(model), model, "The size")


@task("ex2-size-check", points=0.2)
def test_size_where_one_layer_is_pruned(student, rng):
    """Layers without a mask are written as well."""
    model = pruned_ffn(rng, 1, 0.9, 0.95)
    name = "The size of a model where only one layer is pruned"
    check_size(student.calculate_sparse_model_size(model), model, name)


@task("ex2-size-check", points=0.1)
def test_size_of_unpruned_model(student, rng):
    """A model that is not pruned has a size, too."""
    model = wide_ffn(rng)
    size = number(student.calculate_sparse_model_size(model), "The size of an unpruned model")
    state = effective_state(model)
    sizes = dense_sizes_mb(state) + sparse_sizes_mb(state, set(weight_names(model)))
    assert is_size(size, sizes), "The size of a model without masks should be that of its file."


def shrinking_calls(student, rng):
    """Two calls on models of the same shape, the second much sparser, with what they started as."""
    shape = {"hidden": between(rng, 60, 80), "inputs": between(rng, 90, 110)}
    calls, sizes = [], []
    for masked in (0.5, 0.97):
        model = ffn(rng, **shape).train(masked > 0.9)
        for module, _ in pairs_of(model):
            mask_randomly_(rng, module, masked)
        before = view(model)
        call = student.call("calculate_sparse_model_size", model)
        calls.append((before, call))
        sizes.append(number(call.value, "The size"))
    assert sizes[1] < 0.8 * sizes[0], "The size does not shrink when far more weights are pruned."
    return calls


@task("ex2-size-check", points=0.2)
def test_size_changes_nothing(student, rng):
    """Measuring the size leaves the model as it is."""
    for before, call in shrinking_calls(student, rng):
        after = call.args[0]
        if not after.masks:
            fail("Your function removed the masks of the model itself: work on a copy.")
        changed = before.differences(after)
        assert not changed, f"Your function changed the model: its {', '.join(changed)}."


@task("ex2-size-check", points=0.1)
def test_size_leaves_no_file(student, rng):
    """Measuring the size leaves no file behind."""
    for _, call in shrinking_calls(student, rng):
        assert not call.files, "Your function left a file behind: remove it, or write to memory."


# 2.4 repeated pruning


@task("ex2-repeated-check", points=0.15)
def test_repeated_table(student, rng):
    """The table has the five columns and a row for each state."""
    for rounds in (between(rng, 1, 2), between(rng, 3, 4)):
        model = ffn(rng)
        frame = student.repeated_pruning(
            model, pairs_of(model), Evaluator(rng), rounds=rounds, amount=0.3
        )
        check_table(frame, rounds, "`repeated_pruning`")


def check_table(frame, rounds, name):
    """Fail unless the frame has the right columns, rows, and numbers in them."""
    frame = table(frame, COLUMNS, rounds + 1, name)
    for title in COLUMNS:
        column(frame, title)
    iterations = column(frame, "iteration")
    assert iterations == list(range(rounds + 1)), "`iteration` should count from 0 to `rounds`."
    return frame


@task("ex2-repeated-check", points=0.25)
def test_repeated_schedule(student, rng):
    """Each round prunes `amount` of what remains in `params_to_prune`."""
    for settings in ({}, {"rounds": between(rng, 3, 4), "amount": share(rng, 0.4, 0.5)}):
        model = ffn(rng)
        pairs = [(module, "weight") for module in model.layers]
        frame = student.repeated_pruning(model, pairs, Evaluator(rng), **settings)
        rounds = settings.get("rounds", 5)
        frame = table(
            frame, COLUMNS, rounds + 1, f"`repeated_pruning` with {rounds} rounds", exact=False
        )
        total = sum(module.weight.numel() for module, _ in pairs)
        check_schedule(frame, total, settings.get("amount", 0.33))


@task("ex2-repeated-check", points=0.25)
def test_repeated_gives_copies_without_masks(student, rng):
    """`evaluate` is given copies without masks, with the surviving weights unchanged."""
    model, rounds = ffn(rng), between(rng, 2, 3)
    names, start = weight_names(model), view(model).effective
    evaluator = Evaluator(rng)
    student.repeated_pruning(model, pairs_of(model), evaluator, rounds=rounds, amount=0.4)
    check_seen_models(evaluator, rounds + 1)
    alive = [is_alive(seen, names) for seen in evaluator.seen]
    assert alive[0].all(), "The first model that `evaluate` sees should not be pruned yet (row 0)."
    assert not alive[-1].all(), "`evaluate` never sees a pruned model: copy it after pruning."
    for one, other in itertools.pairwise(alive):
        assert not (other & ~one).any(), "A weight that was pruned came back in a later round."
    for seen in evaluator.seen:
        for name, value in start.items():
            now = seen.effective.get(name)
            same = now is not None and now.shape == value.shape
            same = same and torch.equal(now, value * (now != 0))
            assert same, "`evaluate` saw values that the model does not have: only prune it."


@task("ex2-repeated-check", points=0.2)
def test_repeated_rows_describe_one_model(student, rng):
    """Each row describes the model that `evaluate` saw."""
    model, rounds = ffn(rng), between(rng, 2, 4)
    evaluator = Evaluator(rng)
    frame = student.repeated_pruning(model, pairs_of(model), evaluator, rounds=rounds, amount=0.4)
    frame = table(frame, COLUMNS, rounds + 1, "`repeated_pruning`", exact=False)
    check_rows(frame, evaluator, weight_names(model))


@task("ex2-repeated-check", points=0.15)
def test_repeated_sizes(student, rng):
    """`disk_mb` is the size of each row's model as a sparse file."""
    model, rounds = ffn(rng, hidden=between(rng, 60, 70), inputs=between(rng, 55, 75)), 4
    evaluator = Evaluator(rng)
    frame = student.repeated_pruning(model, pairs_of(model), evaluator, rounds=rounds, amount=0.45)
    frame = table(frame, COLUMNS, rounds + 1, "`repeated_pruning`", exact=False)
    check_sizes(frame, evaluator, weight_names(model))


# 2.5 rewinding, and iterative magnitude pruning


def trained_and_masked(rng):
    """A model with masks on all layers but one, and initial values unlike its own."""
    model = ffn(rng, num_layers=3)
    start = {name: noise(rng, *value.shape) for name, value in model.state_dict().items()}
    for module in (model.layers[0], model.layers[2], model.out):
        mask_randomly_(rng, module, share(rng, 0.3, 0.6))
    return model, start


@task("ex2-imp-check", points=0.2)
def test_rewind_survivors(student, rng):
    """Rewinding sets the surviving weights back and keeps the masks."""
    model, start = trained_and_masked(rng)
    before = view(model)
    student.rewind(model, start)
    after = student.last.args[0]
    for name, mask in before.masks.items():
        if name not in after.masks or not torch.equal(after.masks[name], mask):
            fail("Rewinding must leave the masks as they are.")
        now = after.effective.get(name)
        if now is None:
            fail("A layer's weight is gone after rewinding.")
        if same_bits(now, before.effective[name]):
            fail("Masked layers keep their trained weights: their parameter is called "
                 "`weight_orig`, in `init_state` it is `weight`.")  # fmt: skip
        assert torch.equal(now, start[name] * mask), (
            "After rewinding, the effective weight should be the initial one under the mask."
        )


@task("ex2-imp-check", points=0.15)
def test_rewind_biases_and_unmasked(student, rng):
    """Rewinding sets biases and layers without masks back, too."""
    model, start = trained_and_masked(rng)
    plain = ffn(rng)
    plain_start = {name: noise(rng, *value.shape) for name, value in plain.state_dict().items()}
    for module, state in ((model, start), (plain, plain_start)):
        student.rewind(module, state)
        after = student.last.args[0].effective
        masked = masked_names(module)
        for name, value in state.items():
            if name in masked:
                continue
            what = "Biases are" if name.endswith("bias") else "A weight without a mask is"
            assert name in after, "A parameter is gone after rewinding."
            assert torch.equal(after[name], value), f"{what} not set back to `init_state`."


@task("ex2-imp-check", points=0.1)
def test_rewind_keeps_init_state(student, rng):
    """`init_state` is neither changed nor shared with the model."""
    model, start = trained_and_masked(rng)
    student.rewind(model, start)
    after, state = student.last.args
    shared = [
        pair for pair in student.last.shared if {p[:7] for p in pair} == {"args[0]", "args[1]"}
    ]
    assert not shared, (
        "The model shares tensors with `init_state`, so training will change it: copy the values."
    )
    kept = isinstance(state, dict) and set(state) == set(start)
    kept = kept and all(isinstance(state[name], torch.Tensor) for name in start)
    kept = kept and all(same_bits(state[name], start[name]) for name in start)
    assert kept, "Rewinding changed `init_state`: only read it."
    rewound = after.effective.get("layers.0.bias")
    biased = rewound is not None and torch.equal(rewound, start["layers.0.bias"])
    weighed = torch.equal(after.effective["layers.1.weight"], start["layers.1.weight"])
    assert biased or weighed, "`rewind` sets nothing back to `init_state`."


class Run:
    """One run of the student's IMP on a small model, with everything that was recorded."""

    def __init__(self, student, rng, rounds=3, amount=0.4, defaults=False, **shape):
        self.model = ffn(rng, **shape)
        self.names = weight_names(self.model)
        self.start = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.trainer, self.evaluator = Trainer(rng), Evaluator(rng)
        self.rounds, self.amount = (5, 0.33) if defaults else (rounds, amount)
        settings = {} if defaults else {"rounds": rounds, "amount": amount}
        state = {name: value.clone() for name, value in self.start.items()}
        self.frame = student.iterative_magnitude_pruning(
            self.model, state, pairs_of(self.model), self.trainer, self.evaluator, **settings
        )

    def alive(self):
        """Which weights each training started with."""
        return [is_alive(model, self.names) for model in self.trainer.starts]

    def flat(self, state):
        """All weights of a state in one vector."""
        return torch.cat([state[name].reshape(-1) for name in self.names])


@task("ex2-imp-check", points=0.15)
def test_imp_table(student, rng):
    """The table has a row for each training, and each round prunes what remains."""
    for defaults in (False, True):
        run = Run(student, rng, rounds=between(rng, 2, 4), amount=share(rng, 0.4, 0.5),
                  defaults=defaults)  # fmt: skip
        name = f"`iterative_magnitude_pruning` with {run.rounds} rounds"
        frame = check_table(run.frame, run.rounds, name)
        run.trainer.check(calls=run.rounds + 1)
        check_schedule(frame, len(run.flat(run.start)), run.amount)


@task("ex2-imp-check", points=0.15)
def test_imp_trains_from_initial_values(student, rng):
    """Every training starts at the initial values under the masks."""
    run = Run(student, rng)
    run.trainer.check(calls=run.rounds + 1)
    for turn, (model, alive) in enumerate(zip(run.trainer.starts, run.alive(), strict=True)):
        if turn == 0:
            assert alive.all(), "The first training is of the unpruned model: prune after it."
        else:
            assert not alive.all(), "After pruning, training starts without masks: keep them."
        weights = run.flat(model.effective)
        trained = run.flat(run.trainer.results[turn - 1]) if turn else None
        if trained is not None and torch.equal(weights, trained * alive):
            fail("After pruning, training goes on with the trained weights: rewind the survivors.")
        initial = run.flat(run.start) * alive
        assert torch.equal(weights, initial), (
            "Training does not start at the initial weights under the mask: prune, then rewind."
        )
        biases = [name for name in run.start if name.endswith("bias")]
        same = all(torch.equal(model.effective[name], run.start[name]) for name in biases)
        assert same, "Training does not start at the initial biases: rewind them, too."


@task("ex2-imp-check", points=0.15)
def test_imp_ranks_trained_weights(student, rng):
    """Pruning ranks the trained weights, and masks only shrink."""
    run = Run(student, rng)
    alive = run.alive()
    if len(alive) < 2:
        run.trainer.check(calls=run.rounds + 1)
    for turn in range(1, len(alive)):
        before, after = alive[turn - 1], alive[turn]
        assert not (after & ~before).any(), "A weight that was pruned came back in a later round."
        gone = before & ~after
        assert gone.any(), "Between two trainings nothing was pruned."
        assert after.any(), "All weights were pruned."
        for state, wrong in ((run.trainer.results[turn - 1], False), (run.start, True)):
            size = run.flat(state).abs()
            if size[gone].max() <= size[after].min():
                assert not wrong, (
                    "Pruning ranks the initial weights: train, then prune, then rewind."
                )
                break
        else:
            fail("Pruning does not remove the smallest trained weights of all layers together.")


@task("ex2-imp-check", points=0.1)
def test_imp_rows_describe_trained_models(student, rng):
    """Each row describes the trained model of its round, without masks."""
    run = Run(student, rng)
    frame = table(run.frame, COLUMNS, run.rounds + 1, "`iterative_magnitude_pruning`", exact=False)
    check_seen_models(run.evaluator, run.rounds + 1)
    run.trainer.check(calls=run.rounds + 1)
    alive = run.alive()
    for row, model in enumerate(models_of_rows(frame, run.evaluator)):
        is_alive(model, run.names)
        weights = run.flat(model.effective)
        if torch.equal(weights, run.flat(run.trainer.results[row]) * alive[row]):
            continue
        if torch.equal(weights, run.flat(run.start) * (weights != 0)):
            fail(f"Row {row} describes a model before training: train first, then evaluate.")
        fail(f"Row {row} does not describe the model that training number {row + 1} gave.")
    check_rows(frame, run.evaluator, run.names)
    run_of_sizes = Run(student, rng, rounds=3, amount=0.45, hidden=60, inputs=between(rng, 55, 75))
    frame = table(run_of_sizes.frame, COLUMNS, 4, "`iterative_magnitude_pruning`", exact=False)
    check_sizes(frame, run_of_sizes.evaluator, run_of_sizes.names)


# 2.7 the plot


def random_frames(rng):
    """Two tables of unlike length and values."""
    frames = []
    for rows in (between(rng, 4, 5), between(rng, 6, 8)):
        draw = torch.rand(rows, 4, generator=rng, dtype=torch.float64)
        frame = pd.DataFrame({
            "iteration": range(rows),
            "sparsity": (draw[:, 0] * 90).sort().values.numpy(),
            "accuracy": 40 + 55 * draw[:, 1].numpy(),
            "latency_s": 0.001 + 0.01 * draw[:, 2].numpy(),
            "disk_mb": 1 + 20 * draw[:, 3].numpy(),
        })  # fmt: skip
        frame.loc[0, "sparsity"] = 0.0
        frames.append(frame)
    return frames


def panels_of(figure):
    """The axes with labelled lines, each as its line without and with IMP."""
    if not isinstance(figure, FigureView):
        fail(f"`plot_tradeoffs` should return a matplotlib Figure, but returned {kind(figure)}.")
    panels = []
    for axes in figure.axes:
        lines = [line for line in axes.lines if line.label and not line.label.startswith("_")]
        if lines:
            panels.append((axes, lines))
    assert panels, "The figure has no axes with labelled lines: give each line a label."
    assert len(panels) == 3, "There should be three axes with labelled lines, one per quantity."
    found = []
    for axes, lines in panels:
        assert len(lines) == 2, "Each axes should have two labelled lines, one for each table."
        marked = [line for line in lines if "IMP" in line.label]
        assert len(marked) == 1, "The label of the `imp_df` line holds IMP, the other does not."
        other = next(line for line in lines if line is not marked[0])
        found.append((axes, other, marked[0]))
    return found


@task("ex2-plot-check", points=0.125)
def test_plot_has_two_labelled_lines_each(student, rng):
    """The figure has three axes with two labelled lines each."""
    panels_of(student.plot_tradeoffs(*random_frames(rng)))


def draws(line, frame, x, y):
    """Whether a line draws every row of a table, in any order; seconds may be milliseconds."""
    if len(line.x) != len(frame) or len(line.y) != len(frame):
        return False
    drawn = sorted(zip(line.x.tolist(), line.y.tolist(), strict=True))
    for factor in (1, 1000) if y == "latency_s" else (1,):
        rows = sorted(zip(frame[x].tolist(), (factor * frame[y]).tolist(), strict=True))
        both = zip(drawn, rows, strict=True)
        if all(abs(p[0] - q[0]) < 1e-6 and abs(p[1] - q[1]) < 1e-6 for p, q in both):
            return True
    return False


@task("ex2-plot-check", points=0.25)
def test_plot_draws_all_rows(student, rng):
    """The lines draw accuracy, size and latency of both tables against sparsity."""
    noniter, imp = random_frames(rng)
    panels = panels_of(student.plot_tradeoffs(noniter, imp))
    quantities = {"accuracy": "accuracy", "disk_mb": "size on disk", "latency_s": "latency"}
    for y, words in quantities.items():
        if any(
            draws(a, noniter, "sparsity", y) and draws(b, imp, "sparsity", y) for _, a, b in panels
        ):
            continue
        for _, plain, marked in panels:
            if draws(plain, imp, "sparsity", y) and draws(marked, noniter, "sparsity", y):
                fail("The labels are swapped: IMP belongs to the second table, `imp_df`.")
            if draws(plain, noniter, "sparsity", y) and draws(marked, noniter, "sparsity", y):
                fail(f"Both lines of the {words} draw the first table.")
            if draws(plain, noniter, "iteration", y) or draws(marked, imp, "iteration", y):
                fail("The x axis is the iteration: draw against sparsity.")
            if draws(plain, noniter, y, "sparsity") or draws(marked, imp, y, "sparsity"):
                fail("The axes are exchanged: sparsity goes on the x axis.")
            if any(
                draws(plain, cut, "sparsity", y) for cut in (noniter.iloc[1:], noniter.iloc[:-1])
            ):
                fail("A row is missing in the lines: draw all rows of both tables.")
        fail(f"No axes draws the {words} of both tables against their sparsity, all rows.")


@task("ex2-plot-check", points=0.125)
def test_plot_is_labelled_and_changes_nothing(student, rng):
    """Both axes of each panel are named, and the tables stay as they are."""
    frames = random_frames(rng)
    originals = [frame.copy() for frame in frames]
    panels = panels_of(student.plot_tradeoffs(*frames))
    for axes, _, _ in panels:
        assert axes.xlabel.strip(), "Name the quantity and its unit on every x axis."
        assert axes.ylabel.strip(), "Name the quantity and its unit on every y axis."
    for original, after in zip(originals, student.last.args, strict=True):
        same = isinstance(after, pd.DataFrame) and list(after.columns) == COLUMNS
        same = same and len(after) == len(original)
        same = same and all(list(after[name]) == list(original[name]) for name in COLUMNS)
        assert same, "`plot_tradeoffs` changed a table: work on a copy, or only read it."
