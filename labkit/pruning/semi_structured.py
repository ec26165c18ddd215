"""2:4 sparsity: of each four neighbouring weights two stay, a pattern that hardware can use.

Does: masks of that pattern from any scores, and one pruning of linear layers by magnitude. Does
not: the compressed layout itself, which needs a GPU (`torch.sparse.to_sparse_semi_structured`).
Source: Mishra et al. 2021, "Accelerating Sparse Deep Neural Networks", section 3.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from labkit.errors import PruningError
from labkit.metrics.effective import effective_weight

GROUP, KEPT = 4, 2


def two_of_four_mask(scores: Tensor) -> Tensor:
    """Keep the two highest of each four neighbouring scores of a row.

    A row whose length is no multiple of four keeps its last one to three entries whole.

    Example:
        >>> two_of_four_mask(torch.tensor([[4.0, 1.0, 3.0, 2.0]]))
        tensor([[1., 0., 1., 0.]])

    Args:
        scores: Any values [out, in], such as |w|.

    Returns:
        Zeros and ones [out, in].

    Raises:
        PruningError: The scores are no matrix.
    """
    if scores.dim() != 2:
        raise PruningError(
            f"2:4 masks need a matrix [out, in], but came {scores.dim()} dimensions."
        )
    rows, columns = scores.shape
    whole = columns - columns % GROUP
    groups = scores[:, :whole].reshape(rows, whole // GROUP, GROUP)  # [out, groups, 4]
    highest = groups.topk(KEPT, dim=2).indices
    mask = torch.ones_like(scores)
    mask[:, :whole] = torch.zeros_like(groups).scatter_(2, highest, 1.0).reshape(rows, whole)
    return mask


def prune_two_of_four(params_to_prune: Iterable[tuple[nn.Module, str]]) -> None:
    """Prune each weight matrix to the 2:4 pattern by magnitude, in place.

    Args:
        params_to_prune: Pairs of module and parameter name.

    Raises:
        PruningError: A parameter is no matrix.
    """
    for module, name in dict.fromkeys(params_to_prune):
        mask = two_of_four_mask(effective_weight(module, name).abs())
        with torch.no_grad():  # so that the model can be copied afterwards
            prune.custom_from_mask(module, name, mask)
