import copy
import io
import itertools
import os
import platform

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from labkit.metrics import (
    calculate_sparse_model_size,
    calculate_sparsity,
    calculate_sparsity_model,
    calculate_sparsity_overall,
    count_parameters,
    describe_hardware,
    disk_size_mb,
    measure_latency,
)
from labkit.pruning import prunable_parameters, prune_step


def fingerprint(model):
    """Everything of a model that measuring must not change."""
    return (
        {key: value.clone() for key, value in model.state_dict().items()},
        [(name, p.requires_grad, p.grad) for name, p in model.named_parameters()],
        [(name, m.training, list(m._forward_pre_hooks)) for name, m in model.named_modules()],
    )


def assert_unchanged(model, before):
    state, *rest = fingerprint(model)
    assert list(rest) == list(before[1:])
    assert state.keys() == before[0].keys()
    assert all(torch.equal(state[key], before[0][key]) for key in state)


def zeros_and_total(tensors):
    """Count in plain Python, value by value."""
    values = list(itertools.chain.from_iterable(t.detach().flatten().tolist() for t in tensors))
    return sum(value == 0 for value in values), len(values)


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 4, 5)])
def test_sparsity_of_a_tensor(shape, generator):
    tensor = torch.randint(-1, 2, shape, generator=generator).float()
    zeros, total = zeros_and_total([tensor])
    assert calculate_sparsity(tensor) == pytest.approx(100 * zeros / total)


def test_sparsity_of_tensors_without_zeros_or_values():
    assert calculate_sparsity(torch.tensor([-0.0, 1e-30, -1.0, 2.0])) == 25.0
    assert calculate_sparsity(torch.ones(4, requires_grad=True)) == 0.0
    assert calculate_sparsity(torch.empty(0)) == 0.0


def test_overall_weighs_layers_by_their_size(model):
    prune.random_unstructured(model.out, "weight", amount=72)  # all of the small layer
    params = prunable_parameters(model)
    assert calculate_sparsity(model.out.weight_mask) == 100.0
    assert calculate_sparsity_overall(model, params) == pytest.approx(
        100 * 72 / (16 * 24 + 24 * 24 + 24 * 3)
    )


def test_overall_counts_what_is_masked_now(model):
    params = prunable_parameters(model)
    prune_step(model, params, 0.5)
    with torch.no_grad():
        model.out.weight_orig.add_(1)  # as an optimizer step: `weight` is stale now
        model.out.weight.fill_(0)
    expected = zeros_and_total(m.weight_orig * m.weight_mask for m, _ in params)
    assert calculate_sparsity_overall(model, params) == pytest.approx(
        100 * expected[0] / expected[1]
    )


def test_model_sparsity_counts_biases_and_masked_weights_once(model):
    params = prunable_parameters(model)
    prune_step(model, params, 0.33)
    with torch.no_grad():
        model.layers[0].bias[:5] = 0
    tensors = [m.weight_orig * m.weight_mask for m, _ in params]
    tensors += [layer.bias for layer in (*model.layers, model.out)]
    zeros, total = zeros_and_total(tensors)
    assert total == count_parameters(model)
    assert calculate_sparsity_model(model) == pytest.approx(100 * zeros / total)
    assert calculate_sparsity_model(model) < calculate_sparsity_overall(model, params)


def test_a_layer_that_is_used_twice_counts_once(tied):
    assert len(prunable_parameters(tied)) == 2
    assert count_parameters(tied) == 8 * 8 + 8 + 8 + 8 + 8 * 2 + 2
    twice = [(tied.first, "weight"), (tied.again, "weight"), (tied.out, "weight")]
    prune_step(tied, twice, 0.5)
    zeros, total = zeros_and_total(m.weight_orig * m.weight_mask for m in (tied.first, tied.out))
    assert (zeros, total) == (40, 80)
    assert calculate_sparsity_overall(tied, twice) == 50.0
    dense = zeros_and_total([tied.first.bias, tied.norm.weight, tied.norm.bias, tied.out.bias])
    assert calculate_sparsity_model(tied) == pytest.approx(
        100 * (zeros + dense[0]) / (total + dense[1])
    )


def test_dense_size_is_four_bytes_a_value(model):
    big = nn.Linear(1000, 500)
    assert disk_size_mb(big) == pytest.approx(4 * (1000 * 500 + 500) / 1e6, abs=2e-3)
    before = fingerprint(model)
    disk_size_mb(model)
    assert_unchanged(model, before)


