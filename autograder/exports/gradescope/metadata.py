"""What Gradescope says about a submission in `submission_metadata.json`."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE_NAME = "submission_metadata.json"
SIZE_LIMIT_BYTES = 50_000_000  # earlier results are in it


@dataclass(frozen=True)
class Metadata:
    """The few facts that a report uses; None and 0 where Gradescope does not say.

    Attributes:
        submission: Gradescope's number of this submission.
        earlier: How many there were before it.
        created: When it came.
        due: When the assignment is due, for this student.
    """

    submission: int | None = None
    earlier: int = 0
    created: dt.datetime | None = None
    due: dt.datetime | None = None

    @property
    def late(self) -> bool:
        """Whether it came after the due date."""
        return self.created is not None and self.due is not None and self.created > self.due


def read_metadata(root: Path) -> tuple[Metadata, str]:
    """Read the file as far as it makes sense.

    Args:
        root: Gradescope's folder.

    Returns:
        The facts, and a warning for the instructor; empty where all is well.
    """
    path = root / FILE_NAME
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(SIZE_LIMIT_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        return Metadata(), f"{FILE_NAME} cannot be read: {error}."
    table = _table(data)
    earlier = table.get("previous_submissions")
    number = table.get("id")
    metadata = Metadata(
        submission=number if isinstance(number, int) else None,
        earlier=len(earlier) if isinstance(earlier, list) else 0,
        created=_time(table.get("created_at")),
        due=_due(table),
    )
    return metadata, ""


def _due(table: dict[str, Any]) -> dt.datetime | None:
    """The student's own date where there is an extension; it stands with the user."""
    users = table.get("users")
    for user in users if isinstance(users, list) else []:
        date = _time(_table(_table(user).get("assignment")).get("due_date"))
        if date is not None:
            return date
    return _time(_table(table.get("assignment")).get("due_date"))


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _time(value: object) -> dt.datetime | None:
    """A time with its zone, as Gradescope writes it; without a zone it cannot be compared."""
    try:
        time = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo is not None else None
