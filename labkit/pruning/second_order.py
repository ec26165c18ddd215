"""Optimal Brain Damage: prune the weights whose loss raises the error least, to second order.

Does: the diagonal of the empirical Fisher matrix as curvature, scores ½ · w² · F, one pruning step.
Does not: the off-diagonal terms or the weight update of Optimal Brain Surgeon.
Source: LeCun, Denker & Solla 1990, "Optimal Brain Damage", section 2; Fisher in place of the
Hessian: Theis et al. 2018, "Faster gaze prediction with dense networks and Fisher pruning".
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from labkit.errors import PruningError
from labkit.metrics.effective import effective_weight
from labkit.pruning.masks import refresh_
from labkit.pruning.wanda import Pairs, Scores, check_linear, check_reached
from labkit.training import classification_loss

Batch = tuple[Tensor, Tensor]


def obd_scores(model: nn.Module, params_to_prune: Pairs, calibration: Batch) -> Scores:
    """Score each weight by ½ · w² · F, about how much the loss grows without it.

    Args:
        model: A classifier with linear layers, pruned or not; it is left as it was.
        params_to_prune: Pairs of linear layer and `"weight"`.
        calibration: A batch of inputs [B, ...] and labels [B].

    Returns:
        For each pair the scores [out, in], at least 0; 0 where the weight is pruned.

    Raises:
        PruningError: A layer is not linear, or the batch never reaches it.
    """
    ### BEGIN SOLUTION
    pairs = list(dict.fromkeys(params_to_prune))
    fisher = fisher_diagonal(model, [module for module, _ in pairs], calibration)
    return {(m, name): 0.5 * effective_weight(m, name).square() * fisher[m] for m, name in pairs}
    ### END SOLUTION


def fisher_diagonal(
    model: nn.Module, modules: Iterable[nn.Module], calibration: Batch
) -> dict[nn.Module, Tensor]:
    """Mean squared gradient of each sample's loss, for the weights of some linear layers.

    A linear layer's gradient for sample b is the outer product g_b x_bᵀ of the gradient at its
    output and its input, so the mean of the squares is (g²)ᵀ x² / B: no gradient of a single
    sample is ever stored. Needs samples that do not influence each other, so the model is in
    evaluation mode meanwhile, and inputs [B, in] at each of these layers.

    Args:
        model: A classifier; it is left as it was, without gradients.
        modules: Linear layers.
        calibration: A batch of inputs [B, ...] and labels [B].

    Returns:
        For each layer the diagonal [out, in], at least 0.

    Raises:
        PruningError: A layer is not linear, is used twice or with inputs that are not [B, in], or
            the batch never reaches it.
    """
    ### BEGIN SOLUTION
    seen: dict[nn.Module, Tensor] = {}
    outputs: dict[nn.Module, Tensor] = {}

    def keep(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
        if module in seen or args[0].dim() != 2:
            raise PruningError("The Fisher diagonal needs layers that are used once, on [B, in].")
        seen[module] = args[0].detach()
        outputs[module] = output if output.requires_grad else output.requires_grad_()
        return outputs[module]

    layers = list(dict.fromkeys(modules))
    check_linear(layers)
    inputs, labels = calibration
    modes = {part: part.training for part in model.modules()}
    handles = [layer.register_forward_hook(keep) for layer in layers]
    try:
        model.eval()
        with torch.enable_grad():
            loss = classification_loss(model(inputs), labels) * len(inputs)  # summed
            check_reached(layers, outputs)
            gradients = torch.autograd.grad(loss, [outputs[layer] for layer in layers])
    finally:
        for handle in handles:
            handle.remove()
        for part, mode in modes.items():
            part.training = mode
        refresh_(model)  # a masked weight that was computed with gradients resists copying
    squares = {layer: g.square() for layer, g in zip(layers, gradients, strict=True)}
    return {layer: squares[layer].T @ seen[layer].square() / len(inputs) for layer in layers}
    ### END SOLUTION


def obd_step(model: nn.Module, params_to_prune: Pairs, amount: float, calibration: Batch) -> None:
    """Prune the share `amount` of what remains, lowest OBD scores of all layers first, in place.

    Args:
        model: A classifier with linear layers, pruned or not.
        params_to_prune: Pairs of linear layer and `"weight"`.
        amount: Share of the remaining weights, from 0 to 1.
        calibration: A batch of inputs [B, ...] and labels [B].

    Raises:
        PruningError: The amount is no share, or a layer cannot be scored.
    """
    ### BEGIN SOLUTION
    if not 0 <= amount <= 1:
        raise PruningError(f"amount must be a share from 0 to 1, but is {amount}.")
    scores = obd_scores(model, params_to_prune, calibration)
    with torch.no_grad():  # so that the model can be copied afterwards
        prune.global_unstructured(
            list(scores),
            pruning_method=prune.L1Unstructured,
            importance_scores=scores,
            amount=float(amount),
        )
    ### END SOLUTION
