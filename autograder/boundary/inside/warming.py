"""What every notebook needs, imported and used once, so that no submission pays for it.

All on one thread: a process that has run a parallel operation must not fork and run another.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import tempfile

from autograder.boundary.inside.process import imports_that_stay

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
    "autograder.boundary.inside.onnx_file",
)
FOR_WALLS = ("psutil", "pyseccomp")
COMPILED = "TORCHINDUCTOR_CACHE_DIR"


def warm_up() -> None:
    """Import what notebooks import, train, export, draw, and open the cells' shell."""
    with imports_that_stay(), tempfile.TemporaryDirectory() as folder:
        os.environ[COMPILED] = folder  # torch would make one that stays, and name it here
        import_all((*FOR_NOTEBOOKS, *FOR_WALLS))
        from autograder.boundary.inside.shell import start_shell

        _train()
        _export()
        start_shell()
        _draw()
        del os.environ[COMPILED]


def import_all(names: tuple[str, ...]) -> None:
    """Import modules; seccomp's may be missing, which the wall says when it is put up."""
    for name in names:
        try:
            importlib.import_module(name)
        except (ImportError, RuntimeError):
            if name != "pyseccomp":
                raise


def _train() -> None:
    import torch
    from torch.nn.utils import prune

    torch.set_num_threads(1)  # the other kind of threads can be set only once, by a notebook
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    model(torch.ones(1, 4)).sum().backward()
    optimizer.step()
    prune.global_unstructured([(model, "weight")], prune.L1Unstructured, amount=1)


def _export() -> None:
    """The first export imports for 1.5 s and fills tables for another 0.3 s."""
    import torch
    from tqdm import tqdm

    tqdm.monitor_interval, interval = 0, tqdm.monitor_interval  # no thread before a fork
    inputs, shapes = torch.ones(2, 4), ({0: torch.export.Dim.DYNAMIC},)
    model = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.ReLU()).eval()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        torch.onnx.export(model, (inputs,), dynamic_shapes=shapes, dynamo=True, verbose=False)
    tqdm.monitor_interval = interval


def _draw() -> None:
    """Fonts, formulas, the encoder of pictures, tables: each loads what it needs on first use."""
    import matplotlib.pyplot as plt
    import pandas as pd

    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 4], label="$x^2$")
    axes.set_title("Sparsity (%)")
    axes.legend()
    figure.savefig(io.BytesIO(), bbox_inches="tight")
    plt.close("all")
    frame = pd.DataFrame({"sparsity": [0.5, 1.0]})
    frame.to_html()
    frame.style.format(precision=1).to_html()
