"""Both solution notebooks run top to bottom, on the offline digits and on the real MNIST."""

import os
from pathlib import Path

import pytest

from tests.labs.execution import COURSE, NOTEBOOKS, execute

COLUMNS = ["iteration", "sparsity", "accuracy", "latency_s", "disk_mb"]
SPARSITY = (0, 33.0, 55.1, 69.9, 79.9, 86.5)
# Reference, three seeds: lowest and highest accuracy at the sparsities above, in percent.
NO_RETRAINING = ((97.4, 97.4), (97.3, 97.4), (97.0, 97.3), (95.9, 96.7), (95.6, 96.1), (88.6, 94.3))
REWINDING = ((97.4, 97.4), (97.5, 97.9), (97.7, 97.9), (97.7, 97.7), (97.5, 98.0), (98.1, 98.2))
DISK_MB = (19.7, 13.2, 8.86, 5.95, 3.99)  # from round 1, as COO
# Three seeds do not show the whole spread: seven others gave, without retraining, 97.0–97.7,
# 96.9–97.6, 96.7–97.6, 96.3–97.6, 94.2–97.3 and 91.2–96.1 percent. The notebooks' seed lies close
# to the reference; another number of threads or processor draws another curve.
NO_RETRAINING_SLACK = (0.5, 0.5, 0.5, 0.6, 1.0, 1.0)
REWINDING_SLACK = (0.5,) * 6
OFFLINE = {"LABKIT_DATA": str(COURSE / "data" / "digits"), "OMP_NUM_THREADS": "1"}


def real_mnist() -> str:
    """Return the folder of the real MNIST as an absolute path, or skip the test."""
    named = os.environ.get("LABKIT_DATA", "")
    if not named:
        pytest.skip("LABKIT_DATA is not set: it names a folder that holds the real MNIST")
    folder = Path(named).resolve()
    if not (folder / "MNIST" / "raw" / "train-images-idx3-ubyte").exists():
        pytest.skip(f"LABKIT_DATA has no MNIST/raw: {folder}")
    return str(folder)


def check_tables(noniter: dict[str, list[float]], imp: dict[str, list[float]]) -> None:
    """Hold what is true of both tables on any data."""
    for table in (noniter, imp):
        assert list(table) == COLUMNS
        assert table["iteration"] == [0, 1, 2, 3, 4, 5]
        assert table["sparsity"] == pytest.approx(SPARSITY, abs=0.06)
        assert table["disk_mb"][1:] == pytest.approx(DISK_MB, rel=0.01)
        assert all(0 < seconds < 1 for seconds in table["latency_s"])
    assert imp["accuracy"][-1] > noniter["accuracy"][-1]


def test_exercise_1_runs_on_the_offline_digits(tmp_path: Path) -> None:
    execute(NOTEBOOKS[0], tmp_path, **OFFLINE)
    assert not list(tmp_path.iterdir()), "the notebook leaves files behind"


def test_exercise_2_runs_on_the_offline_digits(tmp_path: Path) -> None:
    tables = execute(NOTEBOOKS[1], tmp_path, ("noniter_df", "imp_df"), **OFFLINE)
    assert not list(tmp_path.iterdir()), "the notebook leaves files behind"
    check_tables(tables["noniter_df"], tables["imp_df"])
    assert min(tables["imp_df"]["accuracy"]) > 85


@pytest.mark.realdata
@pytest.mark.slow
def test_both_exercises_give_the_reference_curve_on_mnist(tmp_path: Path) -> None:
    data = real_mnist()
    execute(NOTEBOOKS[0], tmp_path, LABKIT_DATA=data)
    tables = execute(NOTEBOOKS[1], tmp_path, ("noniter_df", "imp_df"), LABKIT_DATA=data)
    check_tables(tables["noniter_df"], tables["imp_df"])
    for table, curve, slacks in (
        ("noniter_df", NO_RETRAINING, NO_RETRAINING_SLACK),
        ("imp_df", REWINDING, REWINDING_SLACK),
    ):
        found = tables[table]["accuracy"]
        for sparsity, value, (low, high), slack in zip(SPARSITY, found, curve, slacks, strict=True):
            where = f"{table} at {sparsity} %: {value}, expected {low} to {high} ± {slack}"
            assert low - slack <= value <= high + slack, where
