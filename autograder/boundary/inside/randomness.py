"""The state of the random generators: Python draws a new seed in each fork, torch and NumPy do not.

So a copy of a notebook's process is given the state that the notebook had at the check.
"""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import numpy as np
import torch


class RandomState(NamedTuple):
    """What the three global generators will draw next."""

    python: Any
    numpy: Any
    torch: torch.Tensor


def random_state() -> RandomState:
    """That of this process now."""
    return RandomState(random.getstate(), np.random.get_state(), torch.get_rng_state())


def restore_random_state(state: RandomState) -> None:
    """Draw from here on what that state draws."""
    random.setstate(state.python)
    np.random.set_state(state.numpy)
    torch.set_rng_state(state.torch)
