"""Tables of numbers: a CSV or TSV file, or NumPy arrays."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from labkit.adapters.batches import Loaders, split
from labkit.adapters.errors import AdapterError

if TYPE_CHECKING:
    import pandas as pd


def table_data(
    path: str | Path,
    label: str = "label",
    batch_size: int = 64,
    seed: int = 0,
    test_share: float = 0.2,
) -> Loaders:
    """Read a table for classification; every column but the label is an input.

    Columns are scaled to mean 0 and standard deviation 1; columns of text are left out.

    Args:
        path: A `.csv` or `.tsv` file with a header line; or a NumPy `.npz` file with the arrays
            `x` [N, ...] and `y` [N], taken as they are.
        label: The column with the classes, numbers or names; for `.npz` it is not needed.
        batch_size: Rows in a batch.
        seed: Of the split.
        test_share: Share of the rows that is held out.

    Returns:
        Training loader and test loader, batches [B, D] float32 and [B] int64.

    Raises:
        AdapterError: The file, a column or a value is missing.
    """
    source = Path(path).name
    if Path(path).suffix == ".npz":
        inputs, labels = _arrays(Path(path))
    else:
        frame = read_table(path, [label])
        numbers = frame.drop(columns=label).select_dtypes("number")
        if numbers.shape[1] == 0 or bool(numbers.isna().any().any()) or frame[label].isna().any():
            raise AdapterError(f"{source} needs columns of numbers without missing values.")
        inputs = torch.tensor(numbers.to_numpy(), dtype=torch.float32)  # [N, D]
        inputs = (inputs - inputs.mean(0)) / inputs.std(0, correction=0).clamp_min(1e-8)
        labels = _classes(frame[label])
    return split(inputs, labels, batch_size, seed, test_share, source)


def read_table(path: str | Path, columns: list[str]) -> "pd.DataFrame":
    """Read a CSV or TSV file that has these columns.

    Raises:
        AdapterError: The file is missing, is no table, or lacks a column.
    """
    import pandas as pd

    if not Path(path).is_file():
        raise AdapterError(f"There is no file {str(path)!r}; paths start at the notebook's folder.")
    try:
        frame = pd.read_csv(path, sep="\t" if Path(path).suffix == ".tsv" else ",")
    except (ValueError, OSError) as error:
        raise AdapterError(f"{path} is no table that can be read: {error}") from error
    missing = [name for name in columns if name not in frame]
    if missing:
        there = ", ".join(map(str, frame.columns))
        raise AdapterError(f"{path} has no column {missing[0]!r}; its columns are {there}.")
    return frame


def _classes(column: "pd.Series[Any]") -> Tensor:
    """Classes as numbers from 0, in the order of their names."""
    return torch.tensor(column.astype("category").cat.codes.to_numpy().astype("int64"))


def _arrays(path: Path) -> tuple[Tensor, Tensor]:
    import numpy as np
    import pandas as pd

    try:
        with np.load(path, allow_pickle=False) as arrays:
            x, y = arrays["x"], arrays["y"]
    except (OSError, ValueError, KeyError) as error:
        raise AdapterError(f"{path} should hold the arrays x and y: {error}") from error
    if len(x) != len(y):
        raise AdapterError(f"{path} holds {len(x)} inputs, but {len(y)} labels.")
    return torch.tensor(x, dtype=torch.float32), _classes(pd.Series(y.reshape(-1)))
