"""Tell how long the long cells of an exercise take on this machine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from labkit import quick
from labkit.errors import LabkitError
from labkit.guide.long_cells import LONG_CELLS

if TYPE_CHECKING:
    import pandas as pd

SHORT_S = 2.0


def times(exercise: str, dataset: str = "mnist") -> pd.DataFrame | None:
    """Tell which cells of an exercise take long, after a short measurement of this machine.

    Args:
        exercise: Such as `ex2`.
        dataset: The data that you chose, `mnist` or `sst2`.

    Returns:
        A table with one row for each long cell; None where there is nothing to tell.
    """
    cells = LONG_CELLS.get(str(exercise), ())
    if not cells:
        print(f"No cell of {exercise} is known to take longer than 2 seconds.")
        return None
    if quick.is_quick():
        print("This is a quick run: no cell takes long.")
        return None
    import pandas as pd

    from labkit.guide.speed import data_size, expected_seconds

    try:
        size = data_size(dataset)
        rows = [(cell.task, cell.what, in_words(expected_seconds(cell, dataset))) for cell in cells]
    except (LabkitError, OSError) as error:
        print(f"The times cannot be told: {error}")
        return None
    print(f"On this machine, with {size.words} ({size.train:,} to train on):")
    return pd.DataFrame(rows, columns=["task", "what it does", "expected"]).set_index("task")


def in_words(seconds: float) -> str:
    """A time as one says it: two digits at most, since it is a guess."""
    if seconds < SHORT_S:
        return "under 2 s"
    if seconds < 90:
        return f"about {_rounded(seconds)} s"
    if seconds < 90 * 60:
        return f"about {_rounded(seconds / 60)} min"
    return f"about {_rounded(seconds / 3600)} h"


def _rounded(value: float) -> int:
    """Up to ten exactly, beyond in steps of five."""
    return math.ceil(value) if value <= 10 else 5 * math.ceil(value / 5)
