"""Wanda: scores by hand, row-wise counts, and nothing left on the model."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from labkit.errors import PruningError
from labkit.models import FFN
from labkit.pruning.wanda import input_norms, lowest_in_rows, wanda_scores, wanda_step


def pairs_of(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


@pytest.fixture
def net():
    torch.manual_seed(0)
    return FFN(12, 20, 4, num_layers=2)


@pytest.fixture
def inputs():
    return torch.randn(33, 20, generator=torch.Generator().manual_seed(1)) * torch.logspace(
        -2, 1, 20
    )


def test_a_2_by_4_layer_by_hand():
    layer = nn.Linear(4, 2, bias=False)
    layer.weight.data = torch.tensor([[1.0, -3.0, 2.0, 1.0], [2.0, 1.0, -1.0, 3.0]])
    x = torch.tensor([[4.0, 0.0, 0.6, 3.0], [0.0, 1.0, 0.8, -4.0]])  # norms 4, 1, 1, 5
    scores = wanda_scores(layer, [(layer, "weight")], x)[layer, "weight"]
    assert torch.allclose(scores, torch.tensor([[4.0, 3.0, 2.0, 5.0], [8.0, 1.0, 1.0, 15.0]]))
    wanda_step(layer, [(layer, "weight")], 0.5, x)
    assert layer.weight_mask.tolist() == [[1, 0, 0, 1], [1, 0, 0, 1]]


def test_norms_add_up_over_samples_and_are_those_of_hidden_layers_too(net, inputs):
    norms = input_norms(net, [net.layers[0], net.layers[1]], inputs)
    hidden = torch.relu(net.layers[0](inputs)).detach()
    assert torch.allclose(norms[net.layers[0]], inputs.square().sum(0).sqrt())
    assert torch.allclose(norms[net.layers[1]], hidden.square().sum(0).sqrt(), atol=1e-5)


def test_each_row_loses_its_rounded_share_and_masks_shrink(net, inputs):
    earlier = {module: torch.ones_like(module.weight) for module, _ in pairs_of(net)}
    for _ in range(3):
        wanda_step(net, pairs_of(net), 0.33, inputs)
        for module, before in earlier.items():
            left = before.sum(1)
            assert torch.equal(module.weight_mask.sum(1), left - (0.33 * left).round())
            assert (module.weight_mask <= before).all()
            earlier[module] = module.weight_mask.clone()
    copy.deepcopy(net)


def test_rescaling_an_input_and_its_column_changes_nothing(net, inputs):
    twin = copy.deepcopy(net)
    factor = torch.logspace(-1, 1, 20)
    with torch.no_grad():
        twin.layers[0].weight /= factor
    wanda_step(net, pairs_of(net), 0.5, inputs)
    wanda_step(twin, pairs_of(twin), 0.5, inputs * factor)
    assert torch.equal(net.layers[0].weight_mask, twin.layers[0].weight_mask)


def test_the_model_is_left_as_it_was(inputs):
    model = nn.Sequential(nn.Linear(20, 6), nn.BatchNorm1d(6), nn.Linear(6, 2)).train()
    model[1].eval()
    state = {name: value.clone() for name, value in model.state_dict().items()}
    wanda_scores(model, pairs_of(model), inputs)
    assert [part.training for part in model.modules()] == [True, True, False, True]
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert not any(part._forward_pre_hooks for part in model.modules())


def test_hooks_go_when_the_model_fails(net):
    with pytest.raises(RuntimeError):
        wanda_scores(net, pairs_of(net), torch.randn(3, 7))
    assert not any(part._forward_pre_hooks for part in net.modules())


def test_ties_still_give_exact_counts():
    mask = lowest_in_rows(torch.ones(3, 10), torch.ones(3, 10), 0.3)
    assert mask.sum(1).tolist() == [7, 7, 7]


def test_bad_input_is_refused_in_a_sentence(net, inputs):
    with pytest.raises(PruningError, match="share"):
        wanda_step(net, pairs_of(net), 1.5, inputs)
    with pytest.raises(PruningError, match="Conv2d"):
        wanda_scores(net, [(nn.Conv2d(1, 1, 1), "weight")], inputs)
    with pytest.raises(PruningError, match="not used"):
        wanda_scores(net, [(nn.Linear(2, 2), "weight")], inputs)


def test_a_masked_weight_scores_zero(net, inputs):
    with torch.no_grad():
        prune.random_unstructured(net.out, "weight", 0.5)
    scores = wanda_scores(net, pairs_of(net), inputs)[net.out, "weight"]
    assert (scores[net.out.weight_mask == 0] == 0).all()
