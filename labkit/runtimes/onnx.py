"""A model in ONNX Runtime: write the file, open it, run it, time it.

Does: a file for any batch size, without masks, as in evaluation mode. Does not: make anything
faster or smaller by itself — ONNX stores and multiplies zeros like all other numbers.
"""

from __future__ import annotations

import importlib
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from labkit.errors import LabkitError
from labkit.pruning.masks import effective_copy

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession


class OnnxError(LabkitError):
    """A package is missing, or a file cannot be opened or run."""


def export_onnx(model: nn.Module, path: str, example_input: Tensor) -> float:
    """Write a model as an ONNX file that takes batches of any size.

    The file computes what the model computes in evaluation mode. Masks are not in it, pruned
    weights are zeros. The model itself is not changed.

    Args:
        model: A model with one input, pruned or not, in any mode.
        path: Where to write; large weights may go to `<path>.data` beside it.
        example_input: Any batch [B, ...], to trace the model with.

    Returns:
        Megabytes (10⁶ bytes) written, both files together.

    Raises:
        OnnxError: A package that exports need is not installed.
    """
    ### BEGIN SOLUTION
    _require("onnxscript")
    files = [Path(path), Path(f"{path}.data")]
    for file in files:
        file.unlink(missing_ok=True)  # what an earlier export left would be counted, too
    torch.onnx.export(
        effective_copy(model).cpu().eval(),
        (example_input.cpu(),),
        path,
        dynamic_shapes=({0: torch.export.Dim.DYNAMIC},),
        dynamo=True,
        verbose=False,
    )
    return sum(file.stat().st_size for file in files if file.exists()) / 1e6
    ### END SOLUTION


def onnx_latency(path: str, batch: np.ndarray, warmup: int = 10, repeats: int = 50) -> float:
    """Measure one run of a batch in ONNX Runtime, on one CPU thread.

    Opening the file is not part of the time.

    Args:
        path: An ONNX file.
        batch: One batch [B, ...], float32.
        warmup: Runs before the clock starts.
        repeats: Runs that are timed, at least 1.

    Returns:
        The median of the timed runs, in seconds for the whole batch.

    Raises:
        OnnxError: The file is missing or damaged, or does not take such a batch.
        ValueError: `repeats` is below 1 or `warmup` below 0.
    """
    ### BEGIN SOLUTION
    if repeats < 1 or warmup < 0:
        raise ValueError(
            f"Need at least 1 repeat and no negative warm-up, got repeats={repeats}, "
            f"warmup={warmup}."
        )
    session = open_session(path)
    times_s = []
    for number in range(warmup + repeats):
        start = time.perf_counter()
        run_session(session, batch)
        if number >= warmup:
            times_s.append(time.perf_counter() - start)
    return statistics.median(times_s)
    ### END SOLUTION


def open_session(path: str, threads: int = 1) -> InferenceSession:
    """Open an ONNX file in ONNX Runtime, on the CPU.

    Args:
        path: The file; its `<path>.data`, where it has one, must lie beside it.
        threads: CPU threads for each run; with 1 no threads are started.

    Returns:
        A session, for `run_session`.

    Raises:
        OnnxError: ONNX Runtime is not installed, or the file is missing or damaged.
    """
    runtime = _require("onnxruntime")
    if not Path(path).is_file():
        raise OnnxError(f"There is no file {path}: write it with export_onnx first.")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only
    try:
        session: InferenceSession = runtime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # its exceptions share no base class
        raise OnnxError(
            f"ONNX Runtime cannot open {path}; if it was moved, move {path}.data along. "
            f"It says: {_first_line(error)}"
        ) from None
    return session


def run_session(session: InferenceSession, batch: np.ndarray) -> np.ndarray:
    """Run a batch through an open ONNX file.

    Args:
        session: What `open_session` returned.
        batch: One batch [B, ...], float32.

    Returns:
        The first output [B, ...].

    Raises:
        OnnxError: The file does not take such a batch.
    """
    try:
        output: np.ndarray = session.run(None, {session.get_inputs()[0].name: batch})[0]
    except Exception as error:  # its exceptions share no base class
        wanted = session.get_inputs()[0]
        raise OnnxError(
            f"The file takes {wanted.type} of shape {wanted.shape}, but the batch is "
            f"{batch.dtype} of shape {list(batch.shape)}. ONNX Runtime says: {_first_line(error)}"
        ) from None
    return output


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


def _require(package: str) -> Any:
    """Import a package, or say how to get it."""
    try:
        return importlib.import_module(package)
    except ImportError:
        raise OnnxError(
            f"ONNX files need the package {package}: pip install onnx onnxscript onnxruntime"
        ) from None
