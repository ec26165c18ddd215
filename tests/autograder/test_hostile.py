"""The hostile corpus: it loads, covers the list of threats, and every verdict is reached.

The whole batch is slow, and what could hurt the machine runs only behind two walls. Narrow it by

    HOSTILE_GROUPS="Files,Forging results" pytest tests/autograder/test_hostile.py -m slow
    HOSTILE_SAMPLES=nan_result,reverse_cells pytest tests/autograder/test_hostile.py -m slow
    HOSTILE_ISOLATION=container pytest tests/autograder/test_hostile.py -m slow
"""

from __future__ import annotations

import json
import os
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.hostile.samples import (
    BEYOND,
    HOSTILE,
    WRONG,
    HostileSample,
    build_hostile,
    load_hostile,
)
from autograder.hostile.verdict import Expected, Outcome, judge
from autograder.sample_class import SampleError
from autograder.walls.probing import choose
from tests.autograder import hostile_batch as batch
from tests.autograder.hostile_place import build

SAMPLES = load_hostile()
E1, E2 = "ex1_base_model", "ex2_magnitude_pruning"
GIGABYTE = 10**9
ESCAPED_FILES = ("/tmp/hostile-unpickled", "/tmp/hostile-escaped.ipynb")
SLOW_TO_BUILD = ("zip_bomb", "many_files")
# Behind Landlock the system refuses what these try, so there is nothing to warn of.
REFUSED = ("kills_everything", "shm_filled", "stops_itself")


# the corpus


def test_every_line_of_the_list_has_samples_and_every_sample_a_line():
    table = tomllib.loads((HOSTILE / "coverage.toml").read_text("utf-8"))
    named = Counter(name for lines in table.values() for names in lines.values() for name in names)
    sections = {
        name: section for section, lines in table.items() for n in lines.values() for name in n
    }
    from_list = {sample.name: sample.source for sample in SAMPLES if BEYOND not in sample.source}
    assert sections == from_list
    assert set(named.values()) == {1}
    assert all(names for lines in table.values() for names in lines.values())
    assert sum(BEYOND in sample.source for sample in SAMPLES) >= 40


def test_each_sample_is_short_and_says_what_it_hopes():
    assert len({sample.student_id for sample in SAMPLES}) == len(SAMPLES)
    for sample in SAMPLES:
        for path in sample.folder.rglob("*.py"):
            lines = path.read_text("utf-8").splitlines()
            assert len(lines) <= 45, path
            assert any(line.startswith("#") for line in lines[:2]), path
        files = [path for path in sample.folder.rglob("*") if path.is_file()]
        assert len(files) > 1 or sample.edit or sample.student or sample.notebooks, sample.name


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_verdicts_name_real_tasks_and_say_what_they_mean(sample: HostileSample, exercises):
    due = sample.expected(exercises)
    full = {t.grade_id: t.points for name in exercises for t in exercises[name].tasks}
    lost = [task for task, points in due.points.items() if points < full[task]]
    if sample.verdict in "ZN":
        assert lost, "a verdict of Z or N costs something"
    if sample.verdict == "F":
        assert not lost
    if sample.verdict == "N":
        assert due.warning, "the instructor is told why"
        assert sample.lost or sample.lost_from or sample.wrong


def test_every_sample_is_built(exercises, around):
    names = [sample.name for sample in SAMPLES if sample.name not in SLOW_TO_BUILD]
    folders = build(names, exercises, around)
    assert all(any(folder.iterdir()) for folder in folders)
    on_disk = sum(p.lstat().st_blocks * 512 for p in around[0].rglob("*") if p.is_file())
    assert on_disk < 0.1 * GIGABYTE


def test_wrong_answers_follow_the_attack(exercises, around):
    (folder,) = build(["ast_strips_asserts"], exercises, around)
    cells = {c.id: c.source for c in nbformat.read(folder / f"{E1}.ipynb", 4).cells}
    attack, wrong = cells["ex1-baseline-task"].split("\n\n\ndef save_initial_state", 1)
    assert "ast_transformers.append(Strip())" in attack
    assert wrong.endswith((WRONG / "ex1-baseline.py").read_text("utf-8").rstrip()[-60:])
    assert "cpu_name()" in cells["ex1-hardware-task"]  # the rest is an honest solution
    assert [path.name for path in folder.iterdir()] == [f"{E1}.ipynb"]


