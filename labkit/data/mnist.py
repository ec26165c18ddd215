"""MNIST, cropped to its centre and held as one tensor.

Does: find the files, read them with torchvision, crop, scale to 0–1, say which data it is.
Does not: download (see `labkit.data.download`) or go through PIL.
Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document
recognition".
"""

import os
from pathlib import Path

import torch
from torch import Tensor

from labkit.data.loader import TensorLoader
from labkit.data.own_part import own_rows
from labkit.data.places import STAND_IN, find_folder, is_stand_in
from labkit.errors import DataError

FULL_COUNTS = (60_000, 10_000)
CROP = 20  # pixels a side that are kept of 28
FILES = tuple(
    f"{split}-{kind}"
    for split in ("train", "t10k")
    for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
)


def load_mnist(
    batch_size: int = 64,
    seed: int = 0,
    data_dir: str | os.PathLike[str] | None = None,
    verbose: bool = True,
) -> tuple[TensorLoader, TensorLoader]:
    """Load MNIST as batches of flat 20×20 images with values from 0 to 1.

    The files are searched in `data_dir`, else in the folder that the environment variable
    `LABKIT_DATA` names, else in a `data` folder here, above, or in the course. Where none has
    MNIST, the course's offline stand-in (scikit-learn's handwritten digits) takes its place.
    Where a `variant.json` lies beside the notebook, its part of the training images is left out.

    Args:
        batch_size: Images in a batch.
        seed: Seed of the training loader's order.
        data_dir: Folder that holds `MNIST/raw`, torchvision's layout.
        verbose: Whether to print one line that says which data this is.

    Returns:
        The training loader (shuffled anew in each pass) and the test loader (in order).

    Raises:
        DataError: The named folder has no MNIST, there is no data at all, or a file is damaged.
        VariantError: `variant.json` is damaged.
    """
    root = find_mnist(data_dir)
    train_images, train_labels = _read(root, train=True)
    test_images, test_labels = _read(root, train=False)
    source = _describe(root, len(train_images), len(test_images))
    if verbose:
        print(f"labkit: {source}")
    rows = own_rows(len(train_images), verbose)
    if rows is not None:
        train_images, train_labels = train_images[rows], train_labels[rows]
    return (
        TensorLoader(
            train_images, train_labels, batch_size, shuffle=True, seed=seed, source=source
        ),
        TensorLoader(test_images, test_labels, batch_size, source=source),
    )


def find_mnist(data_dir: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder whose `MNIST/raw` holds the four files, see `load_mnist`."""
    expected = f"MNIST/raw/{FILES[0]} and three more files"
    return find_folder(has_mnist, "MNIST", STAND_IN, expected, "mnist", data_dir)


def has_mnist(root: Path) -> bool:
    """Whether the four files of MNIST lie below `root`."""
    return all((root / "MNIST" / "raw" / name).is_file() for name in FILES)


def _read(root: Path, train: bool) -> tuple[Tensor, Tensor]:
    """Return images [N, 400], float32 from 0 to 1, and labels [N], int64."""
    from torchvision.datasets import MNIST

    raw = root / "MNIST" / "raw"
    try:
        dataset = MNIST(str(root), train=train)
        images, labels = dataset.data, dataset.targets  # [N, 28, 28] uint8, [N]
        _check(images, labels)
    except Exception as error:  # torchvision reports damage by whatever fails first
        split = FILES[:2] if train else FILES[2:]
        raise DataError(
            f"MNIST in {raw} is damaged ({split[0]} or {split[1]} cannot be read: "
            f"{_short(error)}); delete that folder and fetch it again with `labkit data download`."
        ) from error
    edge = (images.shape[1] - CROP) // 2
    centre = images[:, edge : edge + CROP, edge : edge + CROP]  # [N, 20, 20]
    return centre.flatten(start_dim=1).to(torch.float32) / 255, labels


def _check(images: Tensor, labels: Tensor) -> None:
    if images.dim() != 3 or images.shape[1:] != (28, 28) or len(images) == 0:
        raise ValueError(f"expected images of 28×28, got {tuple(images.shape)}")
    if labels.shape != images.shape[:1]:
        raise ValueError(f"{len(images)} images but {len(labels)} labels")
    if int(labels.min()) < 0 or int(labels.max()) > 9:
        raise ValueError("a label is not a digit")


def _describe(root: Path, train: int, test: int) -> str:
    counts = f"{train:,} training and {test:,} test images, {root}"
    if is_stand_in(root / "MNIST", STAND_IN):
        return (
            f"OFFLINE STAND-IN, not MNIST: scikit-learn's handwritten digits, {counts}. "
            f"`labkit data download` fetches the real one."
        )
    size = "the full MNIST" if (train, test) == FULL_COUNTS else "a SUBSET of MNIST"
    return f"{size}, {counts}"


def _short(error: Exception) -> str:
    """The first line of an error, or its kind where it has no text."""
    lines = str(error).splitlines()
    return lines[0][:100] if lines else type(error).__name__
