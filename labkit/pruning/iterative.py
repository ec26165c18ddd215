"""The two loops of Lab 1: prune again and again, with and without rewinding and retraining.

Source: Frankle & Carbin 2019, "The Lottery Ticket Hypothesis", section 2 (iterative pruning).
"""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from torch import Tensor, nn

from labkit.metrics.size import calculate_sparse_model_size
from labkit.metrics.sparsity import calculate_sparsity_overall
from labkit.pruning.magnitude import prune_step
from labkit.pruning.masks import effective_copy
from labkit.pruning.rewinding import rewind
from labkit.runs import Row, Run, fingerprint

if TYPE_CHECKING:
    import pandas as pd

Params = Iterable[tuple[nn.Module, str]]
Train = Callable[[nn.Module], object]
Evaluate = Callable[[nn.Module], tuple[float, float]]


def repeated_pruning(
    model: nn.Module,
    params_to_prune: Params,
    evaluate: Evaluate,
    rounds: int = 5,
    amount: float = 0.33,
    *,
    csv_path: str | os.PathLike[str] | None = None,
) -> "pd.DataFrame":
    """Prune a trained model step by step, without any retraining, and measure each step.

    Args:
        model: A trained model without masks; it is pruned in place.
        params_to_prune: Pairs of module and parameter name.
        evaluate: Takes a copy without masks, returns accuracy (percent) and latency (seconds).
        rounds: Number of pruning steps.
        amount: Share of the remaining weights that each step prunes.
        csv_path: Where the table is written as it grows; if it is there already, the run goes on
            where it stopped.

    Returns:
        Columns `iteration, sparsity, accuracy, latency_s, disk_mb`, rows 0 (dense) to `rounds`;
        sparsity in percent of `params_to_prune`, disk in MB of the sparse file.

    Raises:
        RunError: `csv_path` belongs to another run.
    """
    ### BEGIN SOLUTION
    params = list(params_to_prune)
    about = {"kind": "repeated", "amount": amount, "weights": fingerprint(model.state_dict())}
    run = Run(csv_path, model, about)
    for iteration in range(run.resume_(rounds), rounds + 1):
        if iteration > 0:
            prune_step(model, params, amount)
        run.add(measure_row(iteration, model, params, evaluate))
    return run.to_frame()
    ### END SOLUTION


def iterative_magnitude_pruning(
    model: nn.Module,
    init_state: dict[str, Tensor],
    params_to_prune: Params,
    train: Train,
    evaluate: Evaluate,
    rounds: int = 5,
    amount: float = 0.33,
    *,
    csv_path: str | os.PathLike[str] | None = None,
) -> "pd.DataFrame":
    """Train, prune, rewind the survivors to their initial values, train again, and so on.

    Args:
        model: A model without masks, at `init_state`; it is trained and pruned in place.
        init_state: What `save_initial_state` returned.
        params_to_prune: Pairs of module and parameter name.
        train: Trains a model in place; called `rounds + 1` times. For a resumed run to give what
            an undisturbed one gives, it must depend on the model alone, as `labkit.training.train`
            does.
        evaluate: Takes a copy without masks, returns accuracy (percent) and latency (seconds).
        rounds: Number of pruning steps.
        amount: Share of the remaining weights that each step prunes.
        csv_path: Where the table is written as it grows; if it is there already, the run goes on
            where it stopped.

    Returns:
        Columns `iteration, sparsity, accuracy, latency_s, disk_mb`, rows 0 (dense) to `rounds`;
        each row describes the trained model of its round.

    Raises:
        RunError: `csv_path` belongs to another run.
    """
    ### BEGIN SOLUTION
    params = list(params_to_prune)
    run = Run(
        csv_path, model, {"kind": "IMP", "amount": amount, "weights": fingerprint(init_state)}
    )
    for iteration in range(run.resume_(rounds), rounds + 1):
        if iteration > 0:
            prune_step(model, params, amount)  # ranks the trained weights
            rewind(model, init_state)
        train(model)
        run.add(measure_row(iteration, model, params, evaluate))
    return run.to_frame()
    ### END SOLUTION


def measure_row(iteration: int, model: nn.Module, params: Params, evaluate: Evaluate) -> Row:
    """Measure one row of the table on a copy without masks; the model stays as it is.

    Args:
        iteration: The row's number, 0 for the dense model.
        model: A model, pruned or not.
        params: Pairs of module and parameter name that the sparsity is of.
        evaluate: Returns accuracy and latency of the copy.

    Returns:
        Column name to value.
    """
    ### BEGIN SOLUTION
    accuracy, latency_s = evaluate(effective_copy(model))
    return {
        "iteration": iteration,
        "sparsity": calculate_sparsity_overall(model, params),
        "accuracy": float(accuracy),
        "latency_s": float(latency_s),
        "disk_mb": calculate_sparse_model_size(model),
    }
    ### END SOLUTION
