"""Fixtures: the offline data by default, small models of very unequal layers."""

import os
from pathlib import Path

import pytest
import torch
from torch import nn

from labkit.data import TensorLoader, load_mnist
from labkit.data.mnist import has_mnist
from labkit.data.sst2 import has_sst2
from labkit.models import FFN

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = ROOT / "data" / "digits"
REAL_DATA = os.environ.get("LABKIT_DATA", "")


@pytest.fixture(autouse=True)
def _offline_data(monkeypatch):
    """Every test runs on the committed digits unless it asks for other data."""
    monkeypatch.setenv("LABKIT_DATA", str(STAND_IN))


@pytest.fixture(autouse=True)
def _one_thread():
    """Small models gain nothing from threads, and lose much where cores are shared."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def real_data():
    """The folder of the full MNIST; the test is skipped where LABKIT_DATA has none."""
    return real_folder(has_mnist, "MNIST")


@pytest.fixture
def real_sst2():
    """The folder of the full SST-2; the test is skipped where LABKIT_DATA has none."""
    return real_folder(has_sst2, "SST-2")


def real_folder(holds, title):
    folder = next((b / REAL_DATA for b in (Path.cwd(), ROOT) if (b / REAL_DATA).is_dir()), None)
    if not REAL_DATA or folder is None or not holds(folder):
        pytest.skip(f"LABKIT_DATA names no folder with the full {title}")
    return folder


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(20)


@pytest.fixture
def model(generator):
    """An FFN with layers of unequal size and scale: 16-24-24-3."""
    net = FFN(24, 16, 3, num_layers=2)
    with torch.no_grad():
        for scale, param in enumerate(net.parameters(), start=1):
            param.copy_(torch.randn(param.shape, generator=generator) * scale)
    return net


@pytest.fixture
def loader(generator):
    """100 images in batches of 16: the last batch is smaller."""
    images = torch.rand(100, 16, generator=generator)
    labels = (images[:, :3]).argmax(dim=1)
    return TensorLoader(images, labels, batch_size=16, shuffle=True, seed=3)


@pytest.fixture(scope="session")
def digits():
    return load_mnist(data_dir=STAND_IN, verbose=False)


class TiedNet(nn.Module):
    """The same layer used twice, with a BatchNorm between and an exact zero in the weights."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 8)
        self.again = self.first
        self.norm = nn.BatchNorm1d(8)
        self.out = nn.Linear(8, 2)

    def forward(self, x):
        return self.out(self.norm(self.again(torch.relu(self.first(x)))))


@pytest.fixture
def tied(generator):
    net = TiedNet()
    with torch.no_grad():
        for param in net.parameters():
            param.copy_(torch.randn(param.shape, generator=generator))
    return net
