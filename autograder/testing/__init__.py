"""What hidden tests are written with: markers, random nets, independent formulas, sentences.

A hidden test is an ordinary pytest function on the trusted side. It draws its inputs from `rng`,
calls the student's functions through `student`, and fails with an `AssertionError` whose text is
the student's feedback. So no text here ever holds an input, an expected value or a student's value.
"""

from __future__ import annotations

import pytest

from autograder.testing.drawing import drawn_once
from autograder.testing.formulas import (
    effective_state,
    masked_names,
    percent_zero,
    weight_names,
    weight_of,
)
from autograder.testing.nets import (
    between,
    ffn,
    mask_,
    mask_randomly_,
    noise,
    pairs_of,
    plain_net,
    share,
    tied_ffn,
)
from autograder.testing.recorders import Evaluator, Trainer
from autograder.testing.runs import (
    COLUMNS,
    check_rows,
    check_schedule,
    check_seen_models,
    check_sizes,
    check_table,
    is_alive,
    models_of_rows,
)
from autograder.testing.sizes import coo_size_mb, dense_sizes_mb, is_size, saved_mb, sparse_sizes_mb
from autograder.testing.values import column, expect, fail, kind, number, table

__all__ = [
    "COLUMNS",
    "Evaluator",
    "Trainer",
    "between",
    "check_rows",
    "check_schedule",
    "check_seen_models",
    "check_sizes",
    "check_table",
    "column",
    "coo_size_mb",
    "dense_sizes_mb",
    "drawn_once",
    "effective_state",
    "expect",
    "fail",
    "ffn",
    "is_alive",
    "is_size",
    "kind",
    "mask_",
    "mask_randomly_",
    "masked_names",
    "models_of_rows",
    "noise",
    "number",
    "pairs_of",
    "percent_zero",
    "plain_net",
    "saved_mb",
    "share",
    "sparse_sizes_mb",
    "table",
    "task",
    "tied_ffn",
    "weight_names",
    "weight_of",
]

task = pytest.mark.task
"""Marks a test: `@task("ex2-prune-check", points=0.125)`."""
