"""Wanda: prune weights that are small *and* meet small activations, without any gradient.

Does: scores |w| · ‖x‖₂, and one pruning step that compares weights within a row. Does not: update
the weights that stay, or look at the labels.
Source: Sun, Liu, Bair & Kolter 2024, "A Simple and Effective Pruning Approach for Large Language
Models", section 3.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from labkit.errors import PruningError
from labkit.metrics.effective import effective_weight

Pairs = Iterable[tuple[nn.Module, str]]
Scores = dict[tuple[nn.Module, str], Tensor]


def wanda_scores(model: nn.Module, params_to_prune: Pairs, inputs: Tensor) -> Scores:
    """Score each weight by |w_ij| · ‖x_j‖₂, where x_j is what its input j was over the batch.

    Example:
        Weights `[[1, -3]]` and inputs of norm 4 and 1 give the scores `[[4, 3]]`: the larger weight
        is the less important one.

    Args:
        model: A model with linear layers, pruned or not; it is left as it was.
        params_to_prune: Pairs of linear layer and `"weight"`.
        inputs: A batch of calibration inputs [B, ...].

    Returns:
        For each pair the scores [out, in], at least 0; 0 where the weight is pruned.

    Raises:
        PruningError: A layer is not linear, or the batch never reaches it.
    """
    ### BEGIN SOLUTION
    pairs = list(dict.fromkeys(params_to_prune))
    norms = input_norms(model, [module for module, _ in pairs], inputs)
    return {(m, name): effective_weight(m, name).abs() * norms[m] for m, name in pairs}
    ### END SOLUTION


def input_norms(
    model: nn.Module, modules: Iterable[nn.Module], inputs: Tensor
) -> dict[nn.Module, Tensor]:
    """Measure ‖x_j‖₂ of each input feature of some linear layers, over all rows of a batch.

    Args:
        model: The model that the layers belong to; it is left as it was.
        modules: Linear layers.
        inputs: A batch of inputs [B, ...].

    Returns:
        For each layer the norms [in].

    Raises:
        PruningError: A layer is not linear, or the batch never reaches it.
    """
    ### BEGIN SOLUTION
    squares: dict[nn.Module, Tensor] = {}

    def add(module: nn.Module, args: tuple[Tensor, ...]) -> None:
        rows = args[0].detach().flatten(0, -2)  # [rows, in]
        squares[module] = squares.get(module, torch.zeros(())) + rows.square().sum(dim=0)

    layers = list(dict.fromkeys(modules))
    check_linear(layers)
    modes = {part: part.training for part in model.modules()}
    handles = [layer.register_forward_pre_hook(add) for layer in layers]
    try:
        model.eval()
        with torch.no_grad():
            model(inputs)
    finally:
        for handle in handles:
            handle.remove()
        for part, mode in modes.items():
            part.training = mode
    check_reached(layers, squares)
    return {layer: squares[layer].sqrt() for layer in layers}
    ### END SOLUTION


def wanda_step(model: nn.Module, params_to_prune: Pairs, amount: float, inputs: Tensor) -> None:
    """Prune the share `amount` of what remains in each row, lowest Wanda scores first, in place.

    A row holds the weights of one output. The number in a row is `round(amount · remaining)`.

    Args:
        model: A model with linear layers, pruned or not.
        params_to_prune: Pairs of linear layer and `"weight"`.
        amount: Share of the remaining weights, from 0 to 1.
        inputs: A batch of calibration inputs [B, ...].

    Raises:
        PruningError: The amount is no share, or a layer is not linear.
    """
    ### BEGIN SOLUTION
    if not 0 <= amount <= 1:
        raise PruningError(f"amount must be a share from 0 to 1, but is {amount}.")
    for (module, name), scores in wanda_scores(model, params_to_prune, inputs).items():
        mask = module._buffers.get(name + "_mask")
        alive = torch.ones_like(scores) if mask is None else mask
        with torch.no_grad():  # so that the model can be copied afterwards
            prune.custom_from_mask(module, name, lowest_in_rows(scores, alive, amount))
    ### END SOLUTION


def lowest_in_rows(scores: Tensor, alive: Tensor, amount: float) -> Tensor:
    """Mask that drops `round(amount · alive)` entries of each row, those with the lowest scores.

    Args:
        scores: Any values [out, in].
        alive: 1 where a weight is left, 0 where it went earlier [out, in].
        amount: Share of the alive entries to drop.

    Returns:
        Zeros and ones [out, in], never 1 where `alive` is 0.
    """
    ### BEGIN SOLUTION
    ranked = scores.masked_fill(alive == 0, torch.inf).argsort(dim=1).argsort(dim=1)  # 0 = lowest
    count = (amount * alive.sum(dim=1, keepdim=True)).round()  # [out, 1]
    return alive * (ranked >= count)
    ### END SOLUTION


def check_linear(layers: Iterable[nn.Module]) -> None:
    """Refuse layers whose weight is no matrix of outputs and inputs.

    Raises:
        PruningError: Names the kind of layer.
    """
    for layer in layers:
        if not isinstance(layer, nn.Linear):
            raise PruningError(
                f"Activations are measured for linear layers only, but params_to_prune has a "
                f"{type(layer).__name__}."
            )


def check_reached(layers: Iterable[nn.Module], found: dict[nn.Module, Tensor]) -> None:
    """Refuse a layer that the calibration batch did not pass through.

    Raises:
        PruningError: Says how to fix it.
    """
    if any(layer not in found for layer in layers):
        raise PruningError(
            "A layer in params_to_prune is not used by model(inputs): list only layers of "
            "this model."
        )
