"""Data sets of the labs, held in memory as tensors. See `data/README.md` for the sources."""

from labkit.data.loader import TensorLoader
from labkit.data.mnist import load_mnist

__all__ = ["TensorLoader", "load_mnist"]
