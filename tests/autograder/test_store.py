"""The store of results: whole or not at all, and believed only where the checksum says so."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from autograder.grading.result import NotebookResult, TestResult
from autograder.grading.store import Store

KEY = "ab" + "0" * 62


def result(score: float = 0.1 + 0.2) -> NotebookResult:
    tests = [TestResult("test_x", "ex1-check", "“it” works", 1.0, True)]
    return NotebookResult(new_notebook(), tests, {"ex1-check": score}, ["odd – but fine"], 1.5)


def test_what_is_put_comes_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.get(KEY) is None and store.damaged == []
    store.put(KEY, result())
    assert store.get(KEY) == result()
    assert store.scores(KEY) == {"ex1-check": 0.1 + 0.2}


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("0.30000000000000004", "1.0"),
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: json.dumps(json.loads(text)["result"]),  # as written before checksums
        lambda text: "[" * 100_000,
    ],
)
def test_a_damaged_file_is_absent_and_named(tmp_path: Path, damage: object) -> None:
    store = Store(tmp_path)
    store.put(KEY, result())
    (path,) = tmp_path.glob("??/*.json")
    assert callable(damage)
    path.write_text(damage(path.read_text()))
    assert store.get(KEY) is None
    assert store.damaged == [path]
    store.put(KEY, result())
    assert store.get(KEY) == result() and store.damaged == []


def test_a_file_under_another_name_is_not_believed(tmp_path: Path) -> None:
    store, other = Store(tmp_path), "ab" + "1" * 62
    store.put(KEY, result())
    (path,) = tmp_path.glob("??/*.json")
    path.rename(path.with_name(f"{other}.json"))
    assert store.get(other) is None and len(store.damaged) == 1


def test_a_write_that_fails_leaves_the_old_result_and_nothing_else(tmp_path: Path) -> None:
    Store(tmp_path).put(KEY, result(0.25))
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from tests.autograder.test_store import *\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        f"Store(Path({str(tmp_path)!r})).put(KEY, result(1.0))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode != 0 and "File too large" in done.stderr
    assert Store(tmp_path).scores(KEY) == {"ex1-check": 0.25}
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100
