"""8-bit weights: how to make them, and how few bytes a pruned and quantized model takes.

Does: symmetric quantization of one weight, and a file format for weights that are sparse, too. Does
not: compute with integers, or quantize activations; torchao does, the successor of
`torch.ao.quantization.quantize_dynamic`.
Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference"; pruned and quantized: Han, Mao & Dally 2016, "Deep Compression".
"""

import io
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from labkit.errors import PruningError

LARGEST = 127
Quantized = tuple[Tensor, float]


def quantize_weight(weight: Tensor) -> Quantized:
    """Round a weight to whole multiples of `scale = max|w| / 127`, symmetrically; zeros stay zero.

    Example:
        >>> quantize_weight(torch.tensor([1.27, 0.0, -0.5]))[0].tolist()
        [127, 0, -50]

    Args:
        weight: Floating-point values of any shape; it is not changed.

    Returns:
        Whole numbers from -127 to 127 as int8, and the scale, above 0. `q * scale` is at most half
        a scale away from the weight.
    """
    ### BEGIN SOLUTION
    largest = float(weight.detach().abs().max()) if weight.numel() else 0.0
    scale = largest / LARGEST or 1.0
    whole = (weight.detach() / scale).round().clamp(-LARGEST, LARGEST)
    return whole.to(torch.int8), scale
    ### END SOLUTION


def pack(q: Tensor, scale: float) -> dict[str, object]:
    """Bring a quantized weight into the form in which the file holds it.

    Args:
        q: Whole numbers, int8, any shape.
        scale: What they are multiples of.

    Returns:
        `shape`, `scale`, `bits` (one bit for each entry, 1 where it is not zero, eight to a byte)
        and `values` (a byte for each entry that is not zero).

    Raises:
        PruningError: `q` is not int8.
    """
    if q.dtype != torch.int8:
        raise PruningError(f"A quantized weight should be int8, but is {q.dtype}.")
    flat = q.detach().cpu().flatten()
    bits = np.packbits((flat != 0).numpy())
    return {
        "shape": tuple(q.shape),
        "scale": float(scale),
        "bits": torch.from_numpy(bits),
        "values": flat[flat != 0].clone(),
    }


def unpack(packed: Mapping[str, object]) -> Quantized:
    """Undo `pack`: the same whole numbers and scale.

    Args:
        packed: What `pack` returned.
    """
    shape, scale, bits, values = (packed[name] for name in ("shape", "scale", "bits", "values"))
    assert isinstance(shape, tuple)
    assert isinstance(scale, float)
    assert isinstance(bits, Tensor)
    assert isinstance(values, Tensor)
    count = int(np.prod(shape))
    q = torch.zeros(count, dtype=torch.int8)
    q[torch.from_numpy(np.unpackbits(bits.numpy(), count=count).astype(bool))] = values
    return q.reshape(shape), scale


def quantized_size_mb(quantized: Mapping[str, Quantized | Tensor]) -> float:
    """MB (10⁶ bytes) of a model with quantized weights, as really written by `torch.save`.

    A weight costs one bit for each entry and one byte for each entry that is not zero, so both
    pruning and quantization save bytes. Everything else is written as it is.

    Example:
        A weight of 1000×1000 entries with 100,000 left takes 0.125 + 0.1 = 0.225 MB; 4.0 MB as
        dense floats, 2.0 MB as sparse floats.

    Args:
        quantized: By the names of the unpruned `state_dict()`: a pair (q, scale) for each quantized
            weight, a tensor for everything else.

    Returns:
        Megabytes (10⁶ bytes).

    Raises:
        PruningError: A value is neither a tensor nor a pair (int8 tensor, scale).
    """
    written: dict[str, object] = {}
    for name, value in quantized.items():
        if isinstance(value, Tensor):
            written[name] = value.detach().clone()  # only its own values, no larger buffer
        elif isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], Tensor):
            written[name] = pack(*value)
        else:
            raise PruningError(
                f"{name} should be a tensor or a pair (int8 tensor, scale), but is a "
                f"{type(value).__name__}."
            )
    buffer = io.BytesIO()
    torch.save(written, buffer)
    return buffer.getbuffer().nbytes / 1e6
