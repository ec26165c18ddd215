from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from labkit.errors import PlotError
from labkit.plotting import plot_tradeoffs, plot_weights, save_figure
from labkit.pruning import prunable_parameters, prune_step


@pytest.fixture
def frames():
    rows = range(4)
    base = pd.DataFrame(
        {
            "iteration": rows,
            "sparsity": [0.0, 33.0, 55.1, 69.9],
            "accuracy": [97.4, 97.3, 96.0, 91.0],
            "latency_s": [1e-3, 1.1e-3, 0.9e-3, 1e-3],
            "disk_mb": [5.88, 19.7, 13.2, 8.86],
        }
    )
    return base, base.assign(accuracy=[97.4, 97.6, 97.9, 98.0])


def labelled(axis):
    return [line for line in axis.lines if not line.get_label().startswith("_")]


def test_three_axes_with_two_labelled_lines_of_all_rows(frames):
    figure = plot_tradeoffs(*frames)
    assert isinstance(figure, Figure)
    assert len(figure.axes) == 3
    for axis, (column, factor) in zip(
        figure.axes, [("accuracy", 1), ("disk_mb", 1), ("latency_s", 1000)], strict=True
    ):
        lines = labelled(axis)
        assert ["IMP" in line.get_label() for line in lines] == [False, True]
        for line, frame in zip(lines, frames, strict=True):
            np.testing.assert_allclose(line.get_xdata(), frame["sparsity"])
            np.testing.assert_allclose(line.get_ydata(), frame[column] * factor)
        assert "(" in axis.get_xlabel()  # a unit
        assert "(" in axis.get_ylabel()


def test_the_two_lines_differ_in_grey(frames):
    first, second = (
        0.299 * r + 0.587 * g + 0.114 * b
        for r, g, b in (
            to_rgb(line.get_color()) for line in labelled(plot_tradeoffs(*frames).axes[0])
        )
    )
    assert abs(first - second) > 0.3


def test_frames_stay_and_no_figure_is_left_open(frames):
    before = [frame.copy() for frame in frames]
    plot_tradeoffs(*frames)
    for frame, copy in zip(frames, before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)
    assert plt.get_fignums() == []


def test_tables_of_unequal_length_are_drawn(frames):
    figure = plot_tradeoffs(frames[0].iloc[:2], frames[1])
    assert [len(line.get_xdata()) for line in labelled(figure.axes[0])] == [2, 4]


def test_a_table_without_the_columns_is_refused(frames):
    with pytest.raises(PlotError, match="disk_mb"):
        plot_tradeoffs(frames[0].drop(columns="disk_mb"), frames[1])
    with pytest.raises(PlotError, match="any row"):
        plot_tradeoffs(frames[0], frames[1].iloc[:0])


def test_histograms_count_the_weights_that_are_left(model, tmp_path):
    prune_step(model, prunable_parameters(model), 0.5)
    figure = plot_weights(model, bins=11)
    assert len(figure.axes) == 3
    for axis, (module, _) in zip(figure.axes, prunable_parameters(model), strict=True):
        heights = axis.patches[0].get_data().values
        assert len(heights) == 11
        assert sum(heights) == int(module.weight_mask.sum())
    save_figure(figure, tmp_path / "weights.png")
    assert (tmp_path / "weights.png").read_bytes().startswith(b"\x89PNG")


def test_labels_of_a_histogram_do_not_run_into_each_other(model):
    with torch.no_grad():
        for param in model.parameters():  # a range that matplotlib divides by long numbers
            param.copy_(torch.linspace(-0.077, 0.077, param.numel()).view_as(param))
    figure = plot_weights(model)
    FigureCanvasAgg(figure).draw()
    for axis in figure.axes:
        boxes = [label.get_window_extent() for label in axis.get_xticklabels() if label.get_text()]
        assert all(one.x1 + 8 < other.x0 for one, other in pairwise(boxes))
