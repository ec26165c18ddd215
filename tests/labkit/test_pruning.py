import copy

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from labkit.errors import PruningError
from labkit.models import FFN
from labkit.pruning import effective_copy, prunable_parameters, prune_step


def masks(model):
    return [m.weight_mask.clone() for m, _ in prunable_parameters(model)]


def effective(model):
    """All effective prunable weights in one vector."""
    return torch.cat(
        [(m.weight_orig * m.weight_mask).flatten() for m, _ in prunable_parameters(model)]
    )


def pruned(model):
    return sum(int((mask == 0).sum()) for mask in masks(model))


def test_prunable_are_the_weight_matrices_of_all_layers(model):
    assert prunable_parameters(model) == [
        (model.layers[0], "weight"),
        (model.layers[1], "weight"),
        (model.out, "weight"),
    ]


def test_biases_and_norms_are_not_prunable(tied):
    assert {(id(m), name) for m, name in prunable_parameters(tied)} == {
        (id(tied.first), "weight"),
        (id(tied.out), "weight"),
    }


def test_a_pruned_model_has_the_same_prunable_parameters(model):
    before = prunable_parameters(model)
    prune_step(model, before)
    assert prunable_parameters(model) == before


def test_the_smallest_magnitudes_of_all_layers_go(model):
    weights = torch.cat([m.weight.detach().flatten() for m, _ in prunable_parameters(model)])
    count = round(0.33 * len(weights))
    keep = torch.ones(len(weights))
    keep[sorted(range(len(weights)), key=lambda i: abs(weights[i].item()))[:count]] = 0
    prune_step(model, prunable_parameters(model), 0.33)
    assert torch.equal(torch.cat([mask.flatten() for mask in masks(model)]), keep)
    shares = [1 - mask.mean().item() for mask in masks(model)]
    assert max(shares) - min(shares) > 0.1  # global, not layer by layer


@pytest.mark.parametrize(
    ("size", "amount", "expected"), [(10, 0.35, 4), (10, 0.25, 2), (3, 0.5, 2)]
)
def test_the_count_is_rounded_as_torch_does(size, amount, expected):
    model = FFN(1, size, 1, num_layers=1)
    prune_step(model, [(model.layers[0], "weight")], amount)
    assert pruned(model.layers[0]) == expected


def test_steps_compound_and_masks_shrink(model):
    total = sum(m.weight.numel() for m, _ in prunable_parameters(model))
    left = total
    earlier = [torch.ones_like(m.weight) for m, _ in prunable_parameters(model)]
    for _ in range(6):
        prune_step(model, prunable_parameters(model), 0.33)
        left -= round(0.33 * left)
        assert total - pruned(model) == left
        for mask, before in zip(masks(model), earlier, strict=True):
            assert torch.all(mask <= before)
            assert torch.all((mask == 0) | (mask == 1))
        earlier = masks(model)


def test_ranking_uses_the_present_weights_not_the_stale_ones(model):
    params = prunable_parameters(model)
    prune_step(model, params, 0.3)
    with torch.no_grad():  # an optimizer step without a forward pass after it
        for module, _ in params:
            module.weight_orig.copy_(torch.randn_like(module.weight_orig))
    present = effective(model).abs()
    alive = present > 0
    count = round(0.5 * int(alive.sum()))
    threshold = present[alive].sort().values[count - 1]
    prune_step(model, params, 0.5)
    assert torch.equal(effective(model) != 0, alive & (present > threshold))


def test_large_masked_values_do_not_come_back(model):
    params = prunable_parameters(model)
    prune_step(model, params, 0.5)
    before = masks(model)
    with torch.no_grad():
        for module, _ in params:
            module.weight_orig[module.weight_mask == 0] = 1e6
    prune_step(model, params, 0.2)
    assert all(torch.all(now <= then) for now, then in zip(masks(model), before, strict=True))


def test_ties_and_zeros_still_give_exact_counts():
    model = FFN(4, 6, 2)
    with torch.no_grad():
        for module, _ in prunable_parameters(model):
            module.weight.copy_(torch.sign(module.weight))
        model.out.weight.zero_()
    prune_step(model, prunable_parameters(model), 0.5)
    assert pruned(model) == round(0.5 * (24 + 16 + 8))


def test_biases_and_survivors_keep_their_values(model):
    before = copy.deepcopy(model.state_dict())
    prune_step(model, prunable_parameters(model))
    for key, value in model.state_dict().items():
        if not key.endswith("_mask"):
            assert torch.equal(value, before[key.removesuffix("_orig")]), key


def test_amount_one_is_all_and_zero_is_none(model):
    prune_step(model, prunable_parameters(model), 0)
    assert pruned(model) == 0
    prune_step(model, prunable_parameters(model), 1)
    assert pruned(model) == 16 * 24 + 24 * 24 + 24 * 3


def test_a_pruned_model_can_be_copied_at_once(model):
    prune_step(model, prunable_parameters(model))
    prune_step(model, prunable_parameters(model))
    copy.deepcopy(model)


@pytest.mark.parametrize("amount", [-0.1, 1.5, 33, float("nan")])
def test_an_amount_that_is_no_share_is_refused(model, amount):
    with pytest.raises(PruningError, match=r"from 0 to 1, such as 0\.33"):
        prune_step(model, prunable_parameters(model), amount)
    assert not prune.is_pruned(model)


def test_an_empty_list_is_refused(model):
    with pytest.raises(PruningError, match="nothing to prune"):
        prune_step(model, [])


def test_effective_copy_is_equal_without_masks(model, loader):
    prune_step(model, prunable_parameters(model), 0.5)
    with torch.no_grad():
        model.out.weight_orig.mul_(3)  # `weight` is stale
    twin = effective_copy(model)
    assert not prune.is_pruned(twin)
    assert twin.state_dict().keys() == FFN(24, 16, 3).state_dict().keys()
    assert torch.equal(twin.out.weight, model.out.weight_orig * model.out.weight_mask)
    assert torch.equal(twin(loader.images), model(loader.images))
    assert all(isinstance(p, nn.Parameter) and p.requires_grad for p in twin.parameters())


def test_effective_copy_works_after_a_training_step_and_shares_nothing(model):
    prune_step(model, prunable_parameters(model), 0.5)
    model(torch.rand(4, 16)).sum().backward()
    with pytest.raises(RuntimeError):
        copy.deepcopy(model)
    before = copy.deepcopy(model.state_dict())
    twin = effective_copy(model)
    with torch.no_grad():
        for param in twin.parameters():
            param.fill_(7)
    assert prune.is_pruned(model)
    for key, value in model.state_dict().items():
        assert torch.equal(value, before[key]), key


def test_effective_copy_of_a_tied_model_stays_tied(tied):
    prune_step(tied, prunable_parameters(tied), 0.5)
    twin = effective_copy(tied)
    assert twin.first is twin.again
    x = torch.rand(4, 8)
    assert torch.equal(twin.eval()(x), tied.eval()(x))
