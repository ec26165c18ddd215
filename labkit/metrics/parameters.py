"""How many parameters a model has."""

from torch import nn


def count_parameters(model: nn.Module) -> int:
    """Count the parameters of a model, biases included, each one once.

    Pruning does not change the count: a mask is a buffer, and a masked weight is still there.

    Args:
        model: Any model, pruned or not.

    Returns:
        The number of single values.
    """
    return sum(param.numel() for param in model.parameters())
