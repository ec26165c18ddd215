"""Batches from inputs and labels that are held in memory.

Does: shuffle with its own generator, slice, restart. Does not: read files, transform images, use
worker processes — at 400 numbers an image those cost more than the training step.
"""

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor

from labkit.errors import DataError


class Inputs(Protocol):
    """N inputs; indexed with B numbers they give a tensor [B, D]. A tensor [N, D] is one."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: Tensor, /) -> Tensor: ...


class TensorLoader:
    """An iterable of `(inputs, labels)` batches over a data set that is held in memory.

    Each pass draws a new order from the loader's own generator, so the global one stays untouched;
    `restart` begins the sequence of orders again. The last batch may be smaller.

    Args:
        inputs: Images [N, D], float32, or anything that gives such rows when it is indexed.
        labels: Classes [N], int64.
        batch_size: Inputs in a batch, B.
        shuffle: Whether each pass has an order of its own.
        seed: Where the sequence of orders starts.
        source: Which data this is, in words.

    Raises:
        DataError: There is nothing to load, the two lengths differ, or the batch size is below 1.
    """

    def __init__(
        self,
        inputs: Inputs,
        labels: Tensor,
        batch_size: int = 64,
        shuffle: bool = False,
        seed: int = 0,
        source: str = "",
    ) -> None:
        if len(inputs) != len(labels) or len(inputs) == 0:
            raise DataError(
                f"A loader needs as many labels as inputs and at least one, "
                f"but got {len(inputs)} inputs and {len(labels)} labels."
            )
        if batch_size < 1:
            raise DataError(f"The batch size must be at least 1, but is {batch_size}.")
        self.inputs = inputs
        self.labels = labels
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.source = source
        self._generator = torch.Generator().manual_seed(seed)

    @property
    def images(self) -> Tensor:
        """The inputs, where they are one tensor [N, D] of images."""
        if not isinstance(self.inputs, Tensor):
            raise DataError(f"There are no images here: this is {self.source or 'other data'}.")
        return self.inputs

    def restart(self) -> None:
        """Begin the sequence of shuffled orders again, as if the loader were new."""
        self._generator.manual_seed(self.seed)

    def __len__(self) -> int:
        """Number of batches in one pass."""
        return -(-len(self.labels) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        count = len(self.labels)
        order = (
            torch.randperm(count, generator=self._generator)
            if self.shuffle
            else torch.arange(count)
        )
        for index in order.split(self.batch_size):  # [B]
            yield self.inputs[index], self.labels[index]

    def __repr__(self) -> str:
        return (
            f"TensorLoader({len(self.labels):,} inputs in batches of {self.batch_size}, "
            f"{self.source or 'unnamed data'})"
        )
