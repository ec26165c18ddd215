"""A feed-forward network: hidden linear layers with ReLU between them, then a linear output."""

from itertools import pairwise

import torch
from torch import Tensor, nn


class FFN(nn.Module):
    """A fully connected classifier.

    `layers` holds the `num_layers` hidden layers and `out` the output layer.

    Example:
        >>> model = FFN(1024, 20 * 20, 10, num_layers=2)
        >>> sum(p.numel() for p in model.parameters())
        1470474

    Args:
        hidden_size: Width H of every hidden layer.
        input_size: Number of input features D, for an image height times width.
        num_classes: Number of classes C.
        num_layers: Number of hidden layers, at least 1.

    Raises:
        ValueError: A size is smaller than 1.
    """

    def __init__(
        self, hidden_size: int, input_size: int, num_classes: int, num_layers: int = 2
    ) -> None:
        super().__init__()
        sizes = {
            "hidden_size": hidden_size,
            "input_size": input_size,
            "num_classes": num_classes,
            "num_layers": num_layers,
        }
        for name, size in sizes.items():
            if size < 1:
                raise ValueError(f"{name} must be at least 1, but is {size}.")
        widths = [input_size] + [hidden_size] * num_layers
        self.layers = nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(widths))
        self.out = nn.Linear(hidden_size, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Turn a batch of inputs into class scores.

        Args:
            x: Inputs [B, D], or [B, ...] with D values each (they are flattened).

        Returns:
            Logits [B, C].
        """
        x = x.flatten(start_dim=1)  # [B, D]
        for layer in self.layers:
            x = torch.relu(layer(x))  # [B, H]
        logits: Tensor = self.out(x)  # [B, C]
        return logits
