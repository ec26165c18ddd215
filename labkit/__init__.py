"""labkit: what the pruning labs import — models, data, training, metrics, pruning, plots.

Nothing heavy is imported here: name the module that you need, for example
`from labkit.models import FFN`.
"""

import os

__version__ = "0.1.0"

# ONNX Runtime reports what it runs to its makers unless told before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
