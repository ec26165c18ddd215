"""From two tensors to a training and a test loader, and what can be asked of loaders.

Does: split with a seed, draw random data of a shape, look at a first batch, compare two loaders.
Does not: read files (see `images`, `tables`, `text`).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from labkit.adapters.errors import AdapterError
from labkit.data.loader import TensorLoader
from labkit.training import Loader

Loaders = tuple[TensorLoader, TensorLoader]


def split(
    inputs: Tensor,
    labels: Tensor,
    batch_size: int = 64,
    seed: int = 0,
    test_share: float = 0.2,
    source: str = "",
) -> Loaders:
    """Hold out a random share of the data for testing.

    Args:
        inputs: All inputs [N, ...].
        labels: All classes [N], int64.
        batch_size: Inputs in a batch.
        seed: Of the split and of the training order.
        test_share: Share that is held out, above 0 and below 1.
        source: Which data this is, in words.

    Returns:
        Training loader (shuffled) and test loader.

    Raises:
        AdapterError: Nothing would be left on one side.
    """
    count = round(test_share * len(inputs))
    if not 0 < count < len(inputs):
        raise AdapterError(
            f"{len(inputs)} inputs cannot be split with test_share = {test_share}: "
            f"both sides need at least one; choose a share between 0 and 1."
        )
    order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(seed))
    test, train = order[:count], order[count:]
    return (
        TensorLoader(inputs[train], labels[train], batch_size, True, seed, f"{source}, training"),
        TensorLoader(inputs[test], labels[test], batch_size, False, seed, f"{source}, test"),
    )


def random_data(
    shape: Sequence[int],
    num_classes: int,
    count: int = 320,
    batch_size: int = 64,
    seed: int = 0,
    vocabulary: int | None = None,
) -> Loaders:
    """Random data of a given shape, where the real files are missing: it says so.

    Each class has a mean of its own, so that there is something to learn. For trying a model out,
    never for results.

    Args:
        shape: Of one input, such as (3, 64, 64).
        num_classes: Number of classes.
        count: Number of inputs, a fifth of them for testing.
        batch_size: Inputs in a batch.
        seed: Of everything that is drawn.
        vocabulary: For text: draw word numbers from 1 to `vocabulary` - 1 instead of values.

    Returns:
        Training loader and test loader.
    """
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(num_classes, (count,), generator=generator)  # [N]
    if vocabulary is None:
        means = torch.randn((num_classes, *shape), generator=generator)
        inputs = means[labels] + torch.randn((count, *shape), generator=generator)
    else:
        inputs = torch.randint(1, vocabulary, (count, *shape), generator=generator)
    print(f"Random data: {count} inputs of shape {tuple(shape)}. Not for results.")
    return split(inputs, labels, batch_size, seed, source="random data")


def first_batch(loader: Loader) -> tuple[Tensor, Tensor]:
    """Return the first batch of a loader.

    Raises:
        AdapterError: What comes is no pair of tensors, or nothing comes.
    """
    for batch in loader:
        pair = tuple(batch) if isinstance(batch, (list, tuple)) else ()
        if len(pair) != 2 or not all(isinstance(part, Tensor) for part in pair):
            raise AdapterError(
                f"A loader should give pairs (inputs, labels) of tensors, "
                f"but gave {type(batch).__name__}."
            )
        return pair[0], pair[1]
    raise AdapterError("The loader gave no batch.")


def overlap(train_loader: Loader, test_loader: Loader) -> float:
    """Share of the first test batch that is in the training data, too: 0 is what is wanted.

    Args:
        train_loader: Batches to train on; all of them are read.
        test_loader: Batches to test on; the first is read.

    Returns:
        From 0 to 1.
    """
    inputs, _ = first_batch(test_loader)
    wanted = {row.numpy().tobytes() for row in inputs.cpu()}
    found = {data for x, _ in train_loader for row in x.cpu() if (data := row.numpy().tobytes())}
    return len(wanted & found) / len(wanted)
