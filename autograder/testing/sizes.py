"""File sizes that count as right: each sparse layout is judged against its own size."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

Make = Callable[[torch.Tensor], torch.Tensor]
State = dict[str, torch.Tensor]


def _narrow_csr(weight: torch.Tensor) -> torch.Tensor:
    """CSR with 4-byte positions."""
    csr = weight.to_sparse_csr()
    rows, columns = csr.crow_indices().int(), csr.col_indices().int()
    return torch.sparse_csr_tensor(rows, columns, csr.values(), csr.shape)


LAYOUTS: list[Make] = [
    lambda weight: weight.to_sparse(),
    lambda weight: weight.to_sparse().clone(),
    lambda weight: weight.to_sparse_csr(),
    lambda weight: weight.to_sparse_csr().clone(),
    lambda weight: weight.to_sparse_csc(),
    lambda weight: weight.to_sparse_csc().clone(),
    lambda weight: weight.to_sparse_bsr((1, 1)),
    lambda weight: weight.to_sparse_bsc((1, 1)),
    _narrow_csr,
]


def saved_mb(value: Any) -> float:
    """MB (10**6 bytes) that `torch.save` writes."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getbuffer().nbytes / 1e6


def dense_sizes_mb(state: State) -> list[float]:
    """The size of a file without sparse tensors."""
    return [saved_mb({name: tensor.detach().clone() for name, tensor in state.items()})]


def coo_size_mb(state: State, sparse: set[str]) -> float:
    """The size of a file where the named tensors are sparse, in torch's plain layout."""
    return saved_mb(_with_sparse(state, sparse, LAYOUTS[0]))


def sparse_sizes_mb(state: State, pruned: set[str]) -> Iterator[float]:
    """Every size that counts as right for a model with these effective values, usual ones first.

    Each is found by saving the model, so only when it is asked for.

    Args:
        state: Effective values by plain name.
        pruned: The names of the weights that must be sparse; others may be, too.
    """
    matrices = {name for name, tensor in state.items() if tensor.dim() == 2}
    for sparse in (pruned, matrices):
        for make in LAYOUTS:
            yield saved_mb(_with_sparse(state, sparse, make))
    yield saved_mb(_with_sparse(state, set(state), LAYOUTS[0]))


def _with_sparse(state: State, names: set[str], make: Make) -> State:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls some layouts beta
        return {
            name: make(tensor) if name in names and tensor.dim() else tensor.clone()
            for name, tensor in state.items()
        }


def is_size(size_mb: float, accepted: Iterable[float]) -> bool:
    """Whether a size is within 1 % and 2 kB of one that counts as right."""
    return any(abs(size_mb - right) <= 0.01 * right + 0.002 for right in accepted)
