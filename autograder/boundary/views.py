"""Plain data as values that a hidden test can use: the trusted side of `plain`.

Everything here came from a student's process, so each map is checked before it is believed:
known types only, sizes that agree, numbers that are numbers. Nothing is unpickled or evaluated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from autograder.boundary.plain import Encoder

DTYPES = frozenset("bool uint8 int8 int16 int32 int64 float16 float32 float64".split())
MAX_DIMENSIONS = 8
LONGEST_NAME = 60  # of a class: it may be shown


class BadClaim(ValueError):
    """What came from the student's process is not plain data as `plain` writes it."""


@dataclass(frozen=True)
class Opaque:
    """A value without a plain form: its class, and its `float()` where it has one."""

    class_name: str
    as_float: float | None


@dataclass(frozen=True)
class ModuleView:
    """What can be seen of a module: its state and settings, not its code.

    Attributes:
        class_name: The name of its class.
        path: Where it stands among the arguments of the call, such as `args[0].layers.1`.
        training: The mode of each submodule, by name.
        classes: The class name of each submodule, by name.
        hooks: How many hooks hang on each submodule, by name.
        requires_grad: By parameter name.
        parameters: Parameter tensors by name; shared ones appear under each of their names.
        buffers: Buffers by name; pruning masks are those that end in `_mask`.
    """

    class_name: str
    path: str | None
    training: dict[str, bool]
    classes: dict[str, str]
    hooks: dict[str, int]
    requires_grad: dict[str, bool]
    parameters: dict[str, torch.Tensor]
    buffers: dict[str, torch.Tensor]

    @property
    def masks(self) -> dict[str, torch.Tensor]:
        """Pruning masks, keyed by the name of the weight that they mask."""
        return {
            name.removesuffix("_mask"): buffer
            for name, buffer in self.buffers.items()
            if name.endswith("_mask")
        }

    @property
    def effective(self) -> dict[str, torch.Tensor]:
        """Parameters as the forward pass uses them: `weight_orig * weight_mask` as `weight`."""
        masks = self.masks
        tensors = {}
        for name, tensor in self.parameters.items():
            plain_name = name.removesuffix("_orig")
            masked = name.endswith("_orig") and plain_name in masks
            tensors[plain_name if masked else name] = (
                tensor * masks[plain_name] if masked else tensor
            )
        return tensors

    def differences(self, other: ModuleView) -> list[str]:
        """What differs between two views of a module, in words; empty when nothing does."""
        found = []
        for what, mine, theirs in (
            ("parameters", self.parameters, other.parameters),
            ("buffers and masks", self.buffers, other.buffers),
        ):
            if mine.keys() != theirs.keys() or any(
                not same_bits(mine[name], theirs[name]) for name in mine
            ):
                found.append(what)
        for what in ("training", "hooks", "requires_grad", "classes"):
            if getattr(self, what) != getattr(other, what):
                found.append({"training": "training mode"}.get(what, what))
        return found


@dataclass(frozen=True)
class LineView:
    """One line of a plot."""

    label: str
    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class AxesView:
    """One panel of a figure."""

    title: str
    xlabel: str
    ylabel: str
    legend: list[str]
    lines: list[LineView]


@dataclass(frozen=True)
class FigureView:
    """What a matplotlib figure shows."""

    axes: list[AxesView]


def same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors agree in dtype, shape and every value, NaN equal to NaN."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return bool(((one == other) | ((one != one) & (other != other))).all())


def view(value: Any) -> Any:
    """Describe a value of the trusted side in the words in which a student's would come back."""
    return decode(Encoder().encode(value))


def decode(data: Any) -> Any:
    """Turn plain data into values.

    Raises:
        BadClaim: The data is not what `plain.Encoder` writes.
    """
    try:
        return _decode(data)
    except BadClaim:
        raise
    except Exception as error:  # hostile data fails in many ways; all of them are bad claims
        raise BadClaim(f"not plain data: {type(error).__name__}") from error


