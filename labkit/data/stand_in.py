"""Write scikit-learn's handwritten digits in MNIST's file format: how `data/digits` was made.

Does: enlarge 8×8 to 20×20, pad to 28×28 as MNIST does, shuffle with a fixed seed, split, write idx.
Does not: run in the labs; the files are committed. Run it again with
`python -m labkit.data.stand_in data/digits`.
Source: UCI "Optical Recognition of Handwritten Digits", by way of `sklearn.datasets.load_digits`.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor

from labkit.data.mnist import FILES

TEST_COUNT = 360


def write_stand_in(root: Path) -> None:
    """Write the four idx files below `root/MNIST/raw`."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = torch.randperm(len(digits.target), generator=torch.Generator().manual_seed(0))
    small = torch.from_numpy(digits.images).float()[order]  # [N, 8, 8], 0–16
    labels = torch.from_numpy(digits.target).to(torch.uint8)[order]  # [N]
    large = torch.nn.functional.interpolate(
        small[:, None] / 16 * 255, size=(20, 20), mode="bicubic", align_corners=False
    )
    images = torch.nn.functional.pad(large[:, 0].round().clamp(0, 255), (4, 4, 4, 4))
    parts = (
        images[TEST_COUNT:],
        labels[TEST_COUNT:],
        images[:TEST_COUNT],
        labels[:TEST_COUNT],
    )
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, part in zip(FILES, parts, strict=True):
        (raw / name).write_bytes(idx_bytes(part.to(torch.uint8)))


def idx_bytes(values: Tensor) -> bytes:
    """Return uint8 values of any shape in the idx format: magic number, sizes, bytes."""
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    return bytes([0, 0, 8, values.dim()]) + sizes + values.contiguous().numpy().tobytes()


if __name__ == "__main__":
    write_stand_in(Path(sys.argv[1]))
