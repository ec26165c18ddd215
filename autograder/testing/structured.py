"""Networks with hidden layers of different widths, and what became of their units.

Written without labkit's structured pruning, which is what students write.
"""

from __future__ import annotations

import copy
import itertools
from dataclasses import dataclass

import torch
from torch import nn

from autograder.boundary.views import ModuleView
from autograder.testing.drawing import drawn_once
from autograder.testing.nets import between, noise, refill_
from autograder.testing.values import fail, kind
from labkit.models.ffn import FFN

SCALES = (1.0, 2.5, 0.4)  # of the hidden layers' weights: ranked together, one would lose most


@dataclass(frozen=True)
class Layer:
    """One linear layer: weight [units, inputs] and bias [units]."""

    weight: torch.Tensor
    bias: torch.Tensor | None


@drawn_once
def uneven_ffn(rng: torch.Generator, hidden: int = 2) -> FFN:
    """An FFN whose hidden layers differ in width.

    The L1 norms of the rows rank the units the other way round than their L2 norms, and so do the
    biases and the columns of the next layer; no two L2 norms are close.
    """
    widths = [between(rng, 17, 21)]
    for _ in range(hidden):
        widths.append(between(rng, 12, 30))
        while widths[-1] in widths[:-1]:
            widths[-1] += 1
    model = FFN(2, widths[0], between(rng, 4, 6), num_layers=hidden)
    model.layers = nn.ModuleList(
        nn.Linear(before, after) for before, after in itertools.pairwise(widths)
    )
    model.out = nn.Linear(widths[-1], model.out.out_features)
    refill_(rng, model)
    with torch.no_grad():
        for layer, scale in zip(model.layers, SCALES, strict=False):
            _spread_(rng, layer, scale)
    return model


def _spread_(rng: torch.Generator, layer: nn.Module, scale: float) -> None:
    """Give the rows of a layer L2 norms far apart, in an order that L1 norms do not share."""
    assert isinstance(layer, nn.Linear)
    units, inputs = layer.weight.shape
    rank = torch.randperm(units, generator=rng)
    for unit in range(units):
        place = int(rank[unit]) / units  # 0 is the smallest L2 norm
        row = noise(rng, inputs).sign() + 0.05 * noise(rng, inputs)  # flat: a large L1 norm
        peak = int(torch.randint(inputs, (), generator=rng))
        spike = 0.01 * noise(rng, inputs)
        spike[peak] = 1.0  # a small L1 norm
        row = (1 - place) * row / row.norm() + place * spike
        layer.weight[unit] = row / row.norm() * scale * (0.7 + 0.6 * place)
        layer.bias[unit] = (1 - 0.8 * place) * noise(rng, 1).sign()[0]


def layers_of(model: nn.Module | ModuleView) -> list[Layer]:
    """The linear layers of an FFN or of a view of a rebuilt one, in order."""
    tensors = (
        model.parameters
        if isinstance(model, ModuleView)
        else {name: param.detach() for name, param in model.named_parameters()}
    )
    return [
        Layer(tensor, tensors.get(f"{name.removesuffix('weight')}bias"))
        for name, tensor in tensors.items()
        if tensor.dim() == 2
    ]


def rebuilt(value: object) -> ModuleView:
    """The value as a model without masks.

    Raises:
        AssertionError: It is something else.
    """
    if not isinstance(value, ModuleView):
        fail(f"`prune_structured` should return the smaller model, but returned {kind(value)}.")
    if value.masks or any(name.endswith("_orig") for name in value.parameters):
        fail("The model that `prune_structured` returns has masks: rebuild it with less units.")
    return value


def smallest_units(weight: torch.Tensor, count: int) -> set[int]:
    """The units whose rows have the smallest L2 norm."""
    return {int(unit) for unit in weight.double().norm(dim=1).argsort()[:count]}


def survivors(small: Layer, large: Layer, columns: list[int]) -> list[int] | None:
    """Which units of the large layer the small one's rows are; None where one is none of them.

    Args:
        small: The layer of the smaller network.
        large: The layer that it was made from.
        columns: Which inputs of the large layer the small one's columns are, in order.
    """
    wanted = large.weight[:, columns]
    if small.weight.shape[1] != wanted.shape[1]:
        return None
    found = []
    for row in small.weight:
        same = [unit for unit in range(len(wanted)) if torch.equal(wanted[unit], row)]
        if len(same) != 1 or same[0] in found:
            return None
        found += same
    return found


def silenced(model: FFN, removed: list[set[int]]) -> FFN:
    """A copy in which the next layer does not hear the removed units."""
    silent = copy.deepcopy(model)
    following = [*list(silent.layers)[1:], silent.out]
    with torch.no_grad():
        for layer, units in zip(following, removed, strict=True):
            assert isinstance(layer, nn.Linear)
            layer.weight[:, sorted(units)] = 0
    return silent
