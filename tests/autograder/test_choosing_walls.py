"""Which walls are chosen, what is said when none holds, and what every box shows and hides."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.boundary.errors import WarmProcessFailed
from autograder.boundary.session import WarmProcess
from autograder.grading.limits import Limits
from autograder.walls import bubblewrap, container, environment, probing
from autograder.walls.environment import files_without
from autograder.walls.isolation import LEVELS, NONE, Isolation
from autograder.walls.probing import NoIsolation, choose, describe, probe_level

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def docker(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Path]]:
    """Puts a docker of ours, a shell script, before all others."""
    asked = (container.find_engine, container._image, container._files_limit)

    def put(script: str) -> Path:
        folder = tmp_path_factory.mktemp("programs")
        (folder / "docker").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "docker").chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        for function in asked:
            function.cache_clear()
        return folder

    yield put
    for function in asked:
        function.cache_clear()


def test_choosing() -> None:
    assert choose("none") == NONE
    best = choose("any")
    assert best in (*(probe_level(level).isolation for level in LEVELS),)
    assert probe_level(best.level).holds or best == NONE


def test_a_container_needs_an_engine_that_answers(
    docker: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = docker("echo 'no daemon' >&2\nexit 1")
    for path, said in (
        (folder, "docker does not answer: no daemon"),
        (folder / "no", "neither"),
    ):
        monkeypatch.setenv("PATH", str(path))
        container.find_engine.cache_clear()
        assert said in container.find_engine()[1]
        assert container.find_engine()[0] == ""


def test_a_container_says_what_its_engine_said(docker: Callable[[str], Path]) -> None:
    docker("[ $1 = run ] && echo 'no such right' >&2 && exit 1\nexit 0")
    broken = Isolation("container", "landlock", "docker")
    with pytest.raises(WarmProcessFailed, match="no such right"):
        WarmProcess(REPOSITORY / "data", REPOSITORY, broken, probe=True)


def test_without_walls_grading_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(level: str) -> probing.Probe:
        return probing.Probe(NONE, "it is not installed")

    monkeypatch.setattr(probing, "probe_level", nothing)
    with pytest.raises(NoIsolation, match=r"nothing was graded.*apt-get install bubblewrap"):
        choose("auto")
    assert choose("any") == NONE


def test_a_level_that_cannot_start_says_why() -> None:
    probing.probe_level.cache_clear()
    broken = Isolation("bubblewrap", "namespaces", "/bin/false")
    with pytest.raises(Exception, match="did not start"):
        WarmProcess(REPOSITORY / "data", REPOSITORY, broken, probe=True)


def test_an_installed_course_is_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, docker: Callable[[str], Path]
) -> None:
    docker("exit 0")
    site = tmp_path / "lib" / "site-packages"
    for name in ("autograder/hidden_tests", "labkit", "torch"):
        (site / name).mkdir(parents=True)
    monkeypatch.setattr(environment.sys, "prefix", str(tmp_path))
    hidden = environment.hidden_packages(site / "autograder")
    assert hidden == [site / "autograder", site / "labkit"]
    assert files_without(tmp_path, hidden) == [site / "torch"]
    monkeypatch.setattr(environment, "PACKAGE", site / "autograder")
    command = " ".join(bubblewrap.box_words("bwrap"))
    assert f"--tmpfs {site}/autograder --remount-ro {site}/autograder" in command
    assert f"--tmpfs {site}/autograder:ro" in " ".join(container.box_words("docker", "name"))


@pytest.mark.parametrize("level", ["bubblewrap", "container"])
def test_an_environment_below_tmp_stays_in_sight(
    level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe = probe_level(level)
    if not probe.holds:
        pytest.skip(describe(probe))
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        library, neighbour = Path(name) / "deep" / "library", Path(name) / "deep" / "neighbour"
        for folder in (library, neighbour):
            folder.mkdir(parents=True)
            (folder / "file").touch()
        folders = [*environment.environment_folders(), library]
        monkeypatch.setattr(environment, "environment_folders", lambda: folders)
        warm = WarmProcess(REPOSITORY / "data", REPOSITORY, probe.isolation)
        try:
            with warm.submission(Limits().allowance) as submission:
                cell = (
                    f"import os\nprint(os.listdir({str(library)!r}))\n"
                    f"print(os.path.exists({str(neighbour)!r}))\n"
                    f"open({str(library / 'mine')!r}, 'w')"
                )
                *printed, error = submission.notebook("one", 1).execute(cell, 20.0).outputs
        finally:
            warm.close()
    assert [output["text"] for output in printed] == ["['file']\nFalse\n"]
    assert "Read-only file system" in error["evalue"]
