"""What hidden tests of data-aware pruning need: uneven inputs, magnitude's masks to differ from.

Nothing here knows a particular method: any criterion that follows the handout passes.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from autograder.testing.nets import between, mask_randomly_, noise, pairs_of

Batch = tuple[torch.Tensor, torch.Tensor]
Groups = list[list[torch.Tensor]]


def uneven_batch(rng: torch.Generator, inputs: int, classes: int) -> Batch:
    """Inputs [B, D] whose features differ a hundredfold in size, in random order, and labels [B].

    Args:
        rng: Where everything is drawn from.
        inputs: Number of features D.
        classes: Labels are 0 to classes - 1.
    """
    size = torch.logspace(-1, 1, inputs)[torch.randperm(inputs, generator=rng)]
    count = between(rng, 40, 60)
    labels = torch.randint(0, classes, (count,), generator=rng)
    return noise(rng, count, inputs) * size, labels


def half_masked_(rng: torch.Generator, model: nn.Module) -> None:
    """Mask about half of each weight at random, as an earlier step might have."""
    for module, _ in pairs_of(model):
        mask_randomly_(rng, module, 0.35 + 0.2 * float(torch.rand((), generator=rng)))


def split(tensors: Sequence[torch.Tensor]) -> dict[str, Groups]:
    """The groups in which a method may rank: all tensors together, each of them, each row.

    Args:
        tensors: Of the same layers, [out, in] each.

    Returns:
        For each way of grouping its groups, each as the list of the parts that it is made of.
    """
    return {
        "all": [list(tensors)],
        "layer": [[tensor] for tensor in tensors],
        "row": [[row] for tensor in tensors for row in tensor],
    }


def joined(group: Sequence[torch.Tensor]) -> torch.Tensor:
    """A group as one vector."""
    return torch.cat([part.reshape(-1) for part in group])


def counts_fit(
    alive: Sequence[torch.Tensor], kept: Sequence[torch.Tensor], amount: float, slack: float = 1.0
) -> bool:
    """Whether the share `amount` of what remained went, in one of the allowed groupings.

    Args:
        alive: Which weights were left before [out, in], one tensor for each layer.
        kept: Which are left afterwards.
        amount: The share that should go.
        slack: How many weights a group may be off.
    """
    before, after = split(alive), split(kept)
    return any(
        all(
            _fits(joined(b), joined(a), amount, slack)
            for b, a in zip(before[way], after[way], strict=True)
        )
        for way in before
    )


def _fits(before: torch.Tensor, after: torch.Tensor, amount: float, slack: float) -> bool:
    left = int(before.sum())
    return abs(left - int(after.sum()) - amount * left) <= slack


def likeness_to_magnitude(
    weights: Sequence[torch.Tensor], alive: Sequence[torch.Tensor], kept: Sequence[torch.Tensor]
) -> float:
    """How much of what went would have gone by |w| too, in the grouping that is most alike.

    Args:
        weights: Effective weights before the step, one tensor for each layer.
        alive: Which of them were left before.
        kept: Which are left afterwards.

    Returns:
        A share from 0 to 1; 1 where the step is magnitude pruning.
    """
    groups, before, after = split(weights), split(alive), split(kept)
    shares = []
    for way in groups:
        same = gone_in_all = 0
        total = sum(int(joined(b).sum() - joined(a).sum()) for b, a in
                    zip(before[way], after[way], strict=True))  # fmt: skip
        rate = total / max(1, sum(int(joined(b).sum()) for b in before[way]))
        for w, b, a in zip(groups[way], before[way], after[way], strict=True):
            size = joined(w).abs().masked_fill(~joined(b), torch.inf)
            count = round(rate * int(joined(b).sum()))
            smallest = torch.zeros_like(joined(b))
            smallest[size.argsort()[:count]] = True
            gone = joined(b) & ~joined(a)
            same += int((gone & smallest).sum())
            gone_in_all += int(gone.sum())
        shares.append(same / max(1, gone_in_all))
    return max(shares)
