"""Hidden tests of 2.7: the trade-off, drawn.

Expected values come from `weight_orig * weight_mask` on the trusted side; what the handout leaves
open is accepted.
"""

import pandas as pd
import torch

from autograder.boundary.views import FigureView
from autograder.testing import (
    COLUMNS,
    between,
    fail,
    kind,
    task,
)


def random_frames(rng):
    """Two tables of unlike length and values."""
    frames = []
    for rows in (between(rng, 4, 5), between(rng, 6, 8)):
        draw = torch.rand(rows, 4, generator=rng, dtype=torch.float64)
        frame = pd.DataFrame({
            "iteration": range(rows),
            "sparsity": (draw[:, 0] * 90).sort().values.numpy(),
            "accuracy": 40 + 55 * draw[:, 1].numpy(),
            "latency_s": 0.001 + 0.01 * draw[:, 2].numpy(),
            "disk_mb": 1 + 20 * draw[:, 3].numpy(),
        })  # fmt: skip
        frame.loc[0, "sparsity"] = 0.0
        frames.append(frame)
    return frames


def panels_of(figure):
    """The axes with labelled lines, each as its line without and with IMP."""
    if not isinstance(figure, FigureView):
        fail(f"`plot_tradeoffs` should return a matplotlib Figure, but returned {kind(figure)}.")
    panels = []
    for axes in figure.axes:
        lines = [line for line in axes.lines if line.label and not line.label.startswith("_")]
        if lines:
            panels.append((axes, lines))
    assert panels, "The figure has no axes with labelled lines: give each line a label."
    assert len(panels) == 3, "There should be three axes with labelled lines, one per quantity."
    found = []
    for axes, lines in panels:
        assert len(lines) == 2, "Each axes should have two labelled lines, one for each table."
        marked = [line for line in lines if "IMP" in line.label]
        assert len(marked) == 1, "The label of the `imp_df` line holds IMP, the other does not."
        other = next(line for line in lines if line is not marked[0])
        found.append((axes, other, marked[0]))
    return found


@task("ex2-plot-check", points=0.125)
def test_plot_has_two_labelled_lines_each(student, rng):
    """The figure has three axes with two labelled lines each."""
    panels_of(student.plot_tradeoffs(*random_frames(rng)))


def draws(line, frame, x, y):
    """Whether a line draws every row of a table, in any order; seconds may be milliseconds."""
    if len(line.x) != len(frame) or len(line.y) != len(frame):
        return False
    drawn = sorted(zip(line.x.tolist(), line.y.tolist(), strict=True))
    for factor in (1, 1000) if y == "latency_s" else (1,):
        rows = sorted(zip(frame[x].tolist(), (factor * frame[y]).tolist(), strict=True))
        both = zip(drawn, rows, strict=True)
        if all(abs(p[0] - q[0]) < 1e-6 and abs(p[1] - q[1]) < 1e-6 for p, q in both):
            return True
    return False


@task("ex2-plot-check", points=0.25)
def test_plot_draws_all_rows(student, rng):
    """The lines draw accuracy, size and latency of both tables against sparsity."""
    noniter, imp = random_frames(rng)
    panels = panels_of(student.plot_tradeoffs(noniter, imp))
    quantities = {"accuracy": "accuracy", "disk_mb": "size on disk", "latency_s": "latency"}
    for y, words in quantities.items():
        if any(
            draws(a, noniter, "sparsity", y) and draws(b, imp, "sparsity", y) for _, a, b in panels
        ):
            continue
        for _, plain, marked in panels:
            if draws(plain, imp, "sparsity", y) and draws(marked, noniter, "sparsity", y):
                fail("The labels are swapped: IMP belongs to the second table, `imp_df`.")
            if draws(plain, noniter, "sparsity", y) and draws(marked, noniter, "sparsity", y):
                fail(f"Both lines of the {words} draw the first table.")
            if draws(plain, noniter, "iteration", y) or draws(marked, imp, "iteration", y):
                fail("The x axis is the iteration: draw against sparsity.")
            if draws(plain, noniter, y, "sparsity") or draws(marked, imp, y, "sparsity"):
                fail("The axes are exchanged: sparsity goes on the x axis.")
            if any(
                draws(plain, cut, "sparsity", y) for cut in (noniter.iloc[1:], noniter.iloc[:-1])
            ):
                fail("A row is missing in the lines: draw all rows of both tables.")
        fail(f"No axes draws the {words} of both tables against their sparsity, all rows.")


@task("ex2-plot-check", points=0.125)
def test_plot_is_labelled_and_changes_nothing(student, rng):
    """Both axes of each panel are named, and the tables stay as they are."""
    frames = random_frames(rng)
    originals = [frame.copy() for frame in frames]
    panels = panels_of(student.plot_tradeoffs(*frames))
    for axes, _, _ in panels:
        assert axes.xlabel.strip(), "Name the quantity and its unit on every x axis."
        assert axes.ylabel.strip(), "Name the quantity and its unit on every y axis."
    for original, after in zip(originals, student.last.args, strict=True):
        same = isinstance(after, pd.DataFrame) and list(after.columns) == COLUMNS
        same = same and len(after) == len(original)
        same = same and all(list(after[name]) == list(original[name]) for name in COLUMNS)
        assert same, "`plot_tradeoffs` changed a table: work on a copy, or only read it."
