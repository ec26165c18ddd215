"""The reparameterization of `torch.nn.utils.prune`: `weight = weight_orig * weight_mask`.

Does: find masked parameters, refresh `weight`, copy a model without its masks. Does not: decide
what is pruned.
"""

import copy
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from torch.nn.utils import prune

from labkit.metrics.effective import effective_weight


def masked_parameters(model: nn.Module) -> Iterator[tuple[nn.Module, str]]:
    """Yield each masked parameter once, as the pair of module and name (without `_orig`)."""
    for module in model.modules():
        for name, _ in list(module.named_parameters(recurse=False)):
            base = name.removesuffix("_orig")
            if base != name and base + "_mask" in module._buffers:
                yield module, base


@torch.no_grad()
def refresh_(model: nn.Module) -> None:
    """Recompute each masked `weight` in place, free of any autograd graph."""
    for module, name in masked_parameters(model):
        setattr(module, name, effective_weight(module, name))


def effective_copy(model: nn.Module) -> nn.Module:
    """Copy a model without its masks: the pruned weights become plain zeros.

    The copy has the same keys as a model that was never pruned. The model itself stays as it is.

    Args:
        model: A model, pruned or not, also straight after a training step.

    Returns:
        An independent copy without masks and pruning hooks.
    """
    # A `weight` that was computed with gradients cannot be deep-copied; hand its copy over.
    memo: dict[int, Any] = {
        id(getattr(module, name)): effective_weight(module, name)
        for module, name in masked_parameters(model)
    }
    memo |= _fresh_empty_tables(model)
    keep = [getattr(module, name) for module, name in masked_parameters(model)]  # ids stay valid
    clone = copy.deepcopy(model, memo)
    del keep
    remove_masks_(clone)
    return clone


def _fresh_empty_tables(model: nn.Module) -> dict[int, Any]:
    """New tables for a model's empty ones, mostly of hooks: copying those takes the longest."""
    return {
        id(table): type(table)()
        for module in model.modules()
        for table in vars(module).values()
        if type(table) in (dict, OrderedDict, set) and not table
    }


def remove_masks_(model: nn.Module) -> None:
    """Make pruning permanent, in place: masks and hooks go, zeros stay."""
    for module, name in list(masked_parameters(model)):
        prune.remove(module, name)
