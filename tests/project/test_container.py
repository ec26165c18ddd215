"""The container for machines that are no Linux: what goes into it, and that its walls hold."""

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[2]
DOCKERFILE = (COURSE / "container" / "Dockerfile").read_text()
WRAPPER = COURSE / "container" / "autograder"
DOCS = (COURSE / "docs" / "instructor.md").read_text()
PRIVATE = [
    ".git/config",
    ".venv/bin/python",
    "build/gradebook.db",
    "build/course.key",
    "build/submitted/ada/lab1_magnitude/ex1_base_model.ipynb",
    "course.toml",
    "data/MNIST/raw/train-images-idx3-ubyte",
    "grades.csv",
    "labs/lab1_magnitude/ex1_base_model.ipynb",
]
WALLS = [
    *("--init", "--network none", "--cap-drop ALL", "--security-opt no-new-privileges"),
    *("--security-opt seccomp=unconfined", "--security-opt systempaths=unconfined"),
]
# Says what it was asked; has an image only where its folder holds a file of that name.
ENGINE = """#!/bin/sh
case "$1" in
    image) test -e "$(dirname "$0")/$3" ;;
    info) cat "$(dirname "$0")/rootless" 2>/dev/null ;;
    *) echo "$@" ;;
esac
"""


@cache
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with what follows each, continued lines as one."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ")
    return [(word, rest) for word, _, rest in (x.partition(" ") for x in whole.split("\n") if x)]


def copied() -> list[str]:
    """What is copied from the course folder."""
    return [
        name
        for word, rest in instructions()
        if word == "COPY"
        for name in rest.split()[:-1]
        if not name.startswith("--")
    ]


def sent(name: str) -> bool:
    """Whether .dockerignore lets a file through: the last line that fits it, or a folder of it."""
    places = [name, *(str(parent) for parent in Path(name).parents if str(parent) != ".")]
    let_through = True
    for line in (COURSE / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        patterns = (pattern, pattern.removeprefix("**/"))
        if pattern and not line.startswith("#"):
            fits = any(fnmatch.fnmatchcase(p, q) for p in places for q in patterns)
            let_through = line.startswith("!") if fits else let_through
    return let_through


def test_base_image_can_be_chosen() -> None:
    assert instructions()[:2] == [("ARG", "BASE=python:3.11-slim"), ("FROM", "${BASE}")]


def test_everything_copied_is_there_and_sent() -> None:
    assert {"autograder", "labkit", "pyproject.toml", "constraints.txt"} <= set(copied())
    for name in copied():
        assert (COURSE / name).exists()
        assert sent(name)


def test_packages_are_installed_with_extras_that_pyproject_has() -> None:
    extras = tomllib.loads((COURSE / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    (installed,) = re.findall(r"--editable '\.\[([\w,-]+)\]'", DOCKERFILE)
    assert "grade" in installed.split(",")
    assert set(installed.split(",")) <= extras.keys()
    assert "--constraint constraints.txt" in DOCKERFILE
    gradescope = (COURSE / "autograder" / "exports" / "gradescope" / "setup.sh").read_text()
    assert f"[{installed}]" in gradescope, "both grade with the same packages"


@pytest.mark.parametrize("name", PRIVATE)
def test_nothing_of_the_course_is_sent(name: str) -> None:
    assert not sent(name)


def test_code_is_sent_without_bytecode() -> None:
    assert sent("autograder/walls/outer.py")
    assert not sent("autograder/__pycache__/cli.cpython-311.pyc")
    assert not sent("autograder/walls/__pycache__/outer.cpython-311.pyc")


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """An engine that does nothing, with the image."""
    path = tmp_path / "engine"
    path.write_text(ENGINE)
    path.chmod(0o755)
    (tmp_path / "pruning-labs").touch()
    return path


def give(engine: Path | str, *words: str, **settings: str) -> str:
    """What the wrapper prints; standard error comes with it."""
    done = subprocess.run(
        [WRAPPER, *words],
        env=os.environ | {"ENGINE": str(engine)} | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_wrapper_runs_behind_every_wall(engine: Path) -> None:
    told = give(engine, "grade", "lab1_magnitude", "--workers", "1")
    assert told.startswith("run --rm ")
    for wall in WALLS:
        assert wall in told
    assert told.endswith(
        f"--volume {COURSE}:/course pruning-labs autograder grade lab1_magnitude --workers 1\n"
    )
    assert "--privileged" not in told
    assert told.count("--volume") == 1


def test_wrapper_writes_as_who_started_it(engine: Path) -> None:
    own = f"--user={os.getuid()}:{os.getgid()} "
    assert (own in give(engine)) == (os.getuid() != 0), "root stays the image's ordinary user"
    (engine.parent / "rootless").write_text("true")
    assert "--userns=keep-id " in give(engine)
    assert "--user=" not in give(engine)


def test_wrapper_builds_the_image_that_is_missing(engine: Path) -> None:
    (engine.parent / "pruning-labs").unlink()
    first, second = give(engine, "doctor").splitlines()
    assert first == f"build --tag pruning-labs --file {COURSE}/container/Dockerfile {COURSE}"
    assert second.startswith("run ")


def test_page_shows_the_same_walls() -> None:
    (shown,) = re.findall(r"^docker run .*", DOCS, re.MULTILINE)
    for wall in WALLS:
        assert wall in shown


def working_engine() -> str:
    """Docker or Podman, as ENGINE says or as found, that can start containers here."""
    for name in [os.environ["ENGINE"]] if "ENGINE" in os.environ else ["docker", "podman"]:
        if shutil.which(name) and not _try(name, "info").returncode:
            return name
    pytest.skip("neither docker nor podman works here")


def _try(*words: str, timeout_s: float = 120.0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, timeout=timeout_s, check=False)


@pytest.mark.slow
def test_walls_hold_in_a_container() -> None:
    """CONTAINER_BUILD has further options for building, such as another base or an index."""
    engine, image = working_engine(), "pruning-labs-test"
    options = shlex.split(os.environ.get("CONTAINER_BUILD", ""))
    if not options and _try(engine, "pull", "python:3.11-slim", timeout_s=600).returncode:
        pytest.skip("the base image cannot be had here; CONTAINER_BUILD can name another one")
    build = [engine, "build", *options, "--tag", image, "--file", f"{COURSE}/container/Dockerfile"]
    built = _try(*build, str(COURSE), timeout_s=3600)
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    told = give(engine, "doctor", IMAGE=image)
    assert "Grading runs behind bubblewrap and namespaces: two walls" in told
