"""How fast this machine trains a data set's network, and how much data it found.

Does: time a few training steps on noise, read the headers of data files. Does not: touch the
global random generators, or read the data.
"""

from __future__ import annotations

import functools
import time
from pathlib import Path
from typing import NamedTuple

from labkit.guide.long_cells import EPOCHS, STEP_S, LongCell

BATCH = 64
CALIBRATION_S = (0.05, 0.25)  # for data that take seconds, for data that take minutes
SMALL = 10_000  # inputs
LATENCY_REPEATS = 60  # forward passes that one measurement of the latency takes
# What a step costs beside the bare network: batches, the progress bar, masks. Measured.
TRAINING, MASKED, EVALUATION = 1.15, 1.5, 1.5


class Speed(NamedTuple):
    """Median seconds of one training step and of one forward pass, on a batch of 64."""

    step_s: float
    forward_s: float


class DataSize(NamedTuple):
    """How many inputs were found, and in words which data they are."""

    train: int
    test: int
    words: str


def expected_seconds(cell: LongCell, dataset: str) -> float:
    """Seconds that a long cell will take here.

    Raises:
        DataError: The data set is unknown, or there is none.
    """
    size = data_size(dataset)
    speed = measured_speed(dataset, CALIBRATION_S[size.train > SMALL])
    training = EPOCHS * -(-size.train // BATCH) * speed.step_s
    evaluation = (-(-size.test // BATCH) + LATENCY_REPEATS) * speed.forward_s
    other = cell.seconds * speed.step_s / STEP_S[dataset]
    trainings = TRAINING * cell.trainings + MASKED * cell.masked
    return trainings * training + EVALUATION * cell.evaluations * evaluation + other


@functools.cache
def measured_speed(dataset: str, calibration_s: float = CALIBRATION_S[1]) -> Speed:
    """Time a few steps of training the data set's network, once in a process.

    Args:
        dataset: Its name.
        calibration_s: About how long to measure; five steps at least.

    Raises:
        DataError: The data set is unknown.
    """
    import torch

    from labkit.data.by_name import model_settings
    from labkit.models.ffn import FFN

    settings = model_settings(dataset)
    generator = torch.Generator().manual_seed(0)
    inputs = torch.rand(BATCH, settings["input_size"], generator=generator)  # [B, D]
    with torch.random.fork_rng(devices=[]):
        model = FFN(**settings)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    steps: list[float] = []
    forwards: list[float] = []
    begin = time.perf_counter()
    while len(steps) < 5 or (time.perf_counter() - begin < calibration_s and len(steps) < 20):
        start = time.perf_counter()
        with torch.enable_grad():
            loss = model(inputs).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        middle = time.perf_counter()
        with torch.no_grad():
            model(inputs)
        steps.append(middle - start)
        forwards.append(time.perf_counter() - middle)
    return Speed(_median(steps[1:]), _median(forwards[1:]))


def data_size(dataset: str) -> DataSize:
    """Which data a notebook would find, without reading them.

    Raises:
        DataError: The data set is unknown, or there is none.
    """
    from labkit.data.by_name import checked_name

    return _mnist_size() if checked_name(dataset) == "mnist" else _sst2_size()


def _mnist_size() -> DataSize:
    from labkit.data import mnist
    from labkit.data.places import STAND_IN, is_stand_in

    root = mnist.find_mnist()
    train, test = (_idx_count(root / "MNIST" / "raw" / mnist.FILES[i]) for i in (1, 3))
    small = is_stand_in(root / "MNIST", STAND_IN)
    return DataSize(train, test, _words("MNIST", (train, test) == mnist.FULL_COUNTS, small))


def _sst2_size() -> DataSize:
    from labkit.data import sst2
    from labkit.data.places import STAND_IN_REVIEWS, is_stand_in

    root = sst2.find_sst2()
    folder = next(f for name in sst2.FOLDERS if (f := root / name).is_dir())
    train, test = ((folder / name).read_bytes().count(b"\n") - 1 for name in sst2.FILES)
    small = is_stand_in(folder, STAND_IN_REVIEWS)
    return DataSize(train, test, _words("SST-2", (train, test) == sst2.FULL_COUNTS, small))


def _idx_count(labels: Path) -> int:
    """How many labels a file says that it has: an idx file begins with its kind and its length."""
    with labels.open("rb") as file:
        return int.from_bytes(file.read(8)[4:], "big")


def _words(name: str, full: bool, small: bool) -> str:
    if small:
        return f"the small offline stand-in for {name}"
    return f"the full {name}" if full else f"a part of {name}"


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
