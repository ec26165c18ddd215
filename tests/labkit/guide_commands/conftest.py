"""A folder of a lab, and the commands to run in it."""

import pytest
import typer
from typer.testing import CliRunner

from labkit.commands import student
from labkit.errors import LabkitError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    place = tmp_path / "lab9_small"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def labkit():
    """Run a command; return its exit code and what it prints, or the sentence it ends with."""
    app = typer.Typer()
    student.register(app)

    def run(*args, answer=""):
        result = CliRunner(env={"COLUMNS": "200"}).invoke(app, list(args), input=answer)
        if isinstance(result.exception, LabkitError):
            return 1, f"labkit: {result.exception}"
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output

    return run
