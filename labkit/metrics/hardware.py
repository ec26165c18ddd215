"""The machine and the software that a measurement was taken on."""

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def describe_hardware() -> "pd.DataFrame":
    """Describe this machine as a table.

    Returns:
        Columns `item` and `value`; the items are CPU, Cores (logical), Memory (GB, 10⁹ bytes),
        Operating system, Python, PyTorch.
    """
    ### BEGIN SOLUTION
    import pandas as pd
    import psutil
    import torch

    rows = {
        "CPU": cpu_name(),
        "Cores": os.cpu_count(),
        "Memory (GB)": round(psutil.virtual_memory().total / 1e9, 1),
        "Operating system": platform.platform(),
        "Python": platform.python_version(),
        "PyTorch": torch.__version__,
    }
    return pd.DataFrame({"item": list(rows), "value": list(rows.values())})
    ### END SOLUTION


def cpu_name() -> str:
    """Return the processor's name, as precisely as the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or "unknown"
