"""How much each part of a network minds being pruned: one part at a time, the others dense.

Source: Li, Kadav, Durdanovic, Samet & Graf 2017, "Pruning Filters for Efficient ConvNets",
section 3.2 (sensitivity of single layers).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    import pandas as pd

Params = Sequence[tuple[nn.Module, str]]
Evaluate = Callable[[nn.Module], tuple[float, float]]
SCAN_COLUMNS = ["component", "ratio", "accuracy", "size_mb", "latency_s"]


def sensitivity_scan(
    model: nn.Module, groups: Mapping[str, Params], ratios: Sequence[float], evaluate: Evaluate
) -> "pd.DataFrame":
    """Prune each group alone, at each ratio, and measure.

    Each cell of the table starts from a fresh copy of the dense model. In it, the share `ratio` of
    the group's weights with the smallest |w| goes; all other weights stay.

    Args:
        model: A trained model without masks; it stays as it is.
        groups: Component name to pairs of module and parameter name.
        ratios: Shares from 0 to 1.
        evaluate: Takes a copy without masks, returns accuracy (percent) and latency (seconds).

    Returns:
        Columns `component, ratio, accuracy, size_mb, latency_s`; for each component, one row for
        each ratio. The size is that of the sparse file, in MB.
    """
    ### BEGIN SOLUTION
    import copy

    import pandas as pd

    from labkit.metrics.size import calculate_sparse_model_size
    from labkit.pruning.magnitude import prune_step
    from labkit.pruning.masks import effective_copy

    rows = []
    for component in groups:
        for ratio in ratios:
            pruned, copies = copy.deepcopy((model, dict(groups)))  # one copy: pairs fit the model
            prune_step(pruned, copies[component], float(ratio))
            accuracy, latency_s = evaluate(effective_copy(pruned))
            size_mb = calculate_sparse_model_size(pruned)
            rows.append((component, float(ratio), float(accuracy), size_mb, float(latency_s)))
    return pd.DataFrame(rows, columns=SCAN_COLUMNS)
    ### END SOLUTION


def layer_groups(model: nn.Module, params: Params) -> dict[str, Params]:
    """Make each layer a group of its own, named as in the model.

    Args:
        model: The model that the parameters belong to.
        params: Pairs of module and parameter name.

    Returns:
        Layer name to a list of one pair.
    """
    names = {module: name for name, module in model.named_modules()}
    return {names[module]: [(module, name)] for module, name in params}
