"""The sensitivity scan: one group at a time, always from the dense model."""

import copy

import matplotlib
import pandas as pd
import torch
from torch import nn

from labkit.models import FFN
from labkit.plots_sensitivity import plot_sensitivity
from labkit.pruning import prunable_parameters
from labkit.pruning.sensitivity import SCAN_COLUMNS, layer_groups, sensitivity_scan

matplotlib.use("agg")


def zeros(model: nn.Module) -> list[int]:
    """How many weights of each linear layer are zero."""
    return [int((m.weight == 0).sum()) for m in model.modules() if isinstance(m, nn.Linear)]


def test_each_row_prunes_one_group_of_a_fresh_copy() -> None:
    torch.manual_seed(0)
    net = FFN(10, 8, 5)  # 80, 100, 50 weights
    before = copy.deepcopy(net.state_dict())
    seen: list[nn.Module] = []

    def evaluate(model: nn.Module) -> tuple[float, float]:
        seen.append(model)
        return float(len(seen)), 0.1 * len(seen)

    groups = {"hidden": prunable_parameters(net)[:2], "out": prunable_parameters(net)[2:]}
    scan = sensitivity_scan(net, groups, [0.5, 0.1], evaluate)
    assert list(scan.columns) == SCAN_COLUMNS
    assert list(scan["component"]) == ["hidden", "hidden", "out", "out"]
    assert list(scan["accuracy"]) == [1, 2, 3, 4]
    counts = [zeros(model) for model in seen]
    assert [sum(c[:2]) for c in counts] == [90, 18, 0, 0]
    assert [c[2] for c in counts] == [0, 0, 25, 5]
    assert all("mask" not in name for model in seen for name in model.state_dict())
    assert net.state_dict().keys() == before.keys()
    assert all(torch.equal(net.state_dict()[name], before[name]) for name in before)
    assert scan["size_mb"].nunique() == 4


def test_layer_groups_are_named_as_in_the_model() -> None:
    net = FFN(4, 3, 2)
    groups = layer_groups(net, prunable_parameters(net))
    assert list(groups) == ["layers.0", "layers.1", "out"]
    assert groups["out"] == [(net.out, "weight")]


def test_heat_map_keeps_the_order_of_components() -> None:
    cells = [(name, ratio) for name in ("z", "a") for ratio in (0.0, 0.5, 0.9)]
    rows = [(*cell, 10.0 * i, 1.0, 0.1) for i, cell in enumerate(cells)]
    figure = plot_sensitivity(pd.DataFrame(rows, columns=SCAN_COLUMNS))
    axis = figure.axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["z", "a"]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["0 %", "50 %", "90 %"]
    drawn = axis.get_images()[0].get_array()
    assert drawn is not None and drawn.tolist() == [[0, 10, 20], [30, 40, 50]]
    assert axis.get_xlabel() and axis.get_ylabel()
