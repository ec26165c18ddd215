"""Pictures in folders, one folder for each class."""

from pathlib import Path

import torch
from torch import Tensor

from labkit.adapters.batches import Loaders, split
from labkit.adapters.errors import AdapterError, require


def image_folder(
    path: str | Path,
    size: int = 64,
    channels: int = 3,
    limit: int = 5000,
    batch_size: int = 64,
    seed: int = 0,
    test_share: float = 0.2,
) -> Loaders:
    """Read pictures into memory, cut to a square and scaled, values from -1 to 1.

    Args:
        path: A folder with one folder for each class: `cats/1.jpg`, `dogs/7.png`.
        size: Height and width of the result in pixels.
        channels: 3 for colour, 1 for grey.
        limit: At most so many pictures, drawn at random: 5,000 of 3×64×64 take 250 MB.
        batch_size: Pictures in a batch.
        seed: Of the draw and of the split.
        test_share: Share of the pictures that is held out.

    Returns:
        Training loader and test loader, batches [B, channels, size, size] and [B].

    Raises:
        AdapterError: The folder is missing or has no pictures.
    """
    require("torchvision", "image_folder")
    from torchvision.datasets import ImageFolder

    try:
        found = ImageFolder(str(path)).samples
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AdapterError(
            f"{str(path)!r} should be a folder with one folder of pictures for each class: "
            f"{str(error).split('.')[0]}."
        ) from error
    order = torch.randperm(len(found), generator=torch.Generator().manual_seed(seed))
    chosen = [found[int(i)] for i in order[:limit]]
    images = torch.stack([_read(file, size, channels) for file, _ in chosen])  # [N, C, H, W]
    labels = torch.tensor([label for _, label in chosen])
    return split(images, labels, batch_size, seed, test_share, Path(path).name)


def _read(file: str, size: int, channels: int) -> Tensor:
    """One picture as [C, size, size]."""
    from PIL import Image, ImageOps
    from torchvision.transforms.functional import pil_to_tensor

    try:
        with Image.open(file) as picture:
            square = ImageOps.fit(picture.convert("RGB" if channels == 3 else "L"), (size, size))
    except OSError as error:
        raise AdapterError(f"{file} is no picture that can be read: {error}") from error
    return pil_to_tensor(square).float() / 127.5 - 1
