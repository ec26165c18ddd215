"""The error of this package, and the hint for a library that is not installed."""

import importlib
from types import ModuleType

from labkit.errors import LabkitError


class AdapterError(LabkitError):
    """A model, a file or a device that cannot be adapted; the message says why."""


def require(name: str, purpose: str) -> ModuleType:
    """Import an optional library.

    Args:
        name: Its name, the same for `import` and for `pip install`.
        purpose: What needs it, the subject of the sentence.

    Raises:
        AdapterError: It is not installed; the message says how to install it.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise AdapterError(
            f"{purpose} needs the library {name}, which is not installed here: "
            f"run `pip install {name}`, then restart the kernel."
        ) from error
