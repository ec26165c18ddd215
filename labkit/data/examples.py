"""A first look at a data set: pictures with their digits, or sentences with their words."""

from typing import TYPE_CHECKING

import torch

from labkit.data.bag_of_words import BagOfWords, words
from labkit.data.loader import TensorLoader

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FEELING = {0: "negative", 1: "positive"}


def show_examples(loader: TensorLoader, count: int = 10) -> "Figure | Sentences":
    """Show the first inputs of a loader in a notebook, and print the shapes of a batch.

    Args:
        loader: Either loader of `load`; its order is left as it is.
        count: How many inputs to show.

    Returns:
        A figure for images, a table for sentences; a notebook shows either.
    """
    index = torch.arange(min(loader.batch_size, len(loader.labels)))
    inputs, labels = loader.inputs[index], loader.labels[index]
    print("inputs", tuple(inputs.shape), "| labels", tuple(labels.shape))
    if isinstance(loader.inputs, BagOfWords):
        return Sentences(_table(loader.inputs, labels.tolist()[:count]))
    return _figure(inputs[:count], labels.tolist()[:count])


class Sentences:
    """A table of sentences that a notebook shows in full, where pandas would cut them short."""

    def __init__(self, frame: "pd.DataFrame") -> None:
        self.frame = frame

    def __repr__(self) -> str:
        return self.frame.to_string(index=False)

    def _repr_html_(self) -> str:
        import pandas as pd

        with pd.option_context("display.max_colwidth", None):
            return self.frame.to_html(index=False)


def _table(bags: BagOfWords, labels: list[int]) -> "pd.DataFrame":
    """Sentences, what is left of them in the vocabulary, and labels."""
    import pandas as pd

    known = set(bags.vocabulary)
    rows = []
    for text, label in zip(bags.texts, labels, strict=False):
        bag = sorted(set(words(text)) & known)
        rows.append((text, " ".join(bag), label, FEELING[label]))
    return pd.DataFrame(rows, columns=["sentence", "bag of words", "label", "meaning"])


def _figure(images: torch.Tensor, labels: list[int]) -> "Figure":
    """Square images in one row, with a gap between them, each below its label."""
    import matplotlib.pyplot as plt

    side = round(images.shape[1] ** 0.5)
    step = side + side // 4
    row = torch.zeros(side, step * len(images))
    for place, image in enumerate(images):
        row[:, place * step : place * step + side] = image.view(side, side)
    figure, axis = plt.subplots(figsize=(len(images), 1.4))
    axis.imshow(row.numpy(), cmap="gray_r")
    centres = [place * step + side / 2 for place in range(len(images))]
    axis.set_xticks(centres, [str(label) for label in labels])
    axis.tick_params(top=False, labeltop=True, bottom=False, labelbottom=False, labelsize=12)
    axis.set_yticks([])
    axis.set_frame_on(False)
    plt.close(figure)  # so that it is shown once
    return figure
