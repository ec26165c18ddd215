import copy

import pytest
import torch

from labkit.errors import PruningError
from labkit.models import FFN
from labkit.pruning import prunable_parameters, prune_step, rewind, save_initial_state
from labkit.training import train


def test_the_saved_state_is_neither_shared_nor_changed_by_training(model, loader):
    init = save_initial_state(model)
    frozen = copy.deepcopy(init)
    train(model, loader, epochs=1, progress=False)
    assert init.keys() == frozen.keys()
    assert all(torch.equal(init[key], frozen[key]) for key in init)
    init["out.bias"].fill_(99)
    assert not (model.out.bias == 99).any()
    assert not any(value.requires_grad for value in init.values())


def test_survivors_are_bit_equal_to_their_initial_values(model, loader):
    init = save_initial_state(model)
    train(model, loader, epochs=1, progress=False)
    prune_step(model, prunable_parameters(model), 0.5)
    masks = {m: m.weight_mask.clone() for m, _ in prunable_parameters(model)}
    train(model, loader, epochs=1, progress=False)
    before = copy.deepcopy(init)
    rewind(model, init)
    for name, module in model.named_modules():
        if module in masks:
            assert torch.equal(module.weight_mask, masks[module])
            expected = init[f"{name}.weight"] * masks[module]
            assert torch.equal(module.weight_orig * module.weight_mask, expected)
            assert torch.equal(module.weight, expected)  # nor is `weight` stale
            assert torch.equal(module.bias, init[f"{name}.bias"])
    assert all(torch.equal(init[key], before[key]) for key in init)
    train(model, loader, epochs=1, progress=False)
    assert all(torch.equal(init[key], before[key]) for key in init)  # nothing is shared


def test_an_unpruned_model_is_rewound_too(model, loader):
    init = save_initial_state(model)
    train(model, loader, epochs=1, progress=False)
    rewind(model, init)
    assert all(torch.equal(value, init[key]) for key, value in model.state_dict().items())


def test_a_partly_pruned_tied_model_with_batch_statistics(tied):
    init = save_initial_state(tied)
    prune_step(tied, [(tied.first, "weight")], 0.5)
    tied(torch.rand(16, 8))
    with torch.no_grad():
        for param in tied.parameters():
            param.add_(1)
    rewind(tied, init)
    assert torch.equal(tied.first.weight_orig, init["first.weight"])
    assert torch.equal(tied.out.weight, init["out.weight"])
    assert torch.equal(tied.norm.running_mean, init["norm.running_mean"])
    assert tied.norm.num_batches_tracked == 0


def test_a_rewound_model_can_be_copied_and_trained(model, loader):
    init = save_initial_state(model)
    prune_step(model, prunable_parameters(model))
    rewind(model, init)
    copy.deepcopy(model)
    assert all(param.requires_grad for param in model.parameters())


def test_a_state_saved_from_a_pruned_model_serves_as_well(model):
    init = save_initial_state(model)
    prune_step(model, prunable_parameters(model))
    masked = save_initial_state(model)
    with torch.no_grad():
        model.out.bias.add_(1)
    rewind(model, masked)
    assert torch.equal(model.out.bias, init["out.bias"])


def test_the_state_of_another_model_is_refused_before_anything_changes(model):
    before = save_initial_state(model)
    with pytest.raises(PruningError, match=r"layers\.0\.weight"):
        rewind(model, FFN(25, 16, 3).state_dict())
    with pytest.raises(PruningError, match="nothing"):
        rewind(model, {})
    partly = {key: value + 1 for key, value in before.items() if not key.startswith("out")}
    with pytest.raises(PruningError, match=r"nothing for out\.weight"):
        rewind(model, partly)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
