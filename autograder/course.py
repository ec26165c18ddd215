"""The course folder: where labs, builds and nbgrader's settings are."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.errors import CourseError

CONFIG_NAME = "nbgrader_config.py"
HIDDEN_TESTS = Path(__file__).parent / "hidden_tests"


@dataclass(frozen=True)
class Course:
    """A course folder.

    Attributes:
        root: The folder that holds `nbgrader_config.py`.
    """

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """The course that a folder lies in.

        Raises:
            CourseError: Neither the folder nor one above it is a course folder.
        """
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / CONFIG_NAME).exists():
                return cls(folder)
        raise CourseError(
            f"There is no {CONFIG_NAME} in {here} or above it: run in a course folder."
        )

    @property
    def labs(self) -> Path:
        """Source labs."""
        return self.root / "labs"

    @property
    def hidden_tests(self) -> Path:
        """Hidden tests, a folder for each lab: the course's own, else the autograder's."""
        own = self.root / "hidden_tests"
        return own if own.is_dir() else HIDDEN_TESTS

    @property
    def build(self) -> Path:
        """Everything that is made."""
        return self.root / "build"

    @property
    def submitted(self) -> Path:
        """What students handed in."""
        return self.build / "submitted"

    @property
    def store(self) -> Path:
        """Results of grading by content."""
        return self.build / "store"

    @property
    def small_data(self) -> Path:
        """The folder of the small data that notebooks find while they are graded."""
        return self.root / "data"

    def nbgrader_config(self, lab: str) -> Config:
        """Settings of nbgrader for one lab, as its own commands would read them."""
        config = Config(PyFileConfigLoader(CONFIG_NAME, str(self.root)).load_config())
        config.CourseDirectory.assignment_id = lab
        return config

    def gradebook_name(self, lab: str) -> str:
        """Where the gradebook is, to show: a file's path, or an address without its password."""
        url = make_url(str(self.nbgrader_config(lab).CourseDirectory.db_url))
        sqlite = url.get_backend_name() == "sqlite"
        return str(url.database) if sqlite else url.render_as_string(hide_password=True)

    def has_gradebook(self, lab: str) -> bool:
        """Whether there is a gradebook; one on a server is taken to be there."""
        url = make_url(str(self.nbgrader_config(lab).CourseDirectory.db_url))
        return url.get_backend_name() != "sqlite" or Path(str(url.database)).exists()

    def students(self, lab: str) -> list[str]:
        """Everybody who has a folder for the lab, in order; notebooks or not."""
        return sorted(path.parent.name for path in self.submitted.glob(f"*/{lab}") if path.is_dir())


def put_scripts_on_path() -> None:
    """Let nbgrader find the `alembic` command of this environment, activated or not."""
    scripts = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if scripts not in paths:
        os.environ["PATH"] = os.pathsep.join([scripts, *paths])
