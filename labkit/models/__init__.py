"""Models of the labs, small enough to train on a laptop's CPU."""

from labkit.models.ffn import FFN

__all__ = ["FFN"]
