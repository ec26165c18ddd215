"""What students' code may use up while it is graded."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.boundary.inside.wall import Allowance


@dataclass(frozen=True)
class Limits:
    """Limits of one notebook.

    Attributes:
        cell_s: For one cell; it is then interrupted and the notebook goes on, with half the time
            for each cell after it.
        notebook_s: For all cells of a notebook; afterwards each cell gets `late_s`.
        test_s: For one call in a hidden test; after the first call of a task that took too long,
            the others of that task get `late_s`.
        late_s: See above.
        in_all_s: For the notebook with its hidden tests; then everything of it is ended.
        memory_mb: Of all its processes, beyond what importing the libraries takes.
        processes: How many processes and threads at a time.
        disk_mb: What it can write into its folder.
        output_mb: What all cells together may show; later outputs are left out.
    """

    cell_s: float = 20.0
    notebook_s: float = 120.0
    test_s: float = 10.0
    late_s: float = 3.0
    in_all_s: float = 400.0
    memory_mb: int = 2000
    processes: int = 128
    disk_mb: int = 512
    output_mb: int = 20

    @property
    def allowance(self) -> Allowance:
        """What the walls must hold the notebook to."""
        return Allowance(
            memory_bytes=self.memory_mb * 10**6,
            processes=self.processes,
            disk_bytes=self.disk_mb * 10**6,
            seconds=self.in_all_s,
        )
