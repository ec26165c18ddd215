"""Models of torchvision with the number of classes and channels that a data set needs."""

from difflib import get_close_matches
from types import ModuleType

import torch
from torch import nn

from labkit.adapters.errors import AdapterError, require

KEPT = ("kernel_size", "stride", "padding", "dilation", "padding_mode")  # of a first convolution


def torchvision_model(
    name: str,
    num_classes: int,
    input_channels: int = 3,
    weights: str | None = None,
    seed: int = 0,
) -> nn.Module:
    """Build a classifier of torchvision, such as "resnet18" or "mobilenet_v3_small".

    Most take any image size from 32×32 on; AlexNet and VGG need 64×64 or more.

    Args:
        name: As in `torchvision.models.list_models()`.
        num_classes: Number of classes C; the output layer is made new for it.
        input_channels: 3 for colour, 1 for grey; with weights, 3 only.
        weights: None for random weights, which needs no network; "DEFAULT" downloads trained ones.
        seed: Of the random weights; the global generator stays as it was.

    Returns:
        Images [B, input_channels, H, W] to logits [B, C].

    Raises:
        AdapterError: There is no such model, or its weights or channels cannot be had.
    """
    models = require("torchvision", "torchvision_model").models
    known = models.list_models(module=models)
    if name not in known:
        near = ", ".join(get_close_matches(name, known)) or "torchvision.models.list_models()"
        raise AdapterError(f"torchvision has no classifier named {name!r}; look at {near}.")
    if weights is not None and input_channels != 3:
        raise AdapterError("Trained weights are for 3 channels: repeat grey images three times.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if weights is None:
            model: nn.Module = models.get_model(name, num_classes=num_classes)
        else:
            model = _trained(models, name, weights)
            _replace_last_(model, nn.Linear, num_classes)
        if input_channels != 3:
            _replace_first_(model, input_channels)
    return model


def _trained(models: ModuleType, name: str, weights: str) -> nn.Module:
    try:
        model: nn.Module = models.get_model(name, weights=weights)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise AdapterError(
            f"The weights {weights!r} of {name} could not be loaded ({error}); "
            f"without a network use weights=None."
        ) from error
    return model


def _replace_last_(model: nn.Module, kind: type[nn.Linear], num_classes: int) -> None:
    """Put a new output layer in the place of the last linear one."""
    names = [name for name, module in model.named_modules() if isinstance(module, kind)]
    if not names:
        raise AdapterError("The model has no linear output layer: use weights=None.")
    old = model.get_submodule(names[-1])
    assert isinstance(old, nn.Linear)
    new = nn.Linear(old.in_features, num_classes, bias=old.bias is not None)
    model.set_submodule(names[-1], new)


def _replace_first_(model: nn.Module, channels: int) -> None:
    """Put a new convolution in the place of the first one, for so many input channels."""
    for name, old in model.named_modules():
        if isinstance(old, nn.Conv2d):
            settings = {setting: getattr(old, setting) for setting in KEPT}
            bias = old.bias is not None
            model.set_submodule(name, nn.Conv2d(channels, old.out_channels, bias=bias, **settings))
            return
    raise AdapterError("The model has no convolution to give other channels to.")
