"""Values that came from a student, believed or explained.

A student's function may return anything. Each function here gives a plain value back or fails with
a sentence that names the kind of value that came, never the value itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import torch

from autograder.boundary.views import FigureView, ModuleView, Opaque

KINDS: list[tuple[type | tuple[type, ...], str]] = [
    (type(None), "nothing (None)"),
    (str, "a text"),
    (bool, "True or False"),
    ((int, float), "a number"),
    (list, "a list"),
    (tuple, "a tuple"),
    (dict, "a dict"),
    (pd.DataFrame, "a DataFrame"),
    (torch.Tensor, "a tensor"),
    (np.ndarray, "an array"),
    (ModuleView, "a model"),
    (FigureView, "a Figure"),
]


def fail(sentence: str) -> NoReturn:
    """Fail the hidden test; the sentence is the student's feedback."""
    raise AssertionError(sentence)


def kind(value: Any) -> str:
    """What kind of value this is, in words of ours: class names are a student's to choose."""
    return next((words for types, words in KINDS if isinstance(value, types)), "another object")


def number(value: Any, what: str) -> float:
    """The value as `float()` gives it.

    Args:
        value: Anything that came from a student.
        what: What it is, such as "`calculate_sparsity`", the subject of the sentence.

    Raises:
        AssertionError: It is no number, or not a finite one.
    """
    found = _as_float(value)
    if found is None:
        fail(f"{what} should be a number, but is {kind(value)}.")
    if not math.isfinite(found):
        fail(f"{what} is not a finite number (nan or inf): is something divided by zero?")
    return found


def _as_float(value: Any) -> float | None:
    if isinstance(value, Opaque):
        return value.as_float
    if isinstance(value, torch.Tensor) and value.layout != torch.strided:
        value = value.to_dense()
    if isinstance(value, (torch.Tensor, np.ndarray)):
        items = value.reshape(-1)
        return float(items[0]) if len(items) == 1 else None
    if isinstance(value, (str, bytes)):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def expect(
    value: Any,
    wanted: float,
    what: str,
    mistakes: Iterable[tuple[float, str]] = (),
    tolerance: float = 0.01,
) -> None:
    """Compare a student's number with the right one; recognise known mistakes.

    Args:
        value: Anything that came from a student.
        wanted: The right number.
        what: What it is, the subject of the sentence.
        mistakes: What each known mistake would give here, and the sentence for it.
        tolerance: How far a right number may be off.

    Raises:
        AssertionError: It is not the right number.
    """
    found = number(value, what)
    if abs(found - wanted) <= tolerance:
        return
    for wrong, sentence in mistakes:
        if abs(found - wrong) <= tolerance:
            fail(sentence)
    fail(f"{what} is too {'high' if found > wanted else 'low'}.")


def table(
    value: Any, columns: Sequence[str], rows: int, what: str, *, exact: bool = True
) -> pd.DataFrame:
    """The value as a DataFrame with these columns and so many rows.

    Args:
        value: Anything that came from a student.
        columns: The columns.
        rows: How many rows.
        what: The function that made it.
        exact: Whether further columns and another order fail, too. One test of a task is enough.

    Raises:
        AssertionError: It is something else.
    """
    if not isinstance(value, pd.DataFrame):
        fail(f"{what} should return a DataFrame, but returned {kind(value)}.")
    names = [name if isinstance(name, str) else None for name in value.columns]
    missing = [name for name in columns if names.count(name) != 1]
    if missing or (exact and names != list(columns)):
        if missing:
            problem = f"{', '.join(missing)} is missing"
        elif sorted(map(str, names)) == sorted(columns):
            problem = "their order differs"
        else:
            problem = "there are others, too"
        fail(f"The columns of {what} should be {', '.join(columns)}; {problem}.")
    if len(value) != rows:
        few = "fewer" if len(value) < rows else "more"
        fail(f"{what} should return {rows} row{'s' * (rows != 1)} here; yours has {few}.")
    return value


def column(frame: pd.DataFrame, name: str) -> list[float]:
    """A column as numbers.

    Raises:
        AssertionError: One of its values is no number.
    """
    return [number(value, f"Each value of `{name}`") for value in frame[name]]
