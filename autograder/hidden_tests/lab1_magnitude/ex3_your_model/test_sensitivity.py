"""Hidden tests of Lab 1, Exercise 3.2B: one group pruned at a time, always from the dense model.

Rows may come in any order. `evaluate` is ours: it tells which model each row describes.
"""

import pandas as pd
import torch

from autograder.boundary.views import FigureView, ModuleView, same_bits, view
from autograder.testing import (
    Evaluator,
    column,
    dense_sizes_mb,
    effective_state,
    fail,
    ffn,
    kind,
    number,
    sparse_sizes_mb,
    table,
    task,
)

CHECK = "ex3-options-check"
COLUMNS = ["component", "ratio", "accuracy", "size_mb", "latency_s"]
RATIOS = [0.35, 0.7]


class Scan:
    """A scan of a random network, by the student.

    Attributes:
        model: The network, with three hidden layers of unequal scale.
        names: Which weights each component is made of, by plain name.
        frame: The student's table.
        seen: The model that `evaluate` saw, for each row.
    """

    def __init__(self, student, rng, ratios=RATIOS, exact=False):
        self.model = ffn(rng, num_layers=3, scales=(1.0, 0.2, 0.5, 2.0))
        layers = [*self.model.layers, self.model.out]
        modules = {"middle": layers[1:3], "last": layers[3:], "first": layers[:1]}
        groups = {name: [(m, "weight") for m in part] for name, part in modules.items()}
        known = {module: f"{name}.weight" for name, module in self.model.named_modules()}
        self.names = {name: [known[m] for m in part] for name, part in modules.items()}
        self.before = view(self.model)
        self.evaluator = Evaluator(rng)
        value = student.sensitivity_scan(self.model, groups, list(ratios), self.evaluator)
        self.after = student.last.args[0]
        rows = len(groups) * len(ratios)
        self.frame = table(value, COLUMNS, rows, "`sensitivity_scan`", exact=exact)
        self.ratios = [number(ratio, "Each `ratio`") for ratio in self.frame["ratio"]]
        self.components = [str(name) for name in self.frame["component"]]
        if not set(self.components) <= set(self.names):
            fail("`component` should hold the names in `groups`.")
        self.seen = self._models()

    def _models(self):
        self.evaluator.check(at_least=len(self.frame))
        models = []
        for found in column(self.frame, "accuracy"):
            calls = [
                call
                for call, answer in enumerate(self.evaluator.answers)
                if abs(answer[0] - found) < 1e-6
            ]
            if not calls:
                fail("`accuracy` is not what `evaluate` returned for one of the models.")
            models.append(calls[0])
        return models

    def rows(self):
        """Component, ratio and the effective weights of the model, for each row."""
        for component, ratio, call in zip(self.components, self.ratios, self.seen, strict=True):
            state = self.evaluator.seen[call].effective
            if not all(name in state for part in self.names.values() for name in part):
                fail("`evaluate` should be given a copy of the whole model.")
            yield component, ratio, state


def zeros(state, names):
    """How many of the named weights are zero."""
    return sum(int((state[name] == 0).sum()) for name in names)


@task(CHECK, points=0.1, option="B")
def test_scan_has_one_row_for_each_cell(student, rng):
    """The table has its columns, and one row for each component and ratio."""
    scan = Scan(student, rng, exact=True)
    if max(scan.ratios) > 1:
        fail("`ratio` should be a share from 0 to 1, as it was given.")
    found = {
        (name, round(ratio, 6)) for name, ratio in zip(scan.components, scan.ratios, strict=True)
    }
    wanted = {(name, ratio) for name in scan.names for ratio in RATIOS}
    assert found == wanted, "There should be one row for each component and each ratio."


@task(CHECK, points=0.15, option="B")
def test_scan_prunes_one_group_alone(student, rng):
    """In each row only the weights of its component are pruned, biases never."""
    scan = Scan(student, rng)
    dense = effective_state(scan.model)
    for component, _, state in scan.rows():
        if zeros(state, scan.names[component]) == 0:
            fail("In one row, no weight of its component is pruned.")
        for name, tensor in dense.items():
            if name in scan.names[component] or same_bits(state[name], tensor):
                continue
            if name.endswith("bias"):
                fail("Biases should stay as they are.")
            fail("In a row, weights of another component are pruned, too: start each row afresh.")


