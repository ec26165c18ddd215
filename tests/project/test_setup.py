"""pyproject.toml, constraints.txt and environment.yml say the same thing."""

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

COURSE = Path(__file__).parents[2]
PROJECT = tomllib.loads((COURSE / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
CONDA_NAMES = {"torch": "pytorch", "msgpack": "msgpack-python"}


def requirements(*extras: str) -> dict[str, Requirement]:
    """The requirements of labkit and of the named extras, by name, without the project itself."""
    lines = PROJECT["dependencies"] + [line for extra in extras for line in EXTRAS[extra]]
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): r for r in found if r.name != PROJECT["name"]}


def pins(python: str) -> dict[str, str]:
    """The pinned version of each package in constraints.txt that one Python on Linux gets."""
    lines = (COURSE / "constraints.txt").read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    system = {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": "linux",
        "platform_machine": "x86_64",
    }
    chosen = [r for r in found if r.marker is None or r.marker.evaluate(system)]
    assert len({r.name for r in chosen}) == len(chosen), "a package is pinned twice"
    return {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in chosen}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_requirement_is_pinned_within_its_range(python: str) -> None:
    pinned = pins(python)
    for name, requirement in requirements(*EXTRAS).items():
        assert name in pinned, f"{name} has no line in constraints.txt: run `make constraints`"
        assert requirement.specifier.contains(pinned[name]), f"{requirement} against {pinned[name]}"


def test_torch_and_torchvision_are_pinned_as_a_pair() -> None:
    pinned = pins("3.11")
    assert (pinned["torch"], pinned["torchvision"]) == ("2.15.0", "0.29.2")


def test_environment_asks_conda_for_what_pyproject_asks_pip() -> None:
    environment = yaml.safe_load((COURSE / "environment.yml").read_text())
    lines = environment["dependencies"]
    lines += lines.pop()["pip"]  # what conda-forge does not have
    found = [Requirement(line) for line in lines if line != "pip"]
    conda = {requirement.name: str(requirement.specifier) for requirement in found}
    assert conda.pop("python") == PROJECT["requires-python"]
    wanted = requirements("jupyter", "grade")
    assert conda == {CONDA_NAMES.get(n, n): str(r.specifier) for n, r in wanted.items()}


def test_version_is_told_once() -> None:
    lines = (COURSE / "labkit" / "__init__.py").read_text()
    assert f'__version__ = "{PROJECT["version"]}"' in lines
    assert f"## {PROJECT['version']}" in (COURSE / "CHANGELOG.md").read_text()
