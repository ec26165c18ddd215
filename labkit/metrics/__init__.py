"""What is measured of a model: sparsity, size on disk, latency, parameters; and on what machine.

Nothing here changes a model.
"""

from labkit.metrics.hardware import describe_hardware
from labkit.metrics.latency import Latency, measure_latency
from labkit.metrics.parameters import count_parameters
from labkit.metrics.size import calculate_sparse_model_size, disk_size_mb
from labkit.metrics.sparsity import (
    calculate_sparsity,
    calculate_sparsity_model,
    calculate_sparsity_overall,
)

__all__ = [
    "Latency",
    "calculate_sparse_model_size",
    "calculate_sparsity",
    "calculate_sparsity_model",
    "calculate_sparsity_overall",
    "count_parameters",
    "describe_hardware",
    "disk_size_mb",
    "measure_latency",
]
