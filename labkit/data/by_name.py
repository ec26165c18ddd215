"""The data sets of Lab 1 by name, each with the network that fits it."""

import os

from labkit import quick
from labkit.data.loader import TensorLoader
from labkit.data.mnist import load_mnist
from labkit.data.sst2 import VOCABULARY_SIZE, load_sst2
from labkit.errors import DataError

_LOADERS = {"mnist": load_mnist, "sst2": load_sst2}
_SETTINGS = {
    "mnist": {"hidden_size": 1024, "input_size": 20 * 20, "num_classes": 10, "num_layers": 2},
    # One logit, positive where the sentence is.
    "sst2": {"hidden_size": 256, "input_size": VOCABULARY_SIZE, "num_classes": 1, "num_layers": 3},
}
NAMES = tuple(_LOADERS)


def load(
    name: str,
    batch_size: int = 64,
    seed: int = 0,
    data_dir: str | os.PathLike[str] | None = None,
    verbose: bool = True,
) -> tuple[TensorLoader, TensorLoader]:
    """Load a data set by its name.

    Args:
        name: "mnist" or "sst2".
        batch_size: Inputs in a batch.
        seed: Seed of the training loader's order.
        data_dir: Folder that holds the data; None searches as `load_mnist` says.
        verbose: Whether to print one line that says which data this is.

    Returns:
        The training loader (shuffled anew in each pass) and the test loader (in order).

    Raises:
        DataError: The name is unknown, or the data are missing or damaged.
    """
    return _LOADERS[checked_name(name)](batch_size, seed, data_dir, verbose)


def model_settings(name: str) -> dict[str, int]:
    """Return the arguments of `FFN` that fit a data set; narrower in a quick run.

    Example:
        >>> model_settings("mnist")
        {'hidden_size': 1024, 'input_size': 400, 'num_classes': 10, 'num_layers': 2}

    Args:
        name: "mnist" (1,470,474 parameters) or "sst2" (1,412,097 parameters, one logit).

    Raises:
        DataError: The name is unknown.
    """
    settings = dict(_SETTINGS[checked_name(name)])
    return settings | {"hidden_size": quick.width_of(settings["hidden_size"])}


def checked_name(name: str) -> str:
    """Return the name of a data set, refuse any other.

    Raises:
        DataError: There is no such data set.
    """
    if name not in _LOADERS:
        raise DataError(f"There is no data set {name!r}; choose one of: {', '.join(NAMES)}.")
    return name
