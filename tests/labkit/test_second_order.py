"""Optimal Brain Damage: the Fisher diagonal against gradients of single samples."""

import copy

import pytest
import torch
from torch import nn

from labkit.errors import PruningError
from labkit.models import FFN
from labkit.pruning.second_order import fisher_diagonal, obd_scores, obd_step
from labkit.training import classification_loss


def pairs_of(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


@pytest.fixture(params=[4, 1], ids=["four classes", "one logit"])
def net(request):
    torch.manual_seed(0)
    return FFN(7, 9, request.param, num_layers=2)


@pytest.fixture
def batch(net):
    draw = torch.Generator().manual_seed(1)
    labels = torch.randint(0, max(2, net.out.out_features), (13,), generator=draw)
    return torch.randn(13, 9, generator=draw), labels


def test_fisher_is_the_mean_of_squared_gradients_of_single_samples(net, batch):
    modules = [module for module, _ in pairs_of(net)]
    wanted = [torch.zeros_like(module.weight) for module in modules]
    for x, y in zip(*batch, strict=True):
        loss = classification_loss(net(x[None]), y[None])
        gradients = torch.autograd.grad(loss, [module.weight for module in modules])
        for total, gradient in zip(wanted, gradients, strict=True):
            total += gradient.square() / 13
    found = fisher_diagonal(net, modules, batch)
    for module, value in zip(modules, wanted, strict=True):
        assert torch.allclose(found[module], value, atol=1e-6)


def test_the_lowest_scores_of_all_layers_go(net, batch):
    scores = torch.cat([s.flatten() for s in obd_scores(net, pairs_of(net), batch).values()])
    obd_step(net, pairs_of(net), 0.4, batch)
    kept = torch.cat([module.weight_mask.flatten() for module, _ in pairs_of(net)]) == 1
    assert int((~kept).sum()) == round(0.4 * len(scores))
    assert scores[~kept].max() <= scores[kept].min()


def test_steps_compound_and_the_model_can_be_copied(net, batch):
    left = sum(module.weight.numel() for module, _ in pairs_of(net))
    for _ in range(3):
        obd_step(net, pairs_of(net), 0.33, batch)
        left -= round(0.33 * left)
        assert sum(int(module.weight_mask.sum()) for module, _ in pairs_of(net)) == left
        copy.deepcopy(net)


def test_the_model_is_left_as_it_was(net, batch):
    net.train()
    net.out.eval()
    obd_scores(net, pairs_of(net), batch)
    assert [part.training for part in (net, net.out)] == [True, False]
    assert all(param.grad is None and param.requires_grad for param in net.parameters())
    assert not any(part._forward_hooks for part in net.modules())


def test_frozen_weights_are_scored_and_stay_frozen(net, batch):
    wanted = obd_scores(net, pairs_of(net), batch)
    net.requires_grad_(False)
    found = obd_scores(net, pairs_of(net), batch)
    assert all(torch.allclose(found[pair], value) for pair, value in wanted.items())
    assert not any(param.requires_grad for param in net.parameters())


def test_bad_input_is_refused_in_a_sentence(net, batch):
    with pytest.raises(PruningError, match="share"):
        obd_step(net, pairs_of(net), -0.1, batch)
    with pytest.raises(PruningError, match="not used"):
        obd_scores(net, [(nn.Linear(2, 2), "weight")], batch)
    twice = nn.Sequential(nn.Linear(9, 9))
    twice.append(twice[0])
    with pytest.raises(PruningError, match="used once"):
        obd_scores(twice, [(twice[0], "weight")], batch)
