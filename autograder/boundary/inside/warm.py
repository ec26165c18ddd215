"""The warm process: imports everything once, runs no student code, forks for each submission.

Started as `python -m autograder.boundary.inside.warm FD PLAN`; see `plan`. As `probe FD PLAN` it
imports nothing and its notebooks only try what the walls let through.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
from functools import partial

from autograder.boundary.inside import process
from autograder.boundary.inside.guard import guard_submission
from autograder.boundary.inside.plan import Plan
from autograder.boundary.inside.submission import Serve, start_submission
from autograder.boundary.inside.wall import Allowance
from autograder.boundary.wire import Channel, ChannelClosed

# What notebooks import, and what the processes of a submission do.
FOR_NOTEBOOKS = (
    "IPython.core.interactiveshell",
    "matplotlib.pyplot",
    "pandas",
    "torchvision",
    "tqdm.auto",
    "labkit.data",
    "labkit.guide",
    "labkit.metrics",
    "labkit.models",
    "labkit.training",
    "autograder.boundary.inside.notebook",
)
# What torch.onnx.export imports on first use: 1.5 s that no submission should pay again.
FOR_EXPORT = (
    "torch.export._trace",
    "torch.onnx._internal.exporter._compat",
    "torch._functorch._activation_checkpointing.graph_info_provider",
    "onnxscript.function_libs.torch_lib.ops",
    "sympy.tensor.tensor",
)
FOR_WALLS = ("psutil", "pyseccomp")


def main(fd: int, plan: Plan, probe: bool = False) -> None:
    """Warm up, say so, then fork a submission for each request until the channel closes."""
    process.become_child()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    if plan.user and plan.boxed:
        process.become_user(plan.user)
    sys.path.insert(0, plan.labkit)
    serve = _serve_probe() if probe else _serve_notebook()
    channel = Channel(socket.socket(fileno=fd))
    channel.send({"ready": True})
    while True:
        try:
            request = channel.receive(fds=2)
        except ChannelClosed:
            return
        submission_fd, guard_fd = channel.received_fds
        allowance = Allowance(**request["allowance"])
        pid = os.fork()
        if pid == 0:
            process.become_child()
            channel.close()
            start = partial(start_submission, submission_fd, plan, allowance, serve)
            try:
                guard = Channel(socket.socket(fileno=guard_fd))
                guard_submission(guard, allowance, start, (submission_fd,))
            finally:
                os._exit(0)
        os.close(submission_fd)
        os.close(guard_fd)
        os.waitpid(pid, 0)


def _serve_notebook() -> Serve:
    warm_up()
    from autograder.boundary.inside.notebook import serve_notebook

    return serve_notebook


def _serve_probe() -> Serve:
    from autograder.boundary.inside.probe import serve_probe

    _import(FOR_WALLS)
    return serve_probe


def warm_up() -> None:
    """Import what notebooks import and take one optimizer step, all on one thread.

    A process that has run a parallel operation must not fork and run another, hence one thread.
    """
    _import((*FOR_NOTEBOOKS, *FOR_EXPORT, *FOR_WALLS))
    import torch
    from torch.nn.utils import prune

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    model(torch.ones(1, 4)).sum().backward()
    optimizer.step()
    prune.global_unstructured([(model, "weight")], prune.L1Unstructured, amount=1)
    gc.collect()
    gc.freeze()


def _import(names: tuple[str, ...]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except (ImportError, RuntimeError):
            if name != "pyseccomp":  # without its library the wall says so when it is put up
                raise


if __name__ == "__main__":
    *wish, descriptor, text = sys.argv[1:]
    main(int(descriptor), Plan.from_json(text), probe=wish == ["probe"])
