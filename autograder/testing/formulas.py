"""Independent formulas on effective weights (`weight_orig * weight_mask`) of our own models.

Written without labkit's metrics, which are what students write.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn


def weight_of(module: nn.Module) -> torch.Tensor:
    """The effective weight of one layer, masked or not."""
    mask = getattr(module, "weight_mask", None)
    weight = module.get_parameter("weight" if mask is None else "weight_orig")
    return weight.detach() if mask is None else weight.detach() * mask


def effective_state(model: nn.Module) -> dict[str, torch.Tensor]:
    """What `state_dict()` of a copy without masks would hold."""
    state = model.state_dict()
    effective = {}
    for name, tensor in state.items():
        plain = name.removesuffix("_orig")
        if f"{plain}_mask" in state and plain != name:
            effective[plain] = tensor * state[f"{plain}_mask"]
        elif not name.endswith("_mask"):
            effective[name] = tensor
    return effective


def masked_names(model: nn.Module) -> set[str]:
    """The plain names of the weights that have a mask."""
    return {n.removesuffix("_mask") for n, _ in model.named_buffers() if n.endswith("_mask")}


def percent_zero(tensors: Iterable[torch.Tensor]) -> float:
    """100 * zeros / entries over all tensors together."""
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    return 100.0 * float((flat == 0).double().mean())


def weight_names(model: nn.Module) -> list[str]:
    """The plain names of a model's weight matrices."""
    return [name for name, tensor in effective_state(model).items() if tensor.dim() == 2]
