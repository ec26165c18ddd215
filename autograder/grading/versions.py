"""What runs here: the versions that a result may depend on, beside everything its key names."""

from __future__ import annotations

import functools
import platform
from importlib.metadata import PackageNotFoundError, version

# The autograder comes in the course's own package.
PACKAGES = {
    "autograder": "pruning-labs",
    "torch": "torch",
    "torchvision": "torchvision",
    "numpy": "numpy",
    "nbgrader": "nbgrader",
    "onnxruntime": "onnxruntime",
}


@functools.cache
def _found() -> dict[str, str]:
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name, package in PACKAGES.items():
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def installed_versions() -> dict[str, str]:
    """Versions by name, of this very environment; nothing is imported for it."""
    return dict(_found())
