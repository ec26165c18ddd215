"""The labs' figures: one question each, units on the axes, readable in grey.

Figures are returned and closed, so a notebook shows them once, as a cell's last expression.
"""

from typing import TYPE_CHECKING, Any

from labkit.errors import PlotError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from torch import nn

# Lightness differs as well as hue. The first line is broad and pale, the second narrow and dark on
# top of it, so that both are seen where they lie on each other, as disk sizes do.
BLUE, ORANGE, GREY, INK = "#173f7a", "#f2a33c", "#777777", "#2b2b2b"
FIRST: dict[str, Any] = {"color": ORANGE, "marker": "o", "ms": 9, "lw": 4.5}
SECOND: dict[str, Any] = {"color": BLUE, "marker": "s", "ms": 4.5, "lw": 1.6}
STYLE: Any = {
    "axes.edgecolor": GREY,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titley": 1.0,  # no tick labels are above it, so it need not be measured each time
    "figure.constrained_layout.w_pad": 0.12,
    "figure.dpi": 110,
    "font.size": 10,
    "grid.color": "#e6e6e6",
    "legend.frameon": False,
    "savefig.bbox": "tight",
    "xtick.color": INK,
    "ytick.color": INK,
}
PANELS = (
    ("accuracy", 1.0, "Accuracy (%)", "What does sparsity cost in accuracy?"),
    ("disk_mb", 1.0, "Size on disk (MB)", "When does the file get smaller?"),
    ("latency_s", 1000.0, "Latency (ms per batch)", "Do zeros make it faster?"),
)


def plot_tradeoffs(noniter_df: "pd.DataFrame", imp_df: "pd.DataFrame") -> "Figure":
    """Draw accuracy, size on disk and latency against sparsity, two lines each.

    Args:
        noniter_df: Table of `repeated_pruning`, without retraining.
        imp_df: Table of `iterative_magnitude_pruning`, same columns.

    Returns:
        A figure with three axes; in each, a line for either table. The dashed grey line is the
        dense model.

    Raises:
        PlotError: A table lacks a column, or has no row.
    """
    ### BEGIN SOLUTION
    import matplotlib.pyplot as plt

    check_columns(noniter_df)
    check_columns(imp_df)
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(1, len(PANELS), figsize=(12.5, 3.9), layout="constrained")
        for axis, (column, factor, label, title) in zip(axes, PANELS, strict=True):
            for frame, name, style in (
                (noniter_df, "no retraining", FIRST),
                (imp_df, "IMP with rewinding", SECOND),
            ):
                axis.plot(frame["sparsity"], frame[column] * factor, label=name, **style)
            draw_dense(axis, float(imp_df[column].iloc[0]) * factor)
            axis.set(title=title, xlabel="Sparsity (%)", ylabel=label)
            if column != "accuracy":  # an honest zero; accuracy would be squeezed by it
                axis.set_ylim(0, axis.get_ylim()[1])
        lines, labels = axes[0].get_legend_handles_labels()
        figure.legend(lines, labels, loc="outside lower center", ncols=2)
        plt.close(figure)
    return figure
    ### END SOLUTION


def check_columns(frame: "pd.DataFrame") -> None:
    """Refuse a table that lacks a column of the labs' tables, or all rows.

    Raises:
        PlotError: Says which columns are missing.
    """
    missing = [name for name in ("sparsity", *(p[0] for p in PANELS)) if name not in frame]
    if missing or len(frame) == 0:
        what = f"the columns {', '.join(missing)}" if missing else "any row"
        raise PlotError(
            f"The table lacks {what}; expected what `repeated_pruning` or "
            f"`iterative_magnitude_pruning` returns."
        )


def draw_dense(axis: "Axes", value: float) -> None:
    """Draw the dense model's value as a dashed line across the axes, without a legend entry."""
    axis.axhline(value, color=GREY, ls=(0, (4, 3)), lw=1.2, zorder=1)
    axis.annotate(
        "dense",
        xy=(1, value),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        color=GREY,
    )


def plot_weights(model: "nn.Module", bins: int = 101) -> "Figure":
    """Draw a histogram of the effective weights of each linear layer; zeros are left out.

    Args:
        model: A model with linear layers, pruned or not.
        bins: Number of bins, the same for all layers.

    Returns:
        A figure with one axes for each layer, and its share of zeros in the title.
    """
    import matplotlib.pyplot as plt
    import numpy as np
    from torch import nn

    from labkit.metrics.effective import effective_weight

    layers = [(name, m) for name, m in model.named_modules() if isinstance(m, nn.Linear)]
    if not layers:
        raise PlotError("The model has no linear layer whose weights could be drawn.")
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            1, len(layers), figsize=(4.1 * len(layers), 3.2), layout="constrained", squeeze=False
        )
        for axis, (name, module) in zip(axes[0], layers, strict=True):
            weights = effective_weight(module, "weight").flatten().cpu()
            left = weights[weights != 0]
            # One shape: drawing a bar for each bin takes twice as long.
            axis.stairs(*np.histogram(left.numpy(), bins=bins), fill=True, color=BLUE)
            zeros = 100 * (1 - len(left) / len(weights))
            title = f"{name}: {len(weights):,} weights, {zeros:.1f} % zero"
            axis.set_title(title, fontsize=9.5)
            axis.set_xlabel("Weight (zeros left out)")
            axis.locator_params(axis="x", nbins=6)  # more labels would run into each other
            axis.yaxis.set_major_formatter("{x:,.0f}")
        axes[0][0].set_ylabel("Number of weights")
        plt.close(figure)
    return figure


def save_figure(figure: "Figure", path: Any, dpi: int = 150) -> None:
    """Write a figure as PNG, with its margins trimmed."""
    figure.savefig(path, dpi=dpi, bbox_inches="tight")
