"""Small random models, drawn anew for each grading: layers of unequal size and scale."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.utils import prune

from labkit.models.ffn import FFN

Pairs = list[tuple[nn.Module, str]]


def between(rng: torch.Generator, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included."""
    return int(torch.randint(low, high + 1, (), generator=rng))


def share(rng: torch.Generator, low: float, high: float) -> float:
    """A random share between two others."""
    return low + (high - low) * float(torch.rand((), generator=rng))


def noise(rng: torch.Generator, *shape: int, scale: float = 1.0) -> torch.Tensor:
    """Normal values of both signs, none of them zero."""
    values = torch.randn(shape, generator=rng)
    return torch.where(values.abs() < 1e-3, torch.full_like(values, 1e-3), values) * scale


def refill_(rng: torch.Generator, model: nn.Module, scales: Sequence[float] = (1.0,)) -> None:
    """New values for every parameter, none of them zero; weight matrices take turns in scale."""
    turn = 0
    with torch.no_grad():
        for param in model.parameters():
            scale = scales[turn % len(scales)]
            turn += param.dim() > 1
            param.copy_(noise(rng, *param.shape, scale=scale if param.dim() > 1 else 1.0))


def ffn(
    rng: torch.Generator,
    hidden: int | None = None,
    num_layers: int = 2,
    *,
    inputs: int | None = None,
    scales: Sequence[float] = (1.0, 0.3, 2.0),
) -> FFN:
    """An FFN of random size, about 600 weights unless told, with no value that is zero."""
    model = FFN(
        hidden or between(rng, 11, 16),
        inputs or between(rng, 18, 25),
        between(rng, 4, 7),
        num_layers=num_layers,
    )
    refill_(rng, model, scales)
    return model


def tied_ffn(rng: torch.Generator) -> FFN:
    """An FFN with three hidden layers, the last two of which are one module."""
    model = ffn(rng, num_layers=3)
    model.layers[2] = model.layers[1]
    return model


def plain_net(rng: torch.Generator) -> nn.Sequential:
    """A feed-forward net with BatchNorm, whose buffers are no parameters."""
    width = between(rng, 9, 14)
    model = nn.Sequential(
        nn.Linear(between(rng, 15, 20), width), nn.BatchNorm1d(width), nn.ReLU(),
        nn.Linear(width, between(rng, 4, 6)),
    )  # fmt: skip
    refill_(rng, model)
    return model


def pairs_of(model: nn.Module) -> Pairs:
    """Each linear layer with "weight", every module once."""
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


def mask_(module: nn.Module, mask: torch.Tensor) -> None:
    """Mask a weight as `torch.nn.utils.prune` does, leaving a model that can be copied."""
    with torch.no_grad():
        prune.custom_from_mask(module, "weight", mask)


def mask_randomly_(rng: torch.Generator, module: nn.Module, share: float) -> None:
    """Mask a share of a weight's entries, at least one and not all."""
    weight = module.weight
    assert isinstance(weight, torch.Tensor)
    count = min(max(1, round(share * weight.numel())), weight.numel() - 1)
    mask = torch.ones(weight.numel())
    mask[torch.randperm(weight.numel(), generator=rng)[:count]] = 0
    mask_(module, mask.view(weight.shape))
