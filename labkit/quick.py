"""Quick runs: just enough work to see that a notebook runs and that its functions are right.

Grading sets `LABKIT_QUICK=1`, and anybody may, to try a notebook in seconds. Does: make the labs'
own networks narrow, end each epoch of `labkit.training.train` early, evaluate on the first batches
of a test set, time a latency by few passes, say so once. Does not: change data, the number of
epochs, or a network or training loop that somebody wrote themselves.
"""

import functools
import itertools
import os
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

BATCHES = 16  # of an epoch: two epochs of Exercise 2's narrow network bring it to 80 % or more
TEST_BATCHES = 3  # that a model is evaluated on: 192 images give its accuracy within 5 points or so
WIDTH = 136  # of hidden layers; nobody's choice, so that it is not taken for a model of their own
WARMUP, REPEATS = 0, 1  # forward passes of a latency; evaluating went before


def is_quick() -> bool:
    """Whether `LABKIT_QUICK` asks for a quick run."""
    return os.environ.get("LABKIT_QUICK", "0") not in ("", "0")


def width_of(hidden_size: int) -> int:
    """How wide the hidden layers of a lab's network are.

    Args:
        hidden_size: Their width in a whole run.
    """
    return min(hidden_size, WIDTH) if is_quick() else hidden_size


def batches_of(count: int) -> int:
    """How many of an epoch's batches are trained on.

    Args:
        count: The batches of a whole epoch.
    """
    return min(count, BATCHES) if is_quick() else count


def first(batches: Iterable[Item], most: int) -> Iterator[Item]:
    """Yield all batches, or in a quick run the first ones; there it says once that it ends early.

    Args:
        batches: A loader.
        most: How many of them a quick run takes.
    """
    if not is_quick():
        return iter(batches)
    announce()
    return itertools.islice(batches, most)


def passes_of(warmup: int, repeats: int) -> tuple[int, int]:
    """How many forward passes a latency takes: before the clock starts, and timed."""
    return (min(warmup, WARMUP), min(repeats, REPEATS)) if is_quick() else (warmup, repeats)


@functools.cache
def announce() -> None:
    """Say once in a process that this is a quick run."""
    print(
        f"labkit: quick run, as in grading: networks are {WIDTH} units wide, each epoch ends after "
        f"{BATCHES} batches, each test set after {TEST_BATCHES}, each latency is one pass. The "
        "numbers are rougher than yours; no points depend on them."
    )
