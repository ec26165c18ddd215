"""Save the initial weights and bring the survivors back to them.

Source: Frankle & Carbin 2019, "The Lottery Ticket Hypothesis", section 1.
"""

import torch
from torch import Tensor, nn

from labkit.errors import PruningError
from labkit.pruning.masks import refresh_

State = dict[str, Tensor]


def save_initial_state(model: nn.Module) -> State:
    """Copy the model's state, so that later training cannot change it.

    Args:
        model: The model before training.

    Returns:
        Name to value, the keys of `state_dict()`.
    """
    ### BEGIN SOLUTION
    return {key: value.detach().clone() for key, value in model.state_dict().items()}
    ### END SOLUTION


def rewind(model: nn.Module, init_state: State) -> None:
    """Set every weight, bias and buffer to its initial value, in place; masks stay.

    Pruning renames `layer.weight` to `layer.weight_orig`, so the keys of `init_state` are looked up
    under both names. Afterwards the effective weight is the initial one where the mask is 1, and 0
    elsewhere.

    Args:
        model: A model, pruned or not.
        init_state: What `save_initial_state` returned; it is only read.

    Raises:
        PruningError: A value is missing in `init_state` or has another shape.
    """
    ### BEGIN SOLUTION
    initial = {key.removesuffix("_orig"): value for key, value in init_state.items()}
    state = model.state_dict()  # its tensors share memory with the model
    pairs = []
    for key, value in state.items():
        if key.endswith("_mask") and key.removesuffix("_mask") + "_orig" in state:
            continue
        start = initial.get(key.removesuffix("_orig"))
        if start is None or start.shape != value.shape:
            came = "nothing" if start is None else f"shape {tuple(start.shape)}"
            raise PruningError(
                f"init_state has {came} for {key} of shape {tuple(value.shape)}; save it from "
                f"the same model before training."
            )
        pairs.append((value, start))
    with torch.no_grad():
        for value, start in pairs:
            value.copy_(start)
    refresh_(model)
    ### END SOLUTION
