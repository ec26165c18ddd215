"""Save and load weights; a damaged file or another architecture gives one clear sentence.

Only tensors are ever read (`weights_only=True`), so a checkpoint cannot run code.
"""

import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from labkit.errors import CheckpointError

PathLike = str | os.PathLike[str]


def save_weights(model: nn.Module, path: PathLike) -> None:
    """Write the model's state, masks included, to a file; never leaves half a file.

    Args:
        model: Any model, pruned or not.
        path: The file to write; its folder is made.
    """
    write_(model.state_dict(), path)


def load_weights(model: nn.Module, path: PathLike) -> None:
    """Read a state into the model, in place; masks that the file holds are put on.

    Args:
        model: A model of the architecture that was saved; masks that it has are replaced.
        path: A file that `save_weights` wrote.

    Raises:
        CheckpointError: No such file, no checkpoint, or of another architecture; the model is then
            as it was.
    """
    set_state_(model, read(path), str(path))


def write_(content: Any, path: PathLike) -> None:
    """Write tensors and plain data to a file, by way of a temporary one beside it."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        torch.save(content, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def read(path: PathLike) -> Any:
    """Read tensors and plain data.

    Raises:
        CheckpointError: No such file, or it is damaged or holds something else.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no checkpoint {path}.") from error
    except Exception as error:  # torch.load fails in many ways on a damaged file
        raise CheckpointError(
            f"{path} is damaged or not a checkpoint of weights; delete it and make it again."
        ) from error


def set_state_(model: nn.Module, state: dict[str, Tensor], origin: str = "the state") -> None:
    """Give the model a state with or without masks, in place; see `load_weights`."""
    _check_fits(model, state, origin)
    _remove_masks_(model)
    values = {dense_name(k, state): v for k, v in state.items() if not is_mask(k, state)}
    model.load_state_dict(values)
    with torch.no_grad():  # so that the masked weights can be copied
        for key in filter(lambda key: is_mask(key, state), state):
            owner, _, name = key.removesuffix("_mask").rpartition(".")
            prune.custom_from_mask(model.get_submodule(owner), name, state[key])


def _remove_masks_(model: nn.Module) -> None:
    for module in model.modules():
        for hook in list(module._forward_pre_hooks.values()):
            if isinstance(hook, prune.BasePruningMethod):
                prune.remove(module, hook._tensor_name)


def is_mask(key: str, state: dict[str, Tensor]) -> bool:
    """Whether a key of a state names a mask of `torch.nn.utils.prune`."""
    return key.endswith("_mask") and key.removesuffix("_mask") + "_orig" in state


def dense_name(key: str, state: dict[str, Tensor]) -> str:
    """The name that a key of a state has in the unpruned model."""
    base = key.removesuffix("_orig")
    return base if base + "_mask" in state else key


def _check_fits(model: nn.Module, state: Any, origin: str) -> None:
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise CheckpointError(f"{origin} holds no weights; expected what `save_weights` wrote.")
    want, have = _shapes(model.state_dict()), _shapes(state)
    for name in sorted(want.keys() | have.keys()):
        if want.get(name) != have.get(name):
            raise CheckpointError(
                f"{origin} is of another architecture: {name} has {_say(have.get(name))} there, "
                f"but {_say(want.get(name))} in this model; build the model as it was saved."
            )


def _shapes(state: dict[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """Shapes by dense name, masks left out."""
    return {
        dense_name(key, state): tuple(value.shape)
        for key, value in state.items()
        if not is_mask(key, state)
    }


def _say(shape: tuple[int, ...] | None) -> str:
    return "no place" if shape is None else f"shape {shape}"
