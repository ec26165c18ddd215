"""A table that is written as it grows, so that an interrupted run goes on where it stopped.

Beside `table.csv` lies `table.csv.state`: the rows once more, exactly, the model after the last of
them, and a fingerprint of what the run was started with. Delete the CSV to start again.
"""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from labkit.checkpoints import dense_name, is_mask, read, set_state_, write_
from labkit.errors import CheckpointError, RunError

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["iteration", "sparsity", "accuracy", "latency_s", "disk_mb"]
Row = dict[str, float]


def table(rows: list[Row]) -> "pd.DataFrame":
    """Return rows as a table with the labs' columns, in order."""
    import pandas as pd

    return pd.DataFrame(rows, columns=COLUMNS)


def fingerprint(state: dict[str, Tensor]) -> str:
    """Hash names and values of a state; masks do not count, so pruning alone changes nothing."""
    digest = hashlib.sha256()
    for key, value in sorted(state.items(), key=lambda item: dense_name(item[0], state)):
        if not is_mask(key, state):
            digest.update(dense_name(key, state).encode())
            digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


class Run:
    """The rows of one run; kept on disk where a path is given.

    Args:
        csv_path: The table's file, None to keep the rows in memory only.
        model: The model of the run; `resume_` brings it to the state after the last row.
        about: What the run was started with, plain values; a resumed run must agree.
    """

    def __init__(
        self, csv_path: str | os.PathLike[str] | None, model: nn.Module, about: dict[str, Any]
    ) -> None:
        self.csv_path = None if csv_path is None else Path(csv_path)
        self.model = model
        self.about = about
        self.rows: list[Row] = []

    def resume_(self, rounds: int) -> int:
        """Take up what is on disk, in place, and return the number of rows that are done.

        Args:
            rounds: The last iteration that is asked for.

        Raises:
            RunError: The files belong to another run, or hold more rounds than asked for.
        """
        if self.csv_path is None or not self.csv_path.exists():
            return 0
        saved = self._read_saved()
        for key, value in self.about.items():
            if saved["about"].get(key) != value:
                raise RunError(
                    f"{self.csv_path} belongs to another run: its {key} is "
                    f"{_short(saved['about'].get(key))}, now it is {_short(value)}; delete it "
                    f"or choose another csv_path."
                )
        if len(saved["rows"]) > rounds + 1:
            raise RunError(
                f"{self.csv_path} holds {len(saved['rows']) - 1} rounds already, more than the "
                f"{rounds} asked for; delete it or choose another csv_path."
            )
        self.rows = saved["rows"]
        set_state_(self.model, saved["model"], str(self._state_path))
        self._write_csv()
        return len(self.rows)

    def add(self, row: Row) -> None:
        """Append a row, with the model as it is now."""
        self.rows.append(row)
        if self.csv_path is not None:
            # The state first: if the run dies between the two, the CSV is merely one row behind.
            content = {"about": self.about, "rows": self.rows, "model": self.model.state_dict()}
            write_(content, self._state_path)
            self._write_csv()

    def to_frame(self) -> "pd.DataFrame":
        """Return the rows as a table."""
        return table(self.rows)

    @property
    def _state_path(self) -> Path:
        assert self.csv_path is not None
        return self.csv_path.with_name(self.csv_path.name + ".state")

    def _read_saved(self) -> dict[str, Any]:
        try:
            saved = read(self._state_path)
        except CheckpointError as error:
            raise RunError(
                f"{self.csv_path} exists, but its state {self._state_path.name} is missing or "
                f"damaged, so it cannot be resumed; delete it or choose another csv_path."
            ) from error
        if not isinstance(saved, dict) or saved.keys() != {"about", "rows", "model"}:
            raise RunError(f"{self._state_path} is not the state of a run; delete it.")
        return saved

    def _write_csv(self) -> None:
        assert self.csv_path is not None
        part = self.csv_path.with_name(f"{self.csv_path.name}.{os.getpid()}.part")
        self.to_frame().to_csv(part, index=False)
        part.replace(self.csv_path)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 24 else text[:12] + "…"
