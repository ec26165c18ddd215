"""What the instructor chose at export, as it travels in the zip."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.walls.isolation import LEVELS

FILE_NAME = "gradescope.json"
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
ISOLATIONS = ("auto", *LEVELS)
GRADESCOPE_LIMIT_MINUTES = 40  # the most that an assignment's settings allow


@dataclass(frozen=True)
class Options:
    """How submissions are graded on Gradescope.

    Attributes:
        lab: The lab.
        seed: Hidden inputs are drawn from it; the same for every submission of everybody.
        visibility: When students see tests and scores, in Gradescope's words.
        minutes: After this the run stops and reports what it has.
        isolation: The walls to insist on, as `autograder grade --isolation` has them.

    Raises:
        CourseError: There is no such visibility or isolation, or Gradescope would end the run
            before the limit.
    """

    lab: str
    seed: int
    visibility: str = "visible"
    minutes: float = 35.0
    isolation: str = "auto"

    def __post_init__(self) -> None:
        if self.visibility not in VISIBILITIES:
            raise CourseError(
                f"--visibility is {self.visibility!r}; Gradescope knows {', '.join(VISIBILITIES)}."
            )
        if self.isolation not in ISOLATIONS:
            raise CourseError(
                f"--isolation is {self.isolation!r}; expected one of {', '.join(ISOLATIONS)}."
            )
        if not 0 < self.minutes < GRADESCOPE_LIMIT_MINUTES:
            raise CourseError(
                f"--minutes is {self.minutes:g}; Gradescope ends a run after "
                f"{GRADESCOPE_LIMIT_MINUTES} at most, so give less."
            )

    def to_json(self) -> str:
        """The content of the zip's settings file."""
        return json.dumps(asdict(self), indent=2) + "\n"


def read_options(source: Path) -> Options:
    """Read the settings out of the unpacked zip."""
    return Options(**json.loads((source / FILE_NAME).read_text(encoding="utf-8")))
