"""Every command that README and docs/ show is valid, and those that can be are run."""

import re
from pathlib import Path

import pytest
import yaml

from tests.project.commands import COURSE, PAGES, Command, commands, copy_course, run

COMMANDS = commands()
LINES = list(dict.fromkeys(command.line for command in COMMANDS))
STAMP = "-o .venv/.installed"  # the copy's environment is lent: make shall not touch it

# Commands that a test cannot give as they stand, and what it gives in their place.
IN_PLACE_OF = {
    "make demo": f"make {STAMP} demo",
    # Its answers and mutants take minutes; tests/autograder/test_gate.py has the gate's own tests.
    "autograder release lab1_magnitude": "autograder release lab1_magnitude --fast",
    "autograder grade lab1_magnitude --changed": (
        "autograder grade lab1_magnitude --changed --dry-run"  # here is no terminal to ask on
    ),
    "make lab": f"make {STAMP} lab JUPYTER='jupyter lab --version'",  # else it waits for a browser
}
# Commands that only make sense for a reader; `test_command_is_valid` looks at them.
FOR_READERS = {
    "make test": "runs this very test",
    "make test-all": "runs this very test",
    "make check": "tests/project cannot lint better than ruff itself",
    "make bench": "minutes of measuring, which other tests would disturb",
    "make constraints": "needs a network",
    "autograder mutants lab1_magnitude": "tests/autograder/test_mutants.py runs all of it",
    "conda env create -f environment.yml": "needs a network, and conda",
    "conda activate pruning-labs": "needs conda",
    "jupyter lab": "waits for a browser",
    "python -m labkit data download": "needs a network",
    "python -m labkit data download --what sst2": "needs a network",
    "python -m labkit report": "needs notebooks that a student has run",
    "python -m labkit submit": "needs notebooks that a student has run",
    "autograder export canvas lab1_magnitude --canvas Grades-Pruning.csv": "needs a file of Canvas",
    "autograder collect lab1_magnitude ~/Downloads/submissions.zip": "needs a file of Canvas",
    "HOSTILE_SAMPLES=fork_bomb .venv/bin/pytest tests/autograder/test_hostile.py -m slow": (
        "takes minutes"
    ),
    'pip install -e ".[cluster]"': "make installs it already",
    "autograder grade lab1_magnitude --scheduler tcp://host:8786": "needs a cluster",
    "source .venv/bin/activate": "changes the reader's shell only",
}
HELP = re.compile(r"^(autograder|nbgrader|labkit|python -m labkit)((?: [a-z_]+)?)( |$)")


def readers_order() -> list[Command]:
    """The commands that are run, README first, each once."""
    lines = [line for line in LINES if line not in FOR_READERS]
    return [next(c for c in COMMANDS if c.line == line) for line in lines]


def checked_form(line: str) -> str:
    """A command that proves a line valid without doing what it says."""
    if line.startswith("make "):
        return f"make -n {STAMP} {line.removeprefix('make ')}"
    if line == "jupyter lab":
        return "jupyter lab --version"
    if line.startswith("HOSTILE_SAMPLES="):
        return f"test -r {line.split()[2]}"
    if line.startswith("pip install -e "):
        return f"grep -q '^{line.split('[')[1].split(']')[0]} = ' pyproject.toml"
    if line.startswith("source "):
        return f"test -r {line.removeprefix('source ')}"
    found = HELP.match(line)
    assert found, f"how shall a test check {line!r}? Teach checked_form"
    return f"{found[1]}{found[2]} --help"


CHECKED = dict.fromkeys(checked_form(line) for line in LINES if not line.startswith("conda "))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_course(tmp_path_factory.mktemp("a course"))


@pytest.mark.parametrize("line", CHECKED)
def test_command_is_valid(line: str, course: Path) -> None:
    done = run(line, course, timeout_s=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_conda_commands_fit_the_environment_file() -> None:
    name = yaml.safe_load((COURSE / "environment.yml").read_text())["name"]
    conda = {line for line in LINES if line.startswith("conda ")}
    assert conda <= {"conda env create -f environment.yml", f"conda activate {name}"}


def test_nothing_is_excused_that_no_page_shows() -> None:
    assert FOR_READERS.keys() <= set(LINES)
    assert IN_PLACE_OF.keys() <= set(LINES)


@pytest.mark.slow
def test_a_reader_can_follow_the_pages(tmp_path: Path) -> None:
    course = copy_course(tmp_path)
    for command in readers_order():
        done = run(IN_PLACE_OF.get(command.line, command.line), course, timeout_s=600)
        told = f"{command.page}: {command.line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert done.returncode == 0, told
        if command.line == "autograder release lab1_magnitude":
            hand_in(course)


def hand_in(course: Path) -> None:
    """What the pages leave to a student: notebooks in the folder for submissions."""
    folder = course / "build" / "submitted" / "ada" / "lab1_magnitude"
    folder.mkdir(parents=True, exist_ok=True)
    for path in (course / "build" / "release" / "lab1_magnitude").glob("*.ipynb"):
        (folder / path.name).write_bytes(path.read_bytes())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
