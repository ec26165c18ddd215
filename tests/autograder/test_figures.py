"""Figures on graded pages: drawn once where they arrange themselves, as in Jupyter elsewhere."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.pylabtools import print_figure
from matplotlib.figure import Figure
from PIL import Image

from autograder.boundary.inside.figures import as_png


def picture(png: str | bytes) -> Image.Image:
    data = base64.b64decode(png) if isinstance(png, str) else png
    return Image.open(io.BytesIO(data)).convert("L")


def drawn(layout: str | None) -> Figure:
    with plt.rc_context({"figure.dpi": 100}):
        figure, axes = plt.subplots(figsize=(4, 3), layout=layout)
    axes.plot([1, 2], [3, 4])
    axes.set(title="Sparsity", xlabel="round", ylabel="a long label of an axis\nin two lines")
    plt.close(figure)
    return figure


def test_a_figure_that_arranges_itself_keeps_its_size_and_cuts_nothing_off() -> None:
    figure = drawn("constrained")
    own = figure.canvas
    image = picture(as_png(figure))
    assert image.size == (400, 300)
    assert figure.canvas is own and figure.get_layout_engine() is not None
    ink = np.asarray(image) < 128
    assert ink.any() and not np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]]).any()


@pytest.mark.parametrize("layout", [None, "tight"])
def test_every_other_figure_is_drawn_as_in_jupyter(layout) -> None:
    ours, jupyters = picture(as_png(drawn(layout))), picture(print_figure(drawn(layout)))
    assert ours.size == jupyters.size and ours.tobytes() == jupyters.tobytes()


def test_an_empty_figure_is_not_shown() -> None:
    assert as_png(plt.figure(layout="constrained")) is None
    plt.close("all")
