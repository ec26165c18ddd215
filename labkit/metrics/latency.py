"""How long one forward pass takes.

Does: inference mode, warm-up, `perf_counter`, synchronisation on a GPU, median and quartiles over
many passes, the number of threads. Does not: remove masks — measure a copy without them, or the
time of multiplying by the masks is in the result.
"""

import time
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Latency(NamedTuple):
    """Seconds for one forward pass, and the conditions that they hold for."""

    median_s: float
    q1_s: float
    q3_s: float
    batch_size: int
    threads: int


def measure_latency(
    model: nn.Module,
    example_input: Tensor,
    warmup: int = 10,
    repeats: int = 50,
    threads: int | None = None,
) -> Latency:
    """Measure the time of one forward pass in evaluation mode.

    The model is left as it was, its mode included.

    Args:
        model: The model, on the same device as the input.
        example_input: One batch [B, ...].
        warmup: Passes before the clock starts: caches fill, threads start.
        repeats: Passes that are timed, at least 1.
        threads: CPU threads to use; None keeps the present number.

    Returns:
        Median and quartiles in seconds, the batch size, the number of threads.

    Raises:
        ValueError: `repeats` is below 1 or `warmup` below 0.
    """
    if repeats < 1 or warmup < 0:
        raise ValueError(
            f"Need at least 1 repeat and no negative warm-up, got repeats={repeats}, "
            f"warmup={warmup}."
        )
    modes = [(module, module.training) for module in model.modules()]
    threads_before = torch.get_num_threads()
    model.eval()
    try:
        if threads is not None:
            torch.set_num_threads(threads)
        times_s = _time_passes(model, example_input, warmup, repeats)
        threads_used = torch.get_num_threads()
    finally:
        torch.set_num_threads(threads_before)
        _refresh_masked_weights(model)
        for module, mode in modes:
            module.training = mode
    q1, median, q3 = torch.quantile(times_s, torch.tensor([0.25, 0.5, 0.75]).double()).tolist()
    return Latency(median, q1, q3, len(example_input), threads_used)


def _time_passes(model: nn.Module, example_input: Tensor, warmup: int, repeats: int) -> Tensor:
    """Return the seconds of each timed pass [repeats]."""
    on_gpu = example_input.is_cuda
    times_s = []
    with torch.inference_mode():
        for number in range(warmup + repeats):
            start = time.perf_counter()
            model(example_input)
            if on_gpu:
                torch.cuda.synchronize(example_input.device)
            if number >= warmup:
                times_s.append(time.perf_counter() - start)
    return torch.tensor(times_s, dtype=torch.float64)


def _refresh_masked_weights(model: nn.Module) -> None:
    """Replace what the masks' hooks computed in inference mode, which autograd refuses to use."""
    from torch.nn.utils.prune import BasePruningMethod

    with torch.no_grad():
        for module in model.modules():
            for hook in module._forward_pre_hooks.values():
                if isinstance(hook, BasePruningMethod):
                    hook(module, None)