@pytest.mark.parametrize("amount", [0.33, 0.5, 0.9])
def test_sparse_size_is_twenty_bytes_a_weight_that_is_left(amount):
    big = nn.Sequential(nn.Linear(600, 500), nn.ReLU(), nn.Linear(500, 10))
    prune_step(big, prunable_parameters(big), amount)
    left = sum(int(m.weight_mask.sum()) for m, _ in prunable_parameters(big))
    assert calculate_sparse_model_size(big) == pytest.approx(
        ((4 + 8 + 8) * left + 4 * 510) / 1e6, abs=4e-3
    )


def test_sparse_size_is_that_of_a_file(model, tmp_path):
    prune_step(model, prunable_parameters(model), 0.6)
    state = {}
    for name, module in [
        ("layers.0", model.layers[0]),
        ("layers.1", model.layers[1]),
        ("out", model.out),
    ]:
        weight = (module.weight_orig * module.weight_mask).detach()
        rows, columns = weight.nonzero(as_tuple=True)
        values = weight[rows, columns]
        state[f"{name}.weight"] = torch.sparse_coo_tensor(
            torch.stack([rows, columns]),
            values,
            weight.shape,
            is_coalesced=True,
            check_invariants=False,
        )
        state[f"{name}.bias"] = module.bias.detach()
    torch.save(state, tmp_path / "sparse.pt")
    assert calculate_sparse_model_size(model) == pytest.approx(
        (tmp_path / "sparse.pt").stat().st_size / 1e6, abs=1e-3
    )


def test_sparse_size_is_taken_without_touching_model_or_folder(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prune_step(model, prunable_parameters(model), 0.5)
    model(torch.rand(2, 16)).sum().backward()  # `weight` has a graph now, deepcopy would fail
    before = fingerprint(model)
    calculate_sparse_model_size(model)
    assert_unchanged(model, before)
    assert list(tmp_path.iterdir()) == []


def test_sparse_size_of_an_unpruned_model_is_dense(model):
    assert calculate_sparse_model_size(model) == pytest.approx(disk_size_mb(model), abs=1e-3)


def test_sparse_size_of_a_tied_layer_counts_it_once(tied):
    buffer = io.BytesIO()
    big = nn.Sequential(nn.Linear(200, 200), nn.ReLU())
    twice = nn.Sequential(big[0], nn.ReLU(), big[0])
    prune_step(twice, prunable_parameters(twice), 0.5)
    torch.save(twice[0].weight_orig, buffer)
    assert calculate_sparse_model_size(twice) == pytest.approx(20 * 20_000 / 1e6, abs=6e-3)


def test_latency_has_its_conditions(model):
    latency = measure_latency(model, torch.rand(7, 16), warmup=1, repeats=9, threads=1)
    assert 0 < latency.q1_s <= latency.median_s <= latency.q3_s
    assert latency.batch_size == 7
    assert latency.threads == 1


def test_latency_is_the_median_of_the_timed_passes(monkeypatch):
    durations = iter([100.0, 100.0, 1.0, 5.0, 2.0, 9.0, 3.0])  # two passes of warm-up
    now = [0.0]
    monkeypatch.setattr("labkit.metrics.latency.time.perf_counter", lambda: now[0])

    class Slow(nn.Module):
        def forward(self, x):
            now[0] += next(durations)
            return x

    latency = measure_latency(Slow(), torch.rand(4, 2), warmup=2, repeats=5)
    assert latency[:3] == (3.0, 2.0, 5.0)


@pytest.mark.parametrize("training", [True, False])
def test_latency_leaves_the_model_as_it_was(tied, training):
    tied.train(training)
    prune_step(tied, prunable_parameters(tied), 0.5)
    before, threads = fingerprint(tied), torch.get_num_threads()
    measure_latency(tied, torch.rand(4, 8), warmup=1, repeats=2, threads=1)
    assert_unchanged(tied, before)
    assert torch.get_num_threads() == threads
    copy.deepcopy(tied)
    tied(torch.rand(4, 8)).sum().backward()  # nothing of inference mode is left behind


def test_latency_restores_the_mode_when_the_model_fails(model):
    with pytest.raises(RuntimeError):
        measure_latency(model, torch.rand(4, 3), threads=1)
    assert model.training


def test_latency_needs_a_repeat(model):
    with pytest.raises(ValueError, match="repeat"):
        measure_latency(model, torch.rand(4, 16), repeats=0)


def test_hardware_names_this_machine():
    table = describe_hardware()
    assert list(table.columns) == ["item", "value"]
    assert list(table["item"]) == [
        "CPU",
        "Cores",
        "Memory (GB)",
        "Operating system",
        "Python",
        "PyTorch",
    ]
    value = dict(zip(table["item"], table["value"], strict=True))
    assert value["CPU"]
    assert value["Cores"] == os.cpu_count()
    assert value["Python"] == platform.python_version()
    assert value["PyTorch"] == torch.__version__
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert value["Memory (GB)"] == pytest.approx(pages / 1e9, rel=0.05)
