"""Batches from two tensors.

Does: shuffle with its own generator, slice, restart. Does not: read files, transform images, use
worker processes — at 400 numbers an image those cost more than the training step.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from labkit.errors import DataError


class TensorLoader:
    """An iterable of `(images, labels)` batches over a data set that is held in memory.

    Each pass draws a new order from the loader's own generator, so the global one stays untouched;
    `restart` begins the sequence of orders again. The last batch may be smaller.

    Args:
        images: Inputs [N, D], float32.
        labels: Classes [N], int64.
        batch_size: Images in a batch, B.
        shuffle: Whether each pass has an order of its own.
        seed: Where the sequence of orders starts.
        source: Which data this is, in words.

    Raises:
        DataError: There is nothing to load, the two lengths differ, or the batch size is below 1.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        batch_size: int = 64,
        shuffle: bool = False,
        seed: int = 0,
        source: str = "",
    ) -> None:
        if len(images) != len(labels) or len(images) == 0:
            raise DataError(
                f"A loader needs as many labels as images and at least one, "
                f"but got {len(images)} images and {len(labels)} labels."
            )
        if batch_size < 1:
            raise DataError(f"The batch size must be at least 1, but is {batch_size}.")
        self.images = images
        self.labels = labels
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.source = source
        self._generator = torch.Generator().manual_seed(seed)

    def restart(self) -> None:
        """Begin the sequence of shuffled orders again, as if the loader were new."""
        self._generator.manual_seed(self.seed)

    def __len__(self) -> int:
        """Number of batches in one pass."""
        return -(-len(self.images) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if not self.shuffle:
            yield from zip(
                self.images.split(self.batch_size),
                self.labels.split(self.batch_size),
                strict=True,
            )
            return
        order = torch.randperm(len(self.images), generator=self._generator)
        for index in order.split(self.batch_size):  # [B]
            yield self.images[index], self.labels[index]

    def __repr__(self) -> str:
        return (
            f"TensorLoader({len(self.images):,} images in batches of {self.batch_size}, "
            f"{self.source or 'unnamed data'})"
        )
