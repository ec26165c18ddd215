"""Checks that the two pruning loops (2.4 and 2.5) have in common."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import pandas as pd
import torch

from autograder.boundary.views import ModuleView, same_bits
from autograder.testing.formulas import percent_zero
from autograder.testing.recorders import Evaluator
from autograder.testing.sizes import dense_sizes_mb, is_size, saved_mb, sparse_sizes_mb
from autograder.testing.values import column, expect, fail, table

COLUMNS = ["iteration", "sparsity", "accuracy", "latency_s", "disk_mb"]
STORED = 1e-6  # accuracy and latency are stored as returned


def is_alive(model: ModuleView, names: Sequence[str]) -> torch.Tensor:
    """Which of the named weights are not zero, in one long vector."""
    if any(name not in model.effective for name in names):
        fail("A layer is missing in the model: prune it in place, and hand on a copy of it.")
    return torch.cat([model.effective[name].reshape(-1) != 0 for name in names])


def check_table(frame: object, rounds: int, name: str) -> pd.DataFrame:
    """Fail unless the frame has the right columns, rows, and numbers in them."""
    checked = table(frame, COLUMNS, rounds + 1, name)
    for title in COLUMNS:
        column(checked, title)
    iterations = column(checked, "iteration")
    assert iterations == list(range(rounds + 1)), "`iteration` should count from 0 to `rounds`."
    return checked


def check_schedule(frame: pd.DataFrame, total: int, amount: float) -> None:
    """Fail unless each round prunes `amount` of what remained; one weight a step may differ."""
    left = total
    for iteration, value in enumerate(column(frame, "sparsity")):
        if iteration:
            left -= round(amount * left)
        wanted = 100 * (1 - left / total)
        once = 100 * (1 - round((1 - amount) * total) / total)
        one_more = 100 * (1 - (1 - amount) * left / total)
        of_all = 100 * iteration * amount
        per_weight = 100 / total
        mistakes = [
            (wanted / 100, "The column `sparsity` should be in percent from 0 to 100."),
            (100 - wanted, "The column `sparsity` holds the share that is left, not the zeros."),
        ]
        if iteration == 0:
            mistakes += [(once, "Row 0 describes the model before any pruning: sparsity 0.")]
        else:
            mistakes += [
                (0.0, "The column `sparsity` stays at 0: is the model really pruned, in place?"),
                (of_all, "Each round prunes `amount` of the weights that remain, not of all."),
                (once, "Sparsity does not grow after round 1: do the masks survive a round?"),
                (one_more, "The column `sparsity` is one round ahead."),
            ]  # fmt: skip
        what = f"The sparsity in row {iteration} (of the weights in `params_to_prune`)"
        expect(value, wanted, what, mistakes, tolerance=iteration * per_weight + 0.01)


def check_seen_models(evaluator: Evaluator, rows: int) -> None:
    """Fail unless `evaluate` was given models without masks, often enough."""
    evaluator.check(at_least=rows)
    for model in evaluator.seen:
        if model.masks or any(name.endswith("_orig") for name in model.parameters):
            fail("`evaluate` was given a model with masks: give it a copy without them.")


def models_of_rows(frame: pd.DataFrame, evaluator: Evaluator) -> list[ModuleView]:
    """The model that each row describes: that for which `evaluate` returned its numbers.

    Raises:
        AssertionError: A row holds numbers that `evaluate` did not return.
    """
    evaluator.check(at_least=1)
    models = {}
    for position, name in enumerate(("accuracy", "latency_s")):
        for row, found in enumerate(column(frame, name)):
            calls = _calls(evaluator, position, found)
            if not calls:
                swapped = _calls(evaluator, 1 - position, found)
                why = ": accuracy and latency are swapped" if swapped else ""
                fail(f"`{name}` is not what `evaluate` returned, unchanged{why}.")
            models[name, row] = evaluator.seen[calls[0]]
    for row in range(len(frame)):
        one, other = models["accuracy", row].effective, models["latency_s", row].effective
        if one.keys() != other.keys() or any(not same_bits(one[n], other[n]) for n in one):
            fail("`accuracy` and `latency_s` of a row belong to different models.")
    return [models["accuracy", row] for row in range(len(frame))]


def _calls(evaluator: Evaluator, position: int, found: float) -> list[int]:
    """The calls of `evaluate` that returned this number."""
    answers = enumerate(evaluator.answers)
    return [call for call, answer in answers if abs(answer[position] - found) <= STORED]


def check_rows(frame: pd.DataFrame, evaluator: Evaluator, names: Sequence[str]) -> None:
    """Fail unless each row holds what `evaluate` returned for the model of that row."""
    sparsity = column(frame, "sparsity")
    for row, model in enumerate(models_of_rows(frame, evaluator)):
        if abs(_sparsity(model, names) - sparsity[row]) > 0.01:
            fail(
                f"In row {row}, `accuracy` and `sparsity` belong to different models: "
                "measure everything in a row at the same point of the loop."
            )


def _sparsity(model: ModuleView, names: Sequence[str]) -> float:
    """Percent of zeros among the named weights; 0 where a model has none of them."""
    weights = [model.effective[name] for name in names if name in model.effective]
    return percent_zero(weights) if weights else 0.0


def check_sizes(frame: pd.DataFrame, evaluator: Evaluator, names: Sequence[str]) -> None:
    """Fail unless `disk_mb` is the sparse size of the model of each row; row 0 may be dense."""
    evaluator.check(at_least=len(frame))
    sparsity = column(frame, "sparsity")
    for row, size_mb in enumerate(column(frame, "disk_mb")):
        models = [
            model.effective
            for model in evaluator.seen
            if abs(_sparsity(model, names) - sparsity[row]) <= 0.01
        ]
        accepted = (size for model in models for size in sparse_sizes_mb(model, set(names)))
        dense = [size for model in models for size in dense_sizes_mb(model)]
        if is_size(size_mb, chain(dense if row == 0 else [], accepted)):
            continue
        if not models:
            fail(f"In row {row}, `sparsity` belongs to no model that `evaluate` saw.")
        if is_size(size_mb, dense):
            fail(
                "`disk_mb` is the size of a dense file: save the pruned weights as sparse tensors."
            )
        if is_size(size_mb, [_with_masks_mb(model, names) for model in models]):
            fail("`disk_mb` is the size with masks: the reparameterization has to go first.")
        fail(
            f"`disk_mb` in row {row} is not the size of that row's model: "
            "use your `calculate_sparse_model_size` after pruning, in MB."
        )


def _with_masks_mb(state: dict[str, torch.Tensor], names: Sequence[str]) -> float:
    masks = {f"{name}_mask": torch.ones_like(state[name]) for name in names if name in state}
    return saved_mb({name: tensor.clone() for name, tensor in state.items()} | masks)
