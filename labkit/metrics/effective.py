"""The values that a parameter has in the next forward pass: `orig * mask` where it is masked.

`module.weight` of a masked layer is not read anywhere in labkit: only a forward pass refreshes it,
so after an optimizer step or `load_state_dict` it is stale.
"""

from torch import Tensor, nn


def effective_weight(module: nn.Module, name: str) -> Tensor:
    """Return the values that a parameter has in the next forward pass, detached.

    Args:
        module: The module that owns the parameter.
        name: Its name without `_orig`, such as `"weight"`.

    Returns:
        `orig * mask` where the parameter is masked, else the parameter's own values.
    """
    mask = module._buffers.get(name + "_mask")
    if mask is None:
        tensor: Tensor = getattr(module, name)
        return tensor.detach()
    orig: Tensor = getattr(module, name + "_orig")
    return orig.detach() * mask
