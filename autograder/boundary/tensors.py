"""Tensors in pickles of ours as plain bytes: torch's own way writes a whole file for each.

Does: tensors in dense layout on the CPU, views and gradient flags included. Leaves the rest to
torch. Loading is for the student's side, of what the trusted side wrote.
"""

from __future__ import annotations

import copyreg
from typing import Any

import torch
from torch import Tensor


def tensors_as_bytes() -> dict[type, Any]:
    """A `dispatch_table` for a pickler that writes tensors so."""
    return copyreg.dispatch_table | {Tensor: _reduce}


def _reduce(tensor: Tensor) -> Any:
    plain = tensor.layout == torch.strided and tensor.device.type == "cpu"
    if not plain or tensor.is_quantized or tensor.is_conj() or tensor.is_neg() or vars(tensor):
        return tensor.__reduce_ex__(2)
    whole = torch.empty(0, dtype=torch.uint8).set_(tensor.untyped_storage())
    shape = tensor.shape, tensor.stride(), tensor.storage_offset()
    return rebuild, (whole.numpy().tobytes(), tensor.dtype, *shape, tensor.requires_grad)


def rebuild(
    data: bytes,
    dtype: torch.dtype,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    offset: int,
    requires_grad: bool,
) -> Tensor:
    """The tensor of which these are the bytes, with a storage of its own."""
    whole = torch.empty(len(data), dtype=torch.uint8)
    if data:
        whole.copy_(torch.frombuffer(bytearray(data), dtype=torch.uint8))
    tensor = torch.empty(0, dtype=dtype).set_(whole.untyped_storage(), offset, size, stride)
    return tensor.requires_grad_(requires_grad)
