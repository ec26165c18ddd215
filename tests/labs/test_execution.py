"""Every solution notebook runs top to bottom, offline and on the real MNIST and SST-2."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.labs.execution import execute
from tests.labs.nbval import CHECKED, OFFLINE, solution, with_reference

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
OFFLINE_TEXT = OFFLINE | {"LABKIT_DATA": ""}  # finds both small data sets in the course
TABLES = {
    "ex1_base_model": (),
    "ex2_magnitude_pruning": ("noniter_df", "imp_df"),
    "ex3_your_model": ("own_df", "structured_df", "onnx_df"),
    "ex4_extra_credit": ("int8_df",),
}
TEXT_DISK_MB = (18.9, 12.7, 8.50, 5.70, 3.82)  # of the network for SST-2


def real_data(*files: str) -> str:
    """Return the folder of the real data as an absolute path, or skip the test."""
    named = os.environ.get("LABKIT_DATA", "")
    if not named:
        pytest.skip("LABKIT_DATA is not set: it names a folder that holds the real data")
    folder = Path(named).resolve()
    for file in files:
        if not (folder / file).exists():
            pytest.skip(f"LABKIT_DATA has no {file}: {folder}")
    return str(folder)


def check_tables(
    noniter: dict[str, list[float]], imp: dict[str, list[float]], disk_mb: tuple[float, ...]
) -> None:
    """Hold what is true of both tables on any data."""
    for table in (noniter, imp):
        assert list(table) == COLUMNS
        assert table["iteration"] == [0, 1, 2, 3, 4, 5]
        assert table["sparsity"] == pytest.approx(SPARSITY, abs=0.06)
        assert table["disk_mb"][1:] == pytest.approx(disk_mb, rel=0.01)
        assert all(0 < seconds < 1 for seconds in table["latency_s"])


# The grader's tests run the solutions of all notebooks, too; two are enough to be run once more.
ONCE_MORE = [
    pytest.param(name, marks=[pytest.mark.slow] if number > 1 else [])
    for number, name in enumerate(CHECKED)
]


@pytest.mark.parametrize("name", ONCE_MORE)
def test_solutions_give_the_stored_results_by_nbval(name: str, tmp_path: Path) -> None:
    nbformat.write(with_reference(name), tmp_path / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, "-c", os.devnull, f"{name}.ipynb"],
        cwd=tmp_path,
        env=os.environ | OFFLINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    left = {path.name for path in tmp_path.iterdir()} - {f"{name}.ipynb", "results"}
    assert {Path(file).suffix for file in left} <= {".onnx", ".data"}, left


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKED)
def test_solutions_run_on_the_offline_reviews(name: str, tmp_path: Path) -> None:
    execute(solution(name, "sst2"), tmp_path, **OFFLINE_TEXT)


@pytest.mark.realdata
@pytest.mark.slow
def test_the_whole_lab_on_mnist(tmp_path: Path) -> None:
    data = real_data("MNIST/raw/train-images-idx3-ubyte")
    tables = {}
    for name, asked in TABLES.items():
        tables |= execute(solution(name), tmp_path, asked, LABKIT_DATA=data)
    check_tables(tables["noniter_df"], tables["imp_df"], DISK_MB)
    assert tables["imp_df"]["accuracy"][-1] > tables["noniter_df"]["accuracy"][-1]
    for table, curve, slacks in (
        ("noniter_df", NO_RETRAINING, NO_RETRAINING_SLACK),
        ("imp_df", REWINDING, REWINDING_SLACK),
    ):
        found = tables[table]["accuracy"]
        for sparsity, value, (low, high), slack in zip(SPARSITY, found, curve, slacks, strict=True):
            where = f"{table} at {sparsity} %: {value}, expected {low} to {high} ± {slack}"
            assert low - slack <= value <= high + slack, where
    assert tables["own_df"]["accuracy"][0] > 97.5
    assert min(tables["structured_df"]["fine_tuned"]) > 96.5
    assert min(tables["int8_df"]["accuracy_int8"]) > 97


@pytest.mark.realdata
@pytest.mark.slow
def test_the_whole_lab_on_sst2(tmp_path: Path) -> None:
    data = real_data("sst2/train.tsv", "MNIST/raw/train-images-idx3-ubyte")
    tables = {}
    for name, asked in TABLES.items():
        tables |= execute(solution(name, "sst2"), tmp_path, asked, LABKIT_DATA=data)
    check_tables(tables["noniter_df"], tables["imp_df"], TEXT_DISK_MB)
    dense, *_ = tables["imp_df"]["accuracy"]
    assert dense == pytest.approx(81.8, abs=2)  # three seeds: 80.7 to 82.1
    assert min(tables["imp_df"]["accuracy"]) > 77.5
    assert min(tables["int8_df"]["accuracy_int8"]) > 76