def _decode(data: Any) -> Any:
    if data is None or isinstance(data, (bool, int, float, str)):
        return data
    if not isinstance(data, dict):
        raise BadClaim(f"unexpected {type(data).__name__}")
    decoder = _DECODERS.get(data["t"])
    if decoder is None:
        raise BadClaim("unknown type")
    return decoder(data)


def _array(data: dict[str, Any]) -> np.ndarray:
    name, shape, raw = data["dtype"], data["shape"], data["data"]
    if name == "object":
        raise BadClaim("an array of objects")
    if name not in DTYPES or not isinstance(raw, bytes) or len(shape) > MAX_DIMENSIONS:
        raise BadClaim("not an array")
    if any(type(size) is not int or size < 0 for size in shape):
        raise BadClaim("not a shape")
    dtype = np.dtype(name).newbyteorder("<")
    if math.prod(shape) * dtype.itemsize != len(raw):
        raise BadClaim("shape and size disagree")
    return np.frombuffer(raw, dtype=dtype).reshape(shape).astype(np.dtype(name))


def _tensor(data: dict[str, Any]) -> torch.Tensor:
    tensor = torch.from_numpy(_array(data["v"]))
    if data["dtype"] == "bfloat16":
        tensor = tensor.to(torch.bfloat16)
    layout = data["layout"]
    if layout == "sparse_coo":
        return tensor.to_sparse()
    return tensor.to_sparse_csr() if layout != "strided" and tensor.dim() == 2 else tensor


def _strings(data: dict[str, Any], kind: type) -> dict[str, Any]:
    if any(type(key) is not str or type(value) is not kind for key, value in data.items()):
        raise BadClaim("not a map of names")
    return dict(data)


def _module(data: dict[str, Any]) -> ModuleView:
    return ModuleView(
        class_name=str(data["class"])[:LONGEST_NAME],
        path=None if data["path"] is None else str(data["path"]),
        training=_strings(data["training"], bool),
        classes=_strings(data["classes"], str),
        hooks=_strings(data["hooks"], int),
        requires_grad={str(n): bool(t["requires_grad"]) for n, t in data["parameters"].items()},
        parameters={str(name): _tensor(t) for name, t in data["parameters"].items()},
        buffers={str(name): _tensor(t) for name, t in data["buffers"].items()},
    )


def _frame(data: dict[str, Any]) -> pd.DataFrame:
    columns = [_decode(name) for name in data["columns"]]
    values = [[_decode(v) for v in column] for column in data["values"]]
    if len(columns) != len(values):
        raise BadClaim("columns and values disagree")
    frame = pd.DataFrame(dict(enumerate(values)))
    frame.columns = pd.Index(columns, dtype=object)
    return frame


def _figure(data: dict[str, Any]) -> FigureView:
    return FigureView([_axes(axes) for axes in data["axes"]])


def _axes(data: dict[str, Any]) -> AxesView:
    lines = [LineView(str(d["label"]), _array(d["x"]), _array(d["y"])) for d in data["lines"]]
    return AxesView(
        title=str(data["title"]),
        xlabel=str(data["xlabel"]),
        ylabel=str(data["ylabel"]),
        legend=[str(text) for text in data["legend"]],
        lines=lines,
    )


def _dict(data: dict[str, Any]) -> dict[Any, Any]:
    return {_key(key): _decode(value) for key, value in data["v"]}


def _key(data: Any) -> Any:
    key = _decode(data)
    return key if isinstance(key, (str, int, float, bool, tuple)) else repr(key)


def _opaque(data: dict[str, Any]) -> Opaque:
    number = data["float"]
    return Opaque(str(data["class"])[:LONGEST_NAME], number if isinstance(number, float) else None)


_DECODERS = {
    "tensor": _tensor,
    "array": lambda data: _array(data["v"]),
    "module": _module,
    "frame": _frame,
    "figure": _figure,
    "dict": _dict,
    "list": lambda data: [_decode(item) for item in data["v"]],
    "tuple": lambda data: tuple(_decode(item) for item in data["v"]),
    "opaque": _opaque,
}
