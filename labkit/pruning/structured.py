"""Structured pruning: whole hidden units go, and the network becomes smaller.

Does: rebuild networks that are a chain of linear layers, and hand others to torch-pruning. Does
not: mask, train, or rank all layers together.
Source: Li, Kadav, Durdanovic, Samet & Graf 2017, "Pruning Filters for Efficient ConvNets";
Fang, Ma, Song, Mi & Wang 2023, "DepGraph" (torch-pruning).
"""

from importlib import import_module
from itertools import pairwise

from torch import Tensor, nn


def prune_structured(model: nn.Module, example_input: Tensor, ratio: float) -> nn.Module:
    """Return a smaller copy of a network, with a share of the units of each hidden layer removed.

    Of n units, `round(ratio · n)` go, but never all: those whose incoming weights (their row of
    the layer's weight) have the smallest L2 norm. Inputs and outputs keep their number. The copy
    computes what the original would with those units silenced.

    Example:
        A layer of 10 units, `ratio=0.3`: 7 remain, and the next layer has 7 inputs.

    Args:
        model: A network without masks; it stays as it is.
        example_input: One batch [B, ...], to see how the layers follow each other.
        ratio: Share of the hidden units that go, from 0 to below 1.

    Returns:
        An independent network with smaller weights, without masks, in the model's mode.

    Raises:
        PruningError: The ratio is no such share, or the model cannot be rebuilt.
    """
    ### BEGIN SOLUTION
    from labkit.errors import PruningError

    if not 0 <= ratio < 1:
        raise PruningError(f"ratio must be a share from 0 to below 1, but is {ratio}.")
    mode = model.training
    small = _rebuilt_chain(model, example_input, ratio)
    if small is None:
        small = _with_torch_pruning(model, example_input, ratio)
    return small.train(mode)
    ### END SOLUTION


def kept_units(weight: Tensor, ratio: float) -> Tensor:
    """Numbers of the units that stay, ascending: those with the largest rows.

    Args:
        weight: Of the layer, [units, inputs].
        ratio: Share that goes.
    """
    ### BEGIN SOLUTION
    units = len(weight)
    keep = max(1, units - round(ratio * units))
    return weight.detach().norm(dim=1).topk(keep).indices.sort().values
    ### END SOLUTION


def _rebuilt_chain(model: nn.Module, example_input: Tensor, ratio: float) -> nn.Module | None:
    """The smaller copy of a chain of linear layers; None where the model is something else."""
    ### BEGIN SOLUTION
    import torch

    from labkit.pruning.masks import effective_copy

    small, silenced = effective_copy(model).eval(), effective_copy(model).eval()
    chain, masked = _chain(small, example_input), _chain(silenced, example_input)
    if chain is None or masked is None:
        return None
    keeps = [kept_units(layer.weight, ratio) for layer in chain[:-1]]  # before columns go
    with torch.no_grad():
        for index, keep in enumerate(keeps):
            silent = torch.ones(masked[index].out_features, dtype=torch.bool, device=keep.device)
            silent[keep] = False
            masked[index + 1].weight[:, silent] = 0
            _slice_(chain[index], rows=keep)
            _slice_(chain[index + 1], columns=keep)
        try:
            same = torch.allclose(
                small(example_input), silenced(example_input), rtol=1e-3, atol=1e-4
            )
        except RuntimeError:  # the units are used elsewhere, too
            return None
    return small if same else None
    ### END SOLUTION


def _chain(model: nn.Module, example_input: Tensor) -> list[nn.Linear] | None:
    """The linear layers in the order of the forward pass, if each feeds the next and only those."""
    ### BEGIN SOLUTION
    import torch

    called: list[nn.Linear] = []
    layers = [module for module in model.modules() if isinstance(module, nn.Linear)]
    hooks = [
        layer.register_forward_pre_hook(lambda module, _: called.append(module)) for layer in layers
    ]
    with torch.no_grad():
        model(example_input)
    for hook in hooks:
        hook.remove()
    linear = {id(param) for layer in layers for param in layer.parameters()}
    only_linear = all(id(param) in linear for param in model.parameters())
    fits = all(a.out_features == b.in_features for a, b in pairwise(called))
    return called if only_linear and fits and len(called) == len(set(called)) > 0 else None
    ### END SOLUTION


def _slice_(layer: nn.Linear, rows: Tensor | None = None, columns: Tensor | None = None) -> None:
    """Keep some outputs (rows, with their biases) or some inputs (columns) of a layer."""
    ### BEGIN SOLUTION
    weight = layer.weight.detach()
    if rows is not None:
        weight = weight[rows]
        layer.out_features = len(rows)
        if layer.bias is not None:
            layer.bias = nn.Parameter(layer.bias.detach()[rows].clone(), layer.bias.requires_grad)
    if columns is not None:
        weight = weight[:, columns]
        layer.in_features = len(columns)
    layer.weight = nn.Parameter(weight.clone(), layer.weight.requires_grad)
    ### END SOLUTION


def _with_torch_pruning(model: nn.Module, example_input: Tensor, ratio: float) -> nn.Module:
    """The smaller copy by torch-pruning, which follows convolutions, BatchNorm and residuals."""
    ### BEGIN SOLUTION
    from labkit.errors import PruningError
    from labkit.pruning.masks import effective_copy

    try:
        tp = import_module("torch_pruning")
    except ImportError as error:
        raise PruningError(
            "This model is no chain of linear layers. To rebuild it, "
            "run `pip install torch-pruning`, then restart the kernel."
        ) from error
    small = effective_copy(model).eval()
    last = [module for module in small.modules() if isinstance(module, (nn.Linear, nn.Conv2d))][-1:]
    importance = tp.importance.GroupMagnitudeImportance(
        p=2, group_reduction="first", normalizer=None
    )
    try:
        pruner = tp.pruner.BasePruner(
            small, example_input, importance, pruning_ratio=ratio, ignored_layers=last
        )
        pruner.step()
        small(example_input)
    except Exception as error:  # torch-pruning fails in many ways on models that it cannot follow
        raise PruningError(
            f"torch-pruning cannot rebuild this model ({type(error).__name__}: {error}); "
            f"choose another model, or slice its layers by hand."
        ) from error
    return small
    ### END SOLUTION
