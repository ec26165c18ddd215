"""How long students' code may run while it is graded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Time limits in seconds.

    Attributes:
        cell_s: For one cell; it is then interrupted and the notebook goes on, with half the time
            for each cell after it.
        notebook_s: For all cells of a notebook; afterwards each cell gets `late_s`.
        test_s: For one call in a hidden test; after the first call of a task that took too long,
            the others of that task get `late_s`.
        late_s: See above.
    """

    cell_s: float = 20.0
    notebook_s: float = 180.0
    test_s: float = 10.0
    late_s: float = 3.0
