"""A model in ONNX Runtime: the same outputs at any batch size, no masks, sizes, times."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from labkit.metrics import measure_latency
from labkit.models import FFN
from labkit.pruning.masks import effective_copy
from labkit.runtimes.onnx import OnnxError, export_onnx, onnx_latency, open_session, run_session


@pytest.fixture
def masked_net() -> FFN:
    """A net whose layers are too large for the exporter to multiply masks away by itself."""
    torch.manual_seed(0)
    net = FFN(150, 120, 7, num_layers=2)
    for layer in [*net.layers, net.out]:
        prune.l1_unstructured(layer, "weight", 0.5)
    return net


def outputs(path: Path, batch: torch.Tensor) -> torch.Tensor:
    """What ONNX Runtime computes."""
    return torch.from_numpy(run_session(open_session(str(path)), batch.numpy()))


@pytest.mark.parametrize("example_rows", [1, 4])
def test_masked_model_computes_the_same_at_any_batch_size(masked_net, tmp_path, example_rows):
    path = tmp_path / "net.onnx"
    export_onnx(masked_net, str(path), torch.randn(example_rows, 120))
    for rows in (1, 4, 7):
        batch = torch.randn(rows, 120)
        torch.testing.assert_close(outputs(path, batch), masked_net(batch), rtol=1e-4, atol=1e-5)


def test_masks_are_not_in_the_file(masked_net, tmp_path):
    path = tmp_path / "net.onnx"
    export_onnx(masked_net, str(path), torch.randn(3, 120))
    tensors = onnx.load(path, load_external_data=False).graph.initializer
    values = sum(int(np.prod(tensor.dims)) for tensor in tensors)
    assert values == sum(param.numel() for param in effective_copy(masked_net).parameters())


def test_size_counts_both_files_and_nothing_older(masked_net, tmp_path):
    path = tmp_path / "net.onnx"
    data = tmp_path / "net.onnx.data"
    data.write_bytes(b"old" * 10**6)
    size_mb = export_onnx(masked_net, str(path), torch.randn(3, 120))
    assert size_mb == (path.stat().st_size + data.stat().st_size) / 1e6
    assert (
        4 * sum(param.numel() for param in effective_copy(masked_net).parameters()) / 1e6 < size_mb
    )
    assert size_mb < 0.2


def test_evaluation_mode_is_exported_and_the_model_left_alone(tmp_path, capfd):
    net = nn.Sequential(nn.Linear(9, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5),
                        nn.Linear(8, 3))  # fmt: skip
    with torch.no_grad():
        net(3 * torch.randn(50, 9) + 1)  # running statistics unlike those of any batch
    prune.l1_unstructured(net[0], "weight", 0.5)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    path, batch = tmp_path / "net.onnx", torch.randn(5, 9)
    export_onnx(net, str(path), batch)
    assert all(module.training for module in net.modules())
    assert net.state_dict().keys() == before.keys()
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert capfd.readouterr() == ("", "")
    torch.testing.assert_close(outputs(path, batch), net.eval()(batch), rtol=1e-4, atol=1e-5)


def test_latency_is_the_seconds_of_one_batch(tmp_path):
    net = FFN(400, 400, 10, num_layers=3)
    path, batch = tmp_path / "net.onnx", torch.randn(64, 400)
    export_onnx(net, str(path), batch)
    seconds = onnx_latency(str(path), batch.numpy(), warmup=3, repeats=11)
    reference = measure_latency(net, batch, warmup=3, repeats=11, threads=1).median_s
    assert reference / 20 < seconds < reference * 20


def test_numbers_of_runs_are_checked(tmp_path):
    with pytest.raises(ValueError, match="repeats=0"):
        onnx_latency(str(tmp_path / "net.onnx"), np.zeros((1, 2), np.float32), repeats=0)


def test_wrong_files_and_batches_are_explained(masked_net, tmp_path):
    with pytest.raises(OnnxError, match="export_onnx first"):
        open_session(str(tmp_path / "missing.onnx"))
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(OnnxError, match="cannot open"):
        open_session(str(tmp_path / "text.onnx"))
    path = str(tmp_path / "net.onnx")
    export_onnx(masked_net, path, torch.randn(3, 120))
    with pytest.raises(OnnxError, match="float64 of shape"):
        run_session(open_session(path), np.zeros((2, 120)))


def test_no_threads_are_started_by_a_session_with_one(masked_net, tmp_path):
    path = str(tmp_path / "net.onnx")
    export_onnx(masked_net, path, torch.randn(3, 120))
    open_session(path)
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        pytest.skip("threads are counted in /proc")
    before = len(list(tasks.iterdir()))
    run_session(open_session(path), np.zeros((64, 120), np.float32))
    assert len(list(tasks.iterdir())) == before


def test_missing_package_is_named(monkeypatch, masked_net, tmp_path):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(OnnxError, match="need the package onnxscript"):
        export_onnx(masked_net, str(tmp_path / "net.onnx"), torch.randn(3, 120))


def test_warnings_are_none(masked_net, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        export_onnx(masked_net, str(tmp_path / "net.onnx"), torch.randn(3, 120))


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads as Linux does")
def test_onnx_runtime_reports_nothing_to_its_makers(tmp_path):
    count = "import labkit, onnxruntime, os; print(len(os.listdir('/proc/self/task')))"
    wishes = {"OMP_NUM_THREADS": "1", "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", count], env=kept | wishes, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1\n", "no thread that sends"
    assert list(tmp_path.iterdir()) == [], "no number of this machine kept"
