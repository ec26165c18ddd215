"""Data sets of the labs, held in memory. See `data/README.md` for the sources."""

from labkit.data.by_name import load, model_settings
from labkit.data.examples import show_examples
from labkit.data.loader import TensorLoader
from labkit.data.mnist import load_mnist
from labkit.data.sst2 import load_sst2

__all__ = [
    "TensorLoader",
    "load",
    "load_mnist",
    "load_sst2",
    "model_settings",
    "show_examples",
]