def test_points_follow_from_few_words(exercises):
    def points(**about: Any) -> dict[str, float]:
        about = {"notebooks": (E1, E2)} | about
        sample = HostileSample("x", Path("x"), "x", "Files", "N", **about)
        return sample.expected(exercises).points

    full = points()
    assert full["ex1-baseline-check"] == 0.5 and "ex2-trends-written" not in full
    assert points(wrong=("ex2-size",)) == full | {"ex2-size-check": 0.0}
    assert points(points={"ex2-size-check": 0.7}) == full | {"ex2-size-check": 0.7}
    from_size = dict.fromkeys(list(full)[list(full).index("ex2-size-check") :], 0.0)
    assert points(lost_from="ex2-size-check") == full | from_size
    assert points(lost_from="ex1-baseline-check") == full | {"ex1-baseline-check": 0.0}
    assert sum(points(lost=(E2,)).values()) == 1.0
    with pytest.raises(SampleError, match="ex9-check"):
        points(zero=("ex9-check",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("verdict = 1", "cannot be read"),
        ('shows = "x"\nsource = "Files"\nverdict = "Q"', "expected one of Z, N, W, F"),
        ('shows = "x"\nsource = "Files"\nverdict = "N"\nedit = "none"', "no edit 'none'"),
        ('shows = "x"\nsource = "Files"\nverdict = "N"\nwarning = "("', "cannot be read"),
    ],
)
def test_a_verdict_that_cannot_be_meant_is_refused(text, words, tmp_path, monkeypatch):
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "verdict.toml").write_text(text)
    monkeypatch.setattr("autograder.hostile.samples.HOSTILE", tmp_path)
    with pytest.raises(SampleError, match=words):
        load_hostile()


def test_what_needs_the_sandbox_is_not_run_without_being_asked():
    chosen = {sample.name for sample in batch.select(SAMPLES, "", "", dangerous=False)}
    assert not chosen & {"fork_bomb", "kills_everything", "network_tcp", "terabyte_beside"}
    assert {"nan_result", "corrupt_json"} <= chosen
    assert len(batch.select(SAMPLES, "", "", dangerous=True)) == len(SAMPLES)
    assert [s.name for s in batch.select(SAMPLES, "", "fork_bomb", dangerous=True)] == ["fork_bomb"]
    groups = {s.group for s in batch.select(SAMPLES, "Files, Killing", "", dangerous=False)}
    assert groups == {"Files"}


# the judge


def test_the_judge_names_each_difference():
    due = Expected("Z", {"a": 0.0, "b": 1.0, "c": 0.5}, "died")
    right = Outcome({"a": 0.0, "b": 1.0, "c": 0.5, "written": None}, ["ex1: it died in cell 3."])
    assert judge(due, right) == []
    wrong = Outcome({"a": 0.25, "b": None}, ["two\nlines"], "no result")
    assert judge(due, wrong) == [
        "not graded: no result",
        "a: 0 expected, got 0.25",
        "b: 1 expected, but it waits for a person",
        "c: 0.5 expected, got 0",
        "a warning is not one line: 'two\\nlines'",
        "no warning matches 'died' among ['two\\nlines']",
    ]


def test_the_judge_wants_honest_students_left_alone():
    due = Expected("F", {"a": 1.0})
    assert judge(due, Outcome({"a": 1.0}, ["not handed in: ex2."])) == []
    assert judge(due, Outcome({"a": 1.0}, ["odd metadata"])) == [
        "an honest student is warned of: odd metadata"
    ]


# the whole batch


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # as in a real run: odd outputs make nbconvert warn
def test_every_verdict_is_reached_and_nobody_else_notices(course, exercises, tmp_path, monkeypatch):
    """All chosen samples and three honest students in one batch; then every "always"."""
    isolation = os.environ.get("HOSTILE_ISOLATION", "auto")
    chosen = batch.select(
        SAMPLES,
        os.environ.get("HOSTILE_GROUPS", ""),
        os.environ.get("HOSTILE_SAMPLES", ""),
        dangerous=choose(isolation).outer != "none",
    )
    if choose(isolation).inner == "landlock":
        chosen = [replace(s, warning="") if s.name in REFUSED else s for s in chosen]
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    shared, others = batch.shared_memory(), batch.below()
    secrets = batch.plant(course)
    neighbour = batch.hand_in_honestly(course, exercises, secrets)
    handed_in = neighbour.read_bytes()
    run = batch.grade(course, secrets, isolation)
    alone = batch.honest_rows(course), batch.honest_verdicts(course, run)
    assert not run.failed
    assert sum(row[2] or 0.0 for row in alone[0]) == 6 * len(batch.HONEST)  # all that tests give

    batch.forget(course, secrets)  # so that everybody is graded anew, in one batch
    gradebook = course.build / "gradebook.db"
    build_hostile(chosen, exercises, course.submitted, gradebook, neighbour)
    with batch.Watch(tmp_path) as watch:
        run = batch.grade(course, secrets, isolation)
    graded = batch.outcomes(course, run)
    problems = {
        "verdicts": batch.differences(chosen, exercises, graded),
        "honest grades": batch.honest_rows(course) != alone[0],
        "honest verdicts": batch.honest_verdicts(course, run) != alone[1],
        "a neighbour's notebook": not neighbour.is_file() or neighbour.read_bytes() != handed_in,
        "a student on the roster": "planted" not in graded,
        "leaks": batch.leaks(course, run, secrets),
        "live scripts": batch.live_scripts(course.build.rglob("*.html")),
        "survivors": batch.survivors(course, others),
        "temporary files": [path.name for path in temporary.iterdir()],
        "shared memory": sorted(batch.shared_memory() - shared),
        "escaped files": [path for path in ESCAPED_FILES if os.path.exists(path)],
        "memory": watch.memory_bytes > 8 * GIGABYTE and watch.memory_bytes,
        "disk": watch.disk_bytes > 4 * GIGABYTE and watch.disk_bytes,
    }
    found = {what: problem for what, problem in problems.items() if problem}
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)
