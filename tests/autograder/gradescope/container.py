"""Gradescope's layout of folders, in which the zip is unpacked and run."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.autograder.gradescope.specification import insist_on_format


@dataclass
class Container:
    """A folder like /autograder with the zip's content in source/."""

    root: Path

    @property
    def submission(self) -> Path:
        return self.root / "submission"

    def run(self, limit_s: float = 500) -> dict:
        """Start run_autograder as Gradescope does, and read what it wrote."""
        # Gradescope starts a copy, beside source/.
        shutil.copy(self.root / "source" / "run_autograder", self.root / "run_autograder")
        ended = subprocess.run(
            [self.root / "run_autograder"],
            cwd=self.root,
            env=environment(self.root),
            capture_output=True,
            text=True,
            timeout=limit_s,
        )
        assert ended.returncode == 0, ended.stderr
        text = (self.root / "results" / "results.json").read_text(encoding="utf-8")
        content = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in the JSON"))
        insist_on_format(content)
        return content

    def edit_options(self, **changes) -> None:
        path = self.root / "source" / "gradescope.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def environment(root: Path) -> dict[str, str]:
    """This Python's environment stands for the one that setup.sh makes."""
    mine = {"AUTOGRADER_ROOT": str(root), "AUTOGRADER_VENV": sys.prefix}
    return {"PATH": os.environ["PATH"], "HOME": str(root), **mine}
