"""How much of a model is zero, in percent.

Everything counts effective weights, `weight_orig * weight_mask`: see `labkit.metrics.effective`.
"""

from collections.abc import Iterable

from torch import Tensor, nn

from labkit.metrics.effective import effective_weight


def calculate_sparsity(param: Tensor) -> float:
    """Share of exact zeros in one tensor: 100 · zeros / values.

    Example:
        >>> import torch
        >>> calculate_sparsity(torch.tensor([0.0, 1.0, -2.0, 0.0]))
        50.0

    Args:
        param: A weight, a mask or a bias, any shape.

    Returns:
        Percent from 0 to 100; 0 for a tensor without values.
    """
    ### BEGIN SOLUTION
    if param.numel() == 0:
        return 0.0
    return 100.0 * int((param == 0).sum()) / param.numel()
    ### END SOLUTION


def calculate_sparsity_overall(
    model: nn.Module, params_to_prune: Iterable[tuple[nn.Module, str]]
) -> float:
    """Share of zeros among all weights that may be pruned, taken together.

    Layers count by their weights, so a large layer counts more. A module that is listed twice
    counts once; a parameter that has no mask yet counts with the zeros that it has.

    Args:
        model: The model that the parameters belong to.
        params_to_prune: Pairs of module and parameter name, as `prunable_parameters` gives them.

    Returns:
        Percent from 0 to 100.
    """
    ### BEGIN SOLUTION
    zeros = total = 0
    for module, name in dict.fromkeys(params_to_prune):
        weight = effective_weight(module, name)
        zeros += int((weight == 0).sum())
        total += weight.numel()
    return 100.0 * zeros / total if total else 0.0
    ### END SOLUTION


def calculate_sparsity_model(model: nn.Module) -> float:
    """Share of zeros among all effective parameters of the model, biases included.

    Masks are not parameters, and a parameter that is used twice counts once.

    Args:
        model: Any model, pruned or not.

    Returns:
        Percent from 0 to 100; a little below the overall sparsity, since biases are not pruned.
    """
    ### BEGIN SOLUTION
    owners = {
        param: (module, name.removesuffix("_orig"))
        for module in model.modules()
        for name, param in module.named_parameters(recurse=False)
    }
    zeros = total = 0
    for module, name in owners.values():
        values = effective_weight(module, name)
        zeros += int((values == 0).sum())
        total += values.numel()
    return 100.0 * zeros / total if total else 0.0
    ### END SOLUTION
