"""Pruning by magnitude, rewinding, and the loops that combine them."""

from labkit.pruning.iterative import iterative_magnitude_pruning, repeated_pruning
from labkit.pruning.magnitude import prunable_parameters, prune_step
from labkit.pruning.masks import effective_copy
from labkit.pruning.rewinding import rewind, save_initial_state

__all__ = [
    "effective_copy",
    "iterative_magnitude_pruning",
    "prunable_parameters",
    "prune_step",
    "repeated_pruning",
    "rewind",
    "save_initial_state",
]
