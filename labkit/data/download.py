"""Fetch the full MNIST with torchvision, which shows progress and checks each file's MD5."""

from pathlib import Path

from labkit.errors import DataError


def download_mnist(folder: Path) -> Path:
    """Download MNIST unless it is there already.

    Args:
        folder: Where `MNIST/raw` shall lie; made if it does not exist.

    Returns:
        The folder with the files.

    Raises:
        DataError: There is no network, the disk refuses, or the files are not what they should be.
    """
    from torchvision.datasets import MNIST

    try:
        folder.mkdir(parents=True, exist_ok=True)
        MNIST(str(folder), download=True)
    except (RuntimeError, OSError) as error:
        raise DataError(
            f"MNIST could not be downloaded to {folder} ({reason(error)}); check the network and "
            f"the disk and try again. Without it the labs run on the offline stand-in."
        ) from error
    return folder / "MNIST" / "raw"


def reason(error: Exception) -> str:
    """The last line of an error, or its kind where it has no text."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip()[:120] if lines else type(error).__name__
