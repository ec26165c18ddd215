"""labkit: what the pruning labs import — models, data, training, metrics, pruning, plots.

Nothing heavy is imported here: name the module that you need, for example
`from labkit.models import FFN`.
"""

__version__ = "0.1.0"
