"""Python values as plain data, and what can be seen of models, tables and figures in it.

The encoder runs in the student's process, and on the trusted side to describe originals in the
same words. It does *not* decode: `views` does, and believes nothing.

Each value that MessagePack cannot say by itself becomes a map with the key `t` (its type):
`tensor`, `array`, `frame`, `module`, `figure`, `list`, `tuple`, `dict`, `opaque`.
"""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from torch import nn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_DEPTH = 16
MAX_ITEMS = 20_000
MAX_BYTES = 120_000_000


class TooLarge(ValueError):
    """A value is too deep, too long or too big to be sent."""


class Encoder:
    """Turns values into plain data, within one budget of items and bytes.

    Args:
        names: Where known modules stand, as `{id(module): "args[0].layers.1"}`; a module found
            among them is also described by that path.
    """

    def __init__(self, names: dict[int, str] | None = None) -> None:
        self._names = names or {}
        self._items = 0
        self._bytes = 0
        self.storages: dict[str, int] = {}

    def encode(self, value: Any, path: str = "value", depth: int = 0) -> Any:
        """Plain data for any value; what has no plain form becomes `opaque`.

        Raises:
            TooLarge: The value exceeds the encoder's budget.
        """
        self._spend(1, 0)
        if depth > MAX_DEPTH:
            raise TooLarge(f"nested deeper than {MAX_DEPTH} levels")
        value = str.__str__(value) if isinstance(value, str) else _scalar(value)
        if value is None or type(value) in (bool, float):
            return value
        if type(value) is int:
            return value if -(2**63) <= value < 2**63 else float(value)
        if type(value) is str:
            self._spend(0, len(value))
            return value
        if isinstance(value, torch.Tensor):
            return self._tensor(value, path)
        if isinstance(value, nn.Module):
            return self._module(value, path)
        if isinstance(value, np.ndarray):
            return {"t": "array", "v": self._array(value)}
        if isinstance(value, pd.DataFrame):
            return self._frame(value, path, depth)
        if _is_figure(value):
            return self._figure(value, path, depth)
        if isinstance(value, dict):
            pairs = [
                [self.encode(k, f"{path}.key", depth + 1), self.encode(v, f"{path}.{k}", depth + 1)]
                for k, v in value.items()
            ]
            return {"t": "dict", "v": pairs}
        if isinstance(value, (list, tuple, pd.Series)):
            kind = "tuple" if isinstance(value, tuple) else "list"
            items = [self.encode(v, f"{path}[{i}]", depth + 1) for i, v in enumerate(value)]
            return {"t": kind, "v": items}
        return self._opaque(value)

    def _spend(self, items: int, size: int) -> None:
        self._items += items
        self._bytes += size
        if self._items > MAX_ITEMS or self._bytes > MAX_BYTES:
            raise TooLarge(f"over {MAX_ITEMS} items or {MAX_BYTES} bytes")

    def _array(self, array: np.ndarray) -> dict[str, Any]:
        if array.dtype.kind not in "biuf":
            return {"dtype": "object", "shape": list(array.shape), "data": b""}
        self._spend(0, array.nbytes)
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        return {"dtype": array.dtype.name, "shape": list(array.shape), "data": little.tobytes()}

    def _tensor(self, tensor: torch.Tensor, path: str) -> dict[str, Any]:
        layout = str(tensor.layout).removeprefix("torch.")
        plain = tensor.detach().cpu()
        dense = plain if plain.layout == torch.strided else plain.to_dense()
        if layout == "strided" and plain.numel():
            self.storages[path] = tensor.untyped_storage().data_ptr()
        dtype = str(dense.dtype).removeprefix("torch.")
        if dtype == "bfloat16" or dense.is_complex() or dense.is_quantized:
            dense = dense.to(torch.float32) if dtype == "bfloat16" else torch.zeros(0)
        return {
            "t": "tensor",
            "dtype": dtype,
            "layout": layout,
            "requires_grad": bool(tensor.requires_grad),
            "v": self._array(dense.contiguous().numpy()),
        }

    def _module(self, module: nn.Module, path: str) -> dict[str, Any]:
        parts = list(module.named_modules())
        parameters = module.named_parameters(remove_duplicate=False)
        buffers = module.named_buffers(remove_duplicate=False)
        return {
            "t": "module",
            "class": type(module).__name__,
            "path": self._names.get(id(module)),
            "training": {name: bool(m.training) for name, m in parts},
            "classes": {name: type(m).__name__ for name, m in parts},
            "hooks": {name: count_hooks(m) for name, m in parts},
            "parameters": {n: self._tensor(p, f"{path}.{n}") for n, p in parameters},
            "buffers": {n: self._tensor(b, f"{path}.{n}") for n, b in buffers},
        }

    def _frame(self, frame: pd.DataFrame, path: str, depth: int) -> dict[str, Any]:
        columns = [self.encode(name, path, depth + 1) for name in frame.columns]
        values = [
            [self.encode(v, path, depth + 1) for v in frame.iloc[:, i]]
            for i in range(frame.shape[1])
        ]
        return {"t": "frame", "columns": columns, "values": values}

    def _figure(self, figure: Figure, path: str, depth: int) -> dict[str, Any]:
        return {
            "t": "figure",
            "axes": [self._axes(axes, path, depth) for axes in itertools.islice(figure.axes, 50)],
        }

    def _axes(self, axes: Any, path: str, depth: int) -> dict[str, Any]:
        legend = axes.get_legend()
        return {
            "title": str(axes.get_title()),
            "xlabel": str(axes.get_xlabel()),
            "ylabel": str(axes.get_ylabel()),
            "legend": [str(t.get_text()) for t in legend.get_texts()] if legend else [],
            "lines": [
                {
                    "label": str(line.get_label()),
                    "x": self._array(np.asarray(line.get_xdata(), dtype=float)),
                    "y": self._array(np.asarray(line.get_ydata(), dtype=float)),
                }
                for line in itertools.islice(axes.get_lines(), 200)
            ],
        }

    def _opaque(self, value: Any) -> dict[str, Any]:
        try:
            number: float | None = float(value)
        except Exception:  # whatever a student's __float__ does
            number = None
        return {"t": "opaque", "class": type(value).__name__, "float": number}


def count_hooks(module: nn.Module) -> int:
    """How many forward, backward and state-dict hooks hang on one module."""
    kinds = (
        "_forward_pre_hooks",
        "_forward_hooks",
        "_backward_hooks",
        "_backward_pre_hooks",
        "_state_dict_hooks",
        "_load_state_dict_pre_hooks",
    )
    return sum(len(getattr(module, kind, None) or ()) for kind in kinds)


def module_names(value: Any, path: str) -> dict[int, str]:
    """Where the modules inside an argument stand, as `{id: path}`.

    >>> list(module_names(nn.Sequential(nn.ReLU()), "args[0]").values())
    ['args[0]', 'args[0].0']
    """
    if not isinstance(value, nn.Module):
        return {}
    return {id(m): f"{path}.{name}".rstrip(".") for name, m in value.named_modules()}


def _is_figure(value: Any) -> bool:
    """Without importing matplotlib: where nobody has, there is no figure."""
    figures = sys.modules.get("matplotlib.figure")
    return figures is not None and isinstance(value, figures.Figure)


def _scalar(value: Any) -> Any:
    """NumPy scalars as Python ones; everything else as it is."""
    return value.item() if isinstance(value, np.generic) else value
