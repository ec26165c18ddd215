"""The warm process: imports everything once, runs no student code, forks for each submission.

Started as `python -m autograder.boundary.inside.warm FD DATA_DIR LABKIT_DIR`.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys

from autograder.boundary.inside import process
from autograder.boundary.wire import Channel, ChannelClosed

# What notebooks import.
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
)
# What torch.onnx.export imports on first use: 1.5 s that no submission should pay again.
FOR_EXPORT = (
    "torch.export._trace",
    "torch.onnx._internal.exporter._compat",
    "torch._functorch._activation_checkpointing.graph_info_provider",
    "onnxscript.function_libs.torch_lib.ops",
    "sympy.tensor.tensor",
)


def main(fd: int, data_dir: str, labkit_dir: str) -> None:
    """Warm up, say so, then fork a submission for each request until the channel closes."""
    process.become_child()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    sys.path.insert(0, labkit_dir)
    warm_up()
    from autograder.boundary.inside.submission import serve_submission

    channel = Channel(socket.socket(fileno=fd))
    channel.send({"ready": True})
    while True:
        try:
            channel.receive(fds=1)
        except ChannelClosed:
            return
        submission_fd = channel.received_fds.pop()
        pid = os.fork()
        if pid == 0:
            process.become_child()
            channel.close()
            try:
                serve_submission(Channel(socket.socket(fileno=submission_fd)), data_dir)
            finally:
                os._exit(0)
        os.close(submission_fd)
        os.waitpid(pid, 0)


def warm_up() -> None:
    """Import what notebooks import and take one optimizer step, all on one thread.

    A process that has run a parallel operation must not fork and run another, hence one thread.
    """
    for name in (*FOR_NOTEBOOKS, *FOR_EXPORT):
        importlib.import_module(name)
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


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
