"""Global magnitude pruning: the smallest weights of all layers together go.

Source: Han, Pool, Tran & Dally 2015, "Learning both Weights and Connections for Efficient Neural
Networks", section 3.
"""

from collections.abc import Iterable

import torch
from torch import nn
from torch.nn.utils import prune

from labkit.errors import PruningError
from labkit.metrics.effective import effective_weight


def prunable_parameters(model: nn.Module) -> list[tuple[nn.Module, str]]:
    """List the weight matrices of all linear layers, the output layer too; biases stay.

    Args:
        model: Any model, pruned or not.

    Returns:
        Pairs of module and `"weight"`; a module that is used twice is listed once.
    """
    ### BEGIN SOLUTION
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]
    ### END SOLUTION


def prune_step(
    model: nn.Module, params_to_prune: Iterable[tuple[nn.Module, str]], amount: float = 0.33
) -> None:
    """Prune the share `amount` of the remaining weights with the smallest |w|, in place.

    All parameters are ranked together, by their present effective values. The number of weights is
    `round(amount · remaining)`. Repeated steps compound: after n steps (1 − amount)ⁿ remain.

    Example:
        One layer with weights [3, -1, 0.5, 2] and `amount=0.5`: 0.5 and -1 become zero. A second
        step prunes half of the two that remain: 2.

    Args:
        model: The model that the parameters belong to.
        params_to_prune: Pairs of module and parameter name.
        amount: Share of the remaining weights, from 0 to 1.

    Raises:
        PruningError: The amount is no share, or there is nothing to prune.
    """
    ### BEGIN SOLUTION
    pairs = list(dict.fromkeys(params_to_prune))
    if not 0 <= amount <= 1:
        raise PruningError(
            f"amount must be a share from 0 to 1, such as 0.33 for 33 %, but is {amount}."
        )
    if not pairs:
        raise PruningError("There is nothing to prune: params_to_prune is empty.")
    scores = {(module, name): effective_weight(module, name) for module, name in pairs}
    with torch.no_grad():  # so that the model can be copied afterwards
        prune.global_unstructured(
            pairs,
            pruning_method=prune.L1Unstructured,
            importance_scores=scores,
            amount=float(amount),  # torch takes an int for a number of weights
        )
    ### END SOLUTION
