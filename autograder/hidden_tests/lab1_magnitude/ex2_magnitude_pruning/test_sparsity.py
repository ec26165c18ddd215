"""Hidden tests of 2.2: sparsity of a tensor, of all prunable weights, of the whole model.

Expected values come from `weight_orig * weight_mask` on the trusted side; what the handout leaves
open is accepted.
"""

import torch

from autograder.boundary.views import view
from autograder.testing import (
    between,
    effective_state,
    expect,
    ffn,
    mask_randomly_,
    noise,
    number,
    pairs_of,
    percent_zero,
    plain_net,
    share,
    task,
    tied_ffn,
    weight_of,
)


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