@task(CHECK, points=0.15, option="B")
def test_scan_prunes_the_share(student, rng):
    """Each row prunes the share `ratio` of its component, counted from the dense model."""
    for ratios in (RATIOS, RATIOS[::-1]):
        scan = Scan(student, rng, ratios)
        for component, ratio, state in scan.rows():
            names = scan.names[component]
            total = sum(state[name].numel() for name in names)
            gone = zeros(state, names)
            if abs(gone - round(ratio * total)) <= 1:
                continue
            if abs(gone - (total - round(ratio * total))) <= 1:
                fail("`ratio` is the share of the weights that goes, not of those that stay.")
            fail(
                "A row should have the share `ratio` of its component's weights at zero, counted "
                "from the dense model: does each row start from a fresh copy?"
            )


@task(CHECK, points=0.1, option="B")
def test_scan_ranks_a_group_together(student, rng):
    """The smallest magnitudes of all layers of a component go; survivors keep their values."""
    scan = Scan(student, rng)
    dense = effective_state(scan.model)
    for component, _, state in scan.rows():
        names = scan.names[component]
        old = torch.cat([dense[name].reshape(-1) for name in names])
        new = torch.cat([state[name].reshape(-1) for name in names])
        gone = new == 0
        if not gone.any() or gone.all():
            fail("A row should have some weights of its component at zero, and not all.")
        if not same_bits(new[~gone], old[~gone]):
            fail("Weights that stay should keep their values.")
        if old.abs()[gone].max() > old.abs()[~gone].min():
            fail("The smallest |w| of all layers of a component together should go.")


@task(CHECK, points=0.1, option="B")
def test_scan_leaves_the_model(student, rng):
    """The model stays as it is; `evaluate` gets copies without masks."""
    scan = Scan(student, rng)
    if not isinstance(scan.after, ModuleView) or scan.before.differences(scan.after):
        fail("The model has changed: prune a fresh copy for each row, and measure that.")
    if any(model.masks for model in scan.evaluator.seen):
        fail("`evaluate` was given a model with masks: give it a copy without them.")


@task(CHECK, points=0.1, option="B")
def test_scan_sizes_and_latencies(student, rng):
    """Size and latency of a row belong to the model that its accuracy is of."""
    scan = Scan(student, rng)
    sizes, latencies = column(scan.frame, "size_mb"), column(scan.frame, "latency_s")
    for (component, _, state), call, size_mb, latency_s in zip(
        scan.rows(), scan.seen, sizes, latencies, strict=True
    ):
        if abs(latency_s - scan.evaluator.answers[call][1]) > 1e-6:
            fail("`latency_s` is not what `evaluate` returned together with the accuracy.")
        if is_size_of(size_mb, sparse_sizes_mb(state, set(scan.names[component]))):
            continue
        if is_size_of(size_mb, dense_sizes_mb(state)):
            fail("`size_mb` is the dense size: use your `calculate_sparse_model_size`.")
        fail("`size_mb` should be the sparse size of the row's model, in MB (10**6 bytes).")


def is_size_of(size_mb, accepted):
    """As `is_size`, but for files so small that 2 kB would hide a mistake."""
    return any(abs(size_mb - right) <= 0.004 * right + 1e-4 for right in accepted)


@task(CHECK, points=0.05, option="B")
def test_heat_map_names_its_axes(student, rng):
    """`plot_sensitivity` returns a figure with both axes named, and leaves the table."""
    draw = torch.rand(4, generator=rng).tolist()
    cells = [(name, ratio) for name in ("front", "back") for ratio in (0.2, 0.8)]
    rows = [(*cell, 100 * value, 0.1, 0.001) for cell, value in zip(cells, draw, strict=True)]
    scan = pd.DataFrame(rows, columns=COLUMNS)
    figure = student.plot_sensitivity(scan)
    if not isinstance(figure, FigureView):
        fail(f"`plot_sensitivity` should return a Figure, but returned {kind(figure)}.")
    named = [axes for axes in figure.axes if axes.xlabel.strip() and axes.ylabel.strip()]
    assert named, "Name both axes of the heat map: components and ratios."
    after = student.last.args[0]
    unchanged = isinstance(after, pd.DataFrame) and after.equals(scan)
    assert unchanged, "`plot_sensitivity` should leave the table as it is."
