"""Structured pruning: sizes, survivors, equality with the silenced network."""

import copy

import pytest
import torch
from torch import Tensor, nn

from labkit.errors import PruningError
from labkit.models import FFN
from labkit.pruning.structured import kept_units, prune_structured


def uneven() -> FFN:
    """An FFN with hidden layers of 10 and 6 units."""
    torch.manual_seed(0)
    net = FFN(10, 8, 4)
    net.layers[1], net.out = nn.Linear(10, 6), nn.Linear(6, 4)
    return net


def weights(model: nn.Module) -> list[tuple[int, ...]]:
    """The shapes of all weights."""
    return [tuple(param.shape) for param in model.parameters() if param.dim() > 1]


def test_handout_example() -> None:
    small = prune_structured(uneven(), torch.zeros(1, 8), 0.5)
    assert weights(small) == [(5, 8), (3, 5), (4, 3)]
    assert sum(param.numel() for param in uneven().parameters()) == 184
    assert sum(param.numel() for param in small.parameters()) == 79
    assert isinstance(small, FFN)
    assert (small.layers[0].out_features, small.out.in_features) == (5, 3)


@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.5, 0.99])
def test_computes_what_the_silenced_network_does(ratio: float) -> None:
    net, inputs = uneven(), torch.randn(7, 8)
    silent = copy.deepcopy(net)
    for layer, following in ((net.layers[0], silent.layers[1]), (net.layers[1], silent.out)):
        gone = min(layer.out_features - 1, round(ratio * layer.out_features))
        following.weight.data[:, layer.weight.norm(dim=1).argsort()[:gone]] = 0
    small = prune_structured(net, inputs, ratio)
    assert torch.allclose(small(inputs), silent(inputs), atol=1e-6)


def test_original_stays_and_shares_nothing() -> None:
    net = uneven().train()
    before = copy.deepcopy(net.state_dict())
    small = prune_structured(net, torch.zeros(1, 8), 0.25)
    assert all(torch.equal(net.state_dict()[name], before[name]) for name in before)
    owned = {param.untyped_storage().data_ptr() for param in net.parameters()}
    assert not owned & {param.untyped_storage().data_ptr() for param in small.parameters()}
    assert small.training and all(param.requires_grad for param in small.parameters())


def test_masks_count_and_go() -> None:
    net = uneven()
    with torch.no_grad():
        nn.utils.prune.ln_structured(net.layers[0], "weight", 5, n=2, dim=0)
    zero = {int(row) for row in (net.layers[0].weight == 0).all(1).nonzero()}
    small = prune_structured(net, torch.zeros(1, 8), 0.5)
    assert isinstance(small, FFN) and not any("mask" in name for name in small.state_dict())
    kept = [int((net.layers[0].weight == row).all(1).nonzero()) for row in small.layers[0].weight]
    assert not zero & set(kept)


def test_sequential_chain_without_biases() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 9, bias=False), nn.Sigmoid(), nn.Linear(9, 3))
    small = prune_structured(net, torch.zeros(2, 3, 4), 1 / 3)
    assert small(torch.zeros(2, 3, 4)).shape == (2, 3)
    assert weights(small) == [(6, 12), (3, 6)]


def test_convolutions_by_torch_pruning() -> None:
    pytest.importorskip("torch_pruning")
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 6, 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(6 * 16, 10),
    )  # fmt: skip
    inputs = torch.randn(2, 1, 8, 8)
    small = prune_structured(net, inputs, 0.5)
    assert small(inputs).shape == (2, 10)
    assert weights(small) == [(4, 1, 3, 3), (3, 4, 3, 3), (10, 48)]
    assert weights(net)[0][0] == 8


class Residual(nn.Module):
    """Linear layers that are no chain: a shortcut adds the first layer's output again."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.out = nn.Linear(5, 8), nn.Linear(8, 8), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.first(x))
        out: Tensor = self.out(x + torch.relu(self.second(x)))
        return out


def test_residual_layers_still_add_up() -> None:
    pytest.importorskip("torch_pruning")
    small = prune_structured(Residual(), torch.randn(4, 5), 0.5)
    assert small(torch.randn(4, 5)).shape == (4, 3)
    assert weights(small) == [(4, 5), (4, 4), (3, 4)]


@pytest.mark.parametrize("ratio", [-0.1, 1, 1.5])
def test_refuses_what_is_no_ratio(ratio: float) -> None:
    with pytest.raises(PruningError, match="share from 0"):
        prune_structured(uneven(), torch.zeros(1, 8), ratio)


def test_one_unit_stays() -> None:
    assert len(kept_units(torch.randn(5, 2), 0.99)) == 1
