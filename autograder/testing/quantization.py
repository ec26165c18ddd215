"""Independent formulas for 8-bit weights, and which models `evaluate` saw for which column."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import torch

from autograder.boundary.views import ModuleView
from autograder.testing.recorders import Evaluator
from autograder.testing.values import column, fail, kind, number
from labkit.runtimes.quantization import quantized_size_mb

State = dict[str, torch.Tensor]
STORED = 1e-6


def step_of(weight: torch.Tensor) -> float:
    """The scale of a weight: max|w| / 127."""
    return float(weight.double().abs().max()) / 127


def quantized(value: object) -> tuple[torch.Tensor, float]:
    """What `quantize_weight` returned, as an int8 tensor and a number.

    Raises:
        AssertionError: It is something else.
    """
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        fail(f"`quantize_weight` should return a pair (q, scale), but returned {kind(value)}.")
    q, scale = value
    if not isinstance(q, torch.Tensor):
        fail(f"`q` should be a tensor, but is {kind(q)}.")
    if q.dtype != torch.int8:
        fail("`q` should be of dtype `torch.int8`.")
    found = number(scale, "`scale`")
    if found <= 0:
        fail("`scale` should be above 0.")
    return q, found


def packed_mb(state: State, names: Sequence[str]) -> float:
    """The size of the given file format for a float model, its named weights quantized.

    Args:
        state: Effective values by plain name.
        names: The weights that are quantized.
    """
    content: dict[str, torch.Tensor | tuple[torch.Tensor, float]] = dict(state)
    for name in names:
        scale = step_of(state[name]) or 1.0
        content[name] = (state[name] / scale).round().clamp(-127, 127).to(torch.int8), scale
    return quantized_size_mb(content)


def models_of(frame: pd.DataFrame, name: str, evaluator: Evaluator) -> list[ModuleView]:
    """The model for which `evaluate` returned the accuracy in each row of a column.

    Raises:
        AssertionError: A value is not what `evaluate` returned.
    """
    evaluator.check(at_least=1)
    found = []
    for value in column(frame, name):
        calls = [i for i, a in enumerate(evaluator.answers) if abs(a[0] - value) <= STORED]
        if not calls:
            latency = any(abs(a[1] - value) <= STORED for a in evaluator.answers)
            why = ": its first value is the accuracy" if latency else ""
            fail(f"`{name}` is not what `evaluate` returned, unchanged{why}.")
        found.append(evaluator.seen[calls[0]])
    return found
