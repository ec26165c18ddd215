import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement
from typer.testing import CliRunner

from labkit.commands import student
from labkit.guide import readiness, speed

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def doctor(monkeypatch):
    monkeypatch.setenv("LABKIT_DATA", "")
    monkeypatch.setattr(speed, "measured_speed", lambda *_: speed.Speed(0.006, 0.001))
    app = typer.Typer()
    student.register(app)
    return lambda: CliRunner(env={"COLUMNS": "200"}).invoke(app, ["doctor"])


def test_this_computer_is_ready(doctor):
    result = doctor()
    assert result.exit_code == 0, result.output
    for words in ("Ready", "Python", "CPU with", "GB free", "stand-in for MNIST", "ex2"):
        assert words in result.output


def test_a_missing_package_is_named_with_what_to_do(doctor, monkeypatch):
    def version(name):
        if name == "torchvision":
            raise PackageNotFoundError(name)
        return {"onnx": "0.9", "torch": "2.15.0+cu128"}.get(name, "99.1")

    monkeypatch.setattr("importlib.metadata.version", version)
    result = doctor()
    assert result.exit_code == 1
    assert 'pip install "torchvision>=' in result.output
    assert "Not ready: torchvision." in result.output
    assert "Exercise 3, option C" in result.output


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (("MEMORY_GB", (1e6, 2e6)), "memory"),
        (("DISK_GB", (1e9, 2e9)), "disk"),
        (("PYTHON", (4, 0)), "Python"),
    ],
)
def test_too_little_is_not_ready(doctor, monkeypatch, change, name):
    monkeypatch.setattr(readiness, *change)
    result = doctor()
    assert result.exit_code == 1
    assert f"Not ready: {name}." in result.output


def test_missing_data_are_not_ready(doctor, monkeypatch):
    monkeypatch.setenv("LABKIT_DATA", "/no/where")
    result = doctor()
    assert "Not ready: MNIST, SST-2." in result.output


def test_torch_that_does_not_start(doctor, monkeypatch):
    real = readiness.importlib.import_module

    def broken(name, *args):
        if name == "torchvision":
            raise RuntimeError("operator torchvision::nms does not exist")
        return real(name, *args)

    monkeypatch.setattr(readiness.importlib, "import_module", broken)
    result = doctor()
    assert result.exit_code == 1
    assert "nms does not exist" in result.output


def test_a_folder_that_cannot_be_written(tmp_path):
    (item,) = (i for i in readiness.examine(tmp_path / "none") if i.name == "folder")
    assert item.level == readiness.BAD


def test_versions_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["jupyter"]
    wanted = {r.name: next(iter(r.specifier)).version for r in map(Requirement, lines)}
    ours = readiness.NEEDED | {name: least for name, (least, _) in readiness.USEFUL.items()}
    assert {n: v for n, v in ours.items() if n in wanted} == {
        n: v for n, v in wanted.items() if n in ours
    }
    assert readiness.version_tuple("2.15.0+cpu") == (2, 15, 0)
    assert readiness.version_tuple("2.1rc1") == (2,)
