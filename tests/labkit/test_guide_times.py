import subprocess
import sys
from pathlib import Path

import pytest
import torch

from labkit.errors import DataError
from labkit.guide import speed, times
from labkit.guide.long_cells import LONG_CELLS, LongCell
from labkit.guide.timing import in_words

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def fixed_speed(monkeypatch):
    monkeypatch.setattr(speed, "measured_speed", lambda *_: speed.Speed(0.006, 0.001))


def test_a_table_with_a_row_for_each_long_cell(monkeypatch, capsys):
    monkeypatch.setenv("LABKIT_DATA", "")
    for dataset in ("mnist", "sst2"):
        table = times("ex2", dataset)
        assert list(table["what it does"]) == [cell.what for cell in LONG_CELLS["ex2"]]
        assert table["expected"].str.contains(" s| min").all()
    assert "the small offline stand-in for MNIST (1,437 to train on)" in capsys.readouterr().out


def test_what_cannot_be_told_is_one_sentence(capsys, monkeypatch):
    assert times("ex99") is None
    assert "ex99" in capsys.readouterr().out
    assert times("ex2", "cifar") is None
    assert "no data set 'cifar'" in capsys.readouterr().out
    monkeypatch.setenv("LABKIT_DATA", "/no/where")
    assert times("ex2") is None
    assert capsys.readouterr().out.count("\n") == 1


def test_seconds_follow_from_the_counts(fixed_speed, monkeypatch):
    monkeypatch.setattr(speed, "data_size", lambda name: speed.DataSize(60_000, 10_000, ""))
    training = 2 * 938 * 0.006
    evaluation = (157 + 60) * 0.001
    cell = LongCell("x", "", "", trainings=3, masked=2, evaluations=2, seconds=1)
    expected = (3 * 1.15 + 2 * 1.5) * training + 1.5 * 2 * evaluation + 1
    assert speed.expected_seconds(cell, "mnist") == pytest.approx(expected)


def test_the_calibration_leaves_no_trace():
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    speed.measured_speed.cache_clear()
    step_s, forward_s = speed.measured_speed("mnist")
    assert 0 < forward_s < step_s
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    assert speed.measured_speed("mnist") == (step_s, forward_s)
    with pytest.raises(DataError):
        speed.measured_speed("cifar")


def test_sizes_are_those_of_the_loaders(monkeypatch):
    from labkit.data import load

    monkeypatch.setenv("LABKIT_DATA", "")
    for dataset in ("mnist", "sst2"):
        train_loader, test_loader = load(dataset, verbose=False)
        size = speed.data_size(dataset)
        assert (size.train, size.test) == (len(train_loader.labels), len(test_loader.labels))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "under 2 s"),
        (1.99, "under 2 s"),
        (2, "about 2 s"),
        (7.2, "about 8 s"),
        (42, "about 45 s"),
        (89, "about 90 s"),
        (91, "about 2 min"),
        (600, "about 10 min"),
        (5000, "about 85 min"),
        (7300, "about 3 h"),
    ],
)
def test_times_in_words(seconds, words):
    assert in_words(seconds) == words


def test_long_cells_are_cells_of_their_notebooks():
    import json

    for exercise, cells in LONG_CELLS.items():
        (path,) = (ROOT / "labs").glob(f"*/{exercise}_*.ipynb")
        ids = {cell["id"] for cell in json.loads(path.read_text())["cells"]}
        assert {cell.name for cell in cells} <= ids, path.name


def test_the_guide_starts_without_torch():
    code = "import sys, labkit.guide; assert not {'torch', 'pandas'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
