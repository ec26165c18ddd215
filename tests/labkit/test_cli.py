import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from labkit import cli

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--rounds", "3", "--hidden-size", "32", "--epochs", "1", "--no-progress"]
TIMELESS = ["iteration", "sparsity", "accuracy", "disk_mb"]


@pytest.fixture
def labkit(monkeypatch, capsys):
    """Run the command in this process; return its exit code, output and errors."""

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["labkit", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        captured = capsys.readouterr()
        return caught.value.code or 0, captured.out, captured.err

    return run


def assert_one_sentence(result, *words):
    code, _, err = result
    assert code != 0
    assert "Traceback" not in err
    assert err.count("\n") == 1
    for word in words:
        assert word in err


def test_magnitude_writes_tables_and_figures(labkit, tmp_path):
    code, out, err = labkit("magnitude", *SMALL, "--out", tmp_path / "new")
    assert (code, err) == (0, "")
    for name in ("tradeoffs.png", "weights.png"):
        assert (tmp_path / "new" / name).read_bytes().startswith(b"\x89PNG")
    repeated, imp = (pd.read_csv(tmp_path / "new" / f"{n}.csv") for n in ("repeated", "imp"))
    assert list(repeated["iteration"]) == list(imp["iteration"]) == [0, 1, 2, 3]
    assert list(repeated["sparsity"]) == list(imp["sparsity"])
    base = pd.read_csv(tmp_path / "new" / "base.csv")
    assert list(base.columns) == ["sparsity", "accuracy", "latency_s", "disk_mb", "parameters"]
    # The same initial weights, trained on the same batches.
    assert base["accuracy"][0] == repeated["accuracy"][0] == imp["accuracy"][0]
    for word in ("STAND-IN", "Sparsity (%)", "69.92", "14,218"):
        assert word in out


def test_progress_bars_are_on_stderr(labkit, tmp_path):
    _, out, err = labkit("magnitude", *SMALL[:-1], "--out", tmp_path)
    assert "IMP with rewinding: 100%" in err
    assert "row/s" not in out


def test_a_run_that_was_killed_goes_on(labkit, tmp_path):
    labkit("magnitude", *SMALL, "--out", tmp_path / "whole")
    killed = tmp_path / "killed"
    command = [sys.executable, "-m", "labkit.cli", "magnitude", *SMALL, "--out", str(killed)]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if (killed / "imp.csv").exists():
            break
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = len(pd.read_csv(killed / "imp.csv"))
    assert left >= 1
    assert labkit("magnitude", *SMALL, "--out", killed)[0] == 0
    for name in ("repeated.csv", "imp.csv"):
        pd.testing.assert_frame_equal(
            pd.read_csv(killed / name)[TIMELESS], pd.read_csv(tmp_path / "whole" / name)[TIMELESS]
        )
    assert not list(killed.glob("*.csv.part"))


def test_a_finished_run_is_not_done_again_and_fresh_forgets_it(labkit, tmp_path):
    labkit("magnitude", *SMALL, "--out", tmp_path)
    first = (tmp_path / "imp.csv").read_text()
    (tmp_path / "my notes.txt").write_text("keep")
    labkit("magnitude", *SMALL, "--out", tmp_path)
    assert (tmp_path / "imp.csv").read_text() == first
    labkit("magnitude", *SMALL, "--fresh", "--seed", 1, "--out", tmp_path)
    assert (tmp_path / "imp.csv").read_text() != first
    assert (tmp_path / "my notes.txt").exists()


def test_other_settings_in_the_same_folder_are_refused(labkit, tmp_path):
    labkit("magnitude", *SMALL, "--out", tmp_path)
    result = labkit("magnitude", *SMALL, "--lr", 0.1, "--out", tmp_path)
    assert_one_sentence(result, "lr = 0.001", "--fresh")


def test_bad_input_is_one_sentence(labkit, tmp_path):
    assert_one_sentence(
        labkit("magnitude", *SMALL, "--data-dir", "/no/where", "--out", tmp_path), "/no/where"
    )
    (tmp_path / "file").write_text("")
    assert_one_sentence(labkit("magnitude", *SMALL, "--out", tmp_path / "file"), "file")
    (tmp_path / "base.pt").write_text("no checkpoint")
    assert_one_sentence(labkit("magnitude", *SMALL, "--out", tmp_path), "base.pt", "damaged")


def test_an_unwritten_task_is_one_sentence(labkit, tmp_path, monkeypatch):
    def stub(*args, **kwargs):
        raise NotImplementedError("your code here")

    monkeypatch.setattr("labkit.pruning.prunable_parameters", stub)
    assert_one_sentence(labkit("magnitude", *SMALL, "--out", tmp_path), "asks you to write")


def test_an_impossible_option_is_refused(labkit):
    code, _, err = labkit("magnitude", "--rounds", "0")
    assert code == 2
    assert "--rounds" in err


def test_help_has_examples(labkit):
    code, out, _ = labkit("magnitude", "--help")
    assert code == 0
    assert "labkit magnitude --rounds 8 --out results/eight" in out


def test_help_does_not_wait_for_torch():
    code = (
        "import sys; sys.argv = ['labkit', '--help']\n"
        "from labkit import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'pandas', 'matplotlib'} & sys.modules.keys(), 'heavy'"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


def test_importing_labkit_is_light():
    code = (
        "import sys; before = set(sys.modules); import labkit\n"
        "assert set(sys.modules) - before == {'labkit'}, set(sys.modules) - before"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_magnitude_runs_on_sentences(labkit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reviews = ROOT / "data" / "reviews"
    code, out, _ = labkit("magnitude", *SMALL, "--data", "sst2", "--data-dir", reviews)
    assert code == 0
    assert len(pd.read_csv(tmp_path / "results" / "magnitude_sst2" / "imp.csv")) == 4
    parameters = 5001 * 32 + 2 * 33 * 32 + 33
    for word in ("STAND-IN", f"{parameters:,}"):
        assert word in out
    assert_one_sentence(labkit("magnitude", *SMALL, "--data", "sst"), "'sst'", "mnist, sst2")


def test_hardware_and_where(labkit, monkeypatch):
    assert "Operating system" in labkit("hardware")[1]
    code, out, err = labkit("data", "where")
    assert "STAND-IN, not MNIST" in out
    assert_one_sentence((code, out, err), "SST-2", "data/digits")
    monkeypatch.delenv("LABKIT_DATA")
    code, out, err = labkit("data", "where")
    assert (code, err, out.count("labkit: ")) == (0, "", 2)
    assert_one_sentence(labkit("data", "where", "--data-dir", "/no/where"), "/no/where")


def test_a_download_without_network_is_one_sentence(labkit, tmp_path, monkeypatch):
    def no_network(*args, **kwargs):
        raise RuntimeError("Error downloading\n<urlopen error no route>")

    monkeypatch.setattr("torchvision.datasets.MNIST.download", no_network)
    assert_one_sentence(labkit("data", "download", "--to", tmp_path), "no route", "network")
    monkeypatch.setattr("labkit.data.download_sst2._fetch", no_route)
    result = labkit("data", "download", "--what", "sst2", "--to", tmp_path)
    assert_one_sentence(result, "no route", "network")
    assert_one_sentence(labkit("data", "download", "--what", "cifar"), "mnist, sst2")


def no_route(url):
    raise OSError("no route")
