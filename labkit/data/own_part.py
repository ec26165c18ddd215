"""Which of the training data a student works with, where the course hands out variants."""

from __future__ import annotations

import torch
from torch import Tensor

from labkit.variant import Variant, read_variant


def own_rows(count: int, verbose: bool) -> Tensor | None:
    """Rows [M] of the training data that the variant here keeps, rising; None without a variant.

    Args:
        count: Rows in all, N.
        verbose: Whether to print one line that says whose variant it is.

    Raises:
        VariantError: There is a variant, but it is damaged.
    """
    variant = read_variant()
    if variant is None:
        return None
    rows = kept_rows(variant, count)
    if verbose:
        print(
            f"labkit: variant {variant.mark} of {variant.student}, which leaves out "
            f"{count - len(rows):,} of the {count:,} training inputs"
        )
    return rows


def kept_rows(variant: Variant, count: int) -> Tensor:
    """The rows [M] that a variant keeps of `count`; the seed draws those that it leaves out."""
    left_out = round(count * variant.left_out_percent / 100)
    generator = torch.Generator().manual_seed(variant.seed)
    order = torch.randperm(count, generator=generator)  # [N]
    return order[left_out:].sort().values
