"""The heat map of a sensitivity scan: which part of the network minds being pruned?"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def plot_sensitivity(scan: "pd.DataFrame") -> "Figure":
    """Draw accuracy as a heat map, one row for each component, one column for each ratio.

    Args:
        scan: Table of `sensitivity_scan`.

    Returns:
        A figure with the accuracy in percent written into each cell; dark is high.
    """
    ### BEGIN SOLUTION
    import matplotlib.pyplot as plt

    from labkit.plotting import STYLE

    grid = scan.pivot(index="component", columns="ratio", values="accuracy")
    grid = grid.loc[scan["component"].drop_duplicates()]  # in the order of the network
    values = grid.to_numpy(dtype=float)
    with plt.rc_context({**STYLE, "axes.grid": False}):
        height = 1.6 + 0.45 * len(grid)
        figure, axis = plt.subplots(figsize=(7.5, height), layout="constrained")
        image = axis.imshow(values, cmap="Blues", aspect="auto", vmin=0, vmax=100)
        for row, column in ((r, c) for r in range(grid.shape[0]) for c in range(grid.shape[1])):
            value = values[row, column]
            ink = "white" if value > 60 else "black"
            axis.text(column, row, f"{value:.1f}", ha="center", va="center", color=ink)
        percent = [f"{100 * float(str(ratio)):.0f} %" for ratio in grid.columns]
        axis.set_xticks(range(grid.shape[1]), percent)
        axis.set_yticks(range(grid.shape[0]), [str(name) for name in grid.index])
        axis.set(
            title="Which component minds being pruned?",
            xlabel="Share of the component's weights that is pruned",
            ylabel="Component",
        )
        axis.tick_params(length=0)
        axis.spines[:].set_visible(False)
        figure.colorbar(image, label="Accuracy (%)")
        plt.close(figure)
    return figure
    ### END SOLUTION
