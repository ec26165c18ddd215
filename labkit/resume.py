"""Keep finished trainings, so that a notebook or a script can be interrupted and run again.

Does: name a training by a hash of all that it depends on, write its weights, read them back. Does
not: keep half a training, or Adam's state; an interrupted training begins again.
"""

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.prune import BasePruningMethod

from labkit import checkpoints, quick
from labkit.errors import CheckpointError

LIMIT = 40  # files in a folder; the oldest go first


def place(
    folder: str | os.PathLike[str], model: nn.Module, loader: Any, epochs: int, lr: float
) -> Path | None:
    """Return the file that a training is kept in, None where its data have no name.

    Args:
        folder: The folder of kept trainings.
        model: The model before training.
        loader: The batches; one without a `source` cannot be told from another.
        epochs: Passes over the loader.
        lr: The learning rate.
    """
    if not getattr(loader, "source", ""):
        return None
    return Path(folder) / f"{fingerprint(model, loader, epochs, lr)}.pt"


def fingerprint(model: nn.Module, loader: Any, epochs: int, lr: float) -> str:
    """Hash the start of a training: weights, masks, what is frozen, batches, settings, torch."""
    digest = hashlib.blake2b(digest_size=12)
    batches = [getattr(loader, name, None) for name in ("source", "seed", "batch_size", "shuffle")]
    count = quick.batches_of(len(loader))  # a quick training is none of a whole one's
    about = [type(model).__qualname__, str(model), *batches, count, epochs, lr]
    frozen = [name for name, param in model.named_parameters() if not param.requires_grad]
    digest.update(repr([about, frozen, torch.__version__]).encode())
    labels = getattr(loader, "labels", None)
    named = {**model.state_dict(), **({"labels": labels} if isinstance(labels, Tensor) else {})}
    for name, tensor in named.items():
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype} {tensor.device.type}".encode())
        plain = tensor.detach().cpu().contiguous().flatten()
        digest.update(plain.view(torch.uint8).numpy().data)
    return digest.hexdigest()


def store(model: nn.Module, result: tuple[float, float], path: Path) -> None:
    """Write a trained model's weights, without its masks, and its loss and seconds.

    A full disk is no reason to lose the training: then nothing is kept, and a line says so.
    """
    state = model.state_dict()
    weights = {name: t for name, t in state.items() if not checkpoints.is_mask(name, state)}
    try:
        checkpoints.write_({"weights": weights, "result": list(result)}, path)
        _drop_oldest(path.parent)
    except OSError as error:
        print(f"labkit: this training could not be kept in {path.parent} ({error.strerror}).")


def restore_(model: nn.Module, path: Path) -> tuple[float, float] | None:
    """Give a model the weights that it had after the kept training, in training mode.

    Returns:
        The loss and the seconds; None where there is nothing or the file is damaged, and then the
        model is as it was.
    """
    try:
        kept = checkpoints.read(path)
        loss, time_s = map(float, kept["result"])
        state = model.state_dict()
        want = {name: t for name, t in state.items() if not checkpoints.is_mask(name, state)}
        _check_alike(want, kept["weights"])
    except (CheckpointError, KeyError, TypeError, ValueError, AttributeError):
        return None
    with torch.no_grad():
        for name, tensor in want.items():  # a state_dict shares the model's memory
            tensor.copy_(kept["weights"][name])
    refresh_masked_weights_(model)
    model.train()
    return loss, time_s


def refresh_masked_weights_(model: nn.Module) -> None:
    """Compute `weight` from `weight_orig` and `weight_mask` again, as a forward pass does."""
    with torch.no_grad():
        for module in model.modules():
            for hook in module._forward_pre_hooks.values():
                if isinstance(hook, BasePruningMethod):
                    hook(module, None)


def _check_alike(want: dict[str, Tensor], have: dict[str, Tensor]) -> None:
    if {n: t.shape for n, t in want.items()} != {n: t.shape for n, t in have.items()}:
        raise ValueError("other weights than the model's")


def _drop_oldest(folder: Path) -> None:
    """Delete the kept trainings that were written first, down to the limit."""
    files = sorted(folder.glob("*.pt"), key=lambda file: file.stat().st_mtime)
    for file in files[:-LIMIT]:
        with contextlib.suppress(OSError):
            file.unlink()
