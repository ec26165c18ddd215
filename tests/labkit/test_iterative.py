import copy
from itertools import pairwise

import pandas as pd
import pytest
import torch
from torch.nn.utils import prune

from labkit.errors import RunError
from labkit.metrics import calculate_sparse_model_size
from labkit.models import FFN
from labkit.pruning import (
    iterative_magnitude_pruning,
    prunable_parameters,
    repeated_pruning,
    save_initial_state,
)
from labkit.training import train

COLUMNS = ["iteration", "sparsity", "accuracy", "latency_s", "disk_mb"]


class Recorder:
    """An `evaluate` that keeps the copies it saw and returns numbers of its own."""

    def __init__(self):
        self.copies = []

    def __call__(self, model):
        self.copies.append(model)
        return 50.0 + float(model.out.weight.detach().abs().sum()), 0.001 * len(self.copies)


class Killed(Exception):
    pass


def killed_at(function, call):
    """Do what `function` does, until the power fails in its n-th call."""
    calls = []

    def wrapped(model):
        calls.append(1)
        if len(calls) == call:
            raise Killed
        return function(model)

    return wrapped


@pytest.fixture
def train_once(loader):
    return lambda model: train(model, loader, epochs=1, lr=0.01, progress=False)


def accuracy_of(loader):
    """A pure `evaluate`, so that two runs can be compared exactly."""

    def evaluate(model):
        with torch.no_grad():
            hits = model(loader.images).argmax(dim=1) == loader.labels
        return 100 * hits.double().mean().item(), 0.5

    return evaluate


def zeros(model):
    return sum(int((m.weight == 0).sum()) for m, _ in prunable_parameters(model))


def expected_zeros(total, rounds, amount):
    left = [total]
    for _ in range(rounds):
        left.append(left[-1] - round(amount * left[-1]))
    return [total - n for n in left]


TOTAL = 16 * 24 + 24 * 24 + 24 * 3


def test_repeated_rows_describe_the_copies_that_were_evaluated(model):
    evaluate = Recorder()
    table = repeated_pruning(model, prunable_parameters(model), evaluate, rounds=4, amount=0.4)
    assert list(table.columns) == COLUMNS
    assert list(table["iteration"]) == [0, 1, 2, 3, 4]
    assert [zeros(seen) for seen in evaluate.copies] == expected_zeros(TOTAL, 4, 0.4)
    assert list(table["sparsity"]) == pytest.approx(
        [100 * n / TOTAL for n in expected_zeros(TOTAL, 4, 0.4)]
    )
    assert list(table["accuracy"]) == [
        50.0 + float(seen.out.weight.detach().abs().sum()) for seen in evaluate.copies
    ]
    assert list(table["latency_s"]) == pytest.approx([0.001 * k for k in range(1, 6)])
    assert all(pd.api.types.is_numeric_dtype(table[name]) for name in COLUMNS)
    assert table["disk_mb"].iloc[-1] == calculate_sparse_model_size(model)
    for seen in evaluate.copies:
        assert not prune.is_pruned(seen)


def test_repeated_pruning_changes_no_surviving_weight(model):
    before = copy.deepcopy(model.state_dict())
    evaluate = Recorder()
    repeated_pruning(model, prunable_parameters(model), evaluate, rounds=3)
    for seen in evaluate.copies:
        for key, value in seen.state_dict().items():
            assert torch.equal(value[value != 0], before[key][value != 0])


def test_what_evaluate_does_to_its_copy_does_not_reach_the_model(model):
    before = copy.deepcopy(model.state_dict())

    def vandal(seen):
        with torch.no_grad():
            for param in seen.parameters():
                param.fill_(0)
        return 1.0, 1.0

    repeated_pruning(model, prunable_parameters(model), vandal, rounds=1)
    assert torch.equal(model.out.weight_orig, before["out.weight"])


def test_imp_trains_from_the_initial_weights_each_round(model, train_once):
    init = save_initial_state(model)
    starts, evaluate = [], Recorder()

    def watched(net):
        starts.append({k: v.clone() for k, v in net.state_dict().items()})
        train_once(net)

    params = prunable_parameters(model)
    table = iterative_magnitude_pruning(
        model, init, params, watched, evaluate, rounds=3, amount=0.5
    )
    assert list(table.columns) == COLUMNS
    assert len(starts) == len(table) == 4
    for start in starts:
        for key, value in init.items():
            assert torch.equal(start.get(key, start.get(f"{key}_orig")), value), key
    assert [zeros(seen) for seen in evaluate.copies] == expected_zeros(TOTAL, 3, 0.5)


def test_imp_ranks_the_trained_weights(model, train_once):
    """The masks of a round are the largest trained weights of the round before."""
    init = save_initial_state(model)
    evaluate = Recorder()
    params = prunable_parameters(model)
    iterative_magnitude_pruning(model, init, params, train_once, evaluate, rounds=2, amount=0.5)
    flat = [
        torch.cat([m.weight.detach().flatten() for m, _ in prunable_parameters(seen)])
        for seen in evaluate.copies
    ]
    alive = torch.ones(TOTAL, dtype=torch.bool)
    for before, after in pairwise(flat):
        count = round(0.5 * int(alive.sum()))
        ranked = before.abs().masked_fill(~alive, float("inf"))
        alive[ranked.argsort()[:count]] = False
        assert torch.equal(after != 0, alive)


def test_csv_holds_the_table_exactly(model, tmp_path):
    path = tmp_path / "new folder" / "täble.csv"
    table = repeated_pruning(model, prunable_parameters(model), Recorder(), rounds=2, csv_path=path)
    pd.testing.assert_frame_equal(pd.read_csv(path), table)


def test_csv_grows_row_by_row(model, tmp_path):
    path = tmp_path / "table.csv"
    seen = []

    def evaluate(_):
        seen.append(len(pd.read_csv(path)) if path.exists() else 0)
        return 1.0, 1.0

    repeated_pruning(model, prunable_parameters(model), evaluate, rounds=3, csv_path=path)
    assert seen == [0, 1, 2, 3]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["table.csv", "table.csv.state"]


@pytest.mark.parametrize("same_process", [True, False])
@pytest.mark.parametrize("where", ["train", "evaluate"])
def test_a_killed_imp_run_ends_as_an_undisturbed_one(
    model, loader, train_once, tmp_path, where, same_process
):
    init = save_initial_state(model)
    whole, fresh = copy.deepcopy(model), copy.deepcopy(model)
    evaluate = accuracy_of(loader)
    expected = iterative_magnitude_pruning(
        whole, init, prunable_parameters(whole), train_once, evaluate, rounds=4
    )
    path = tmp_path / "imp.csv"
    functions = {"train": train_once, "evaluate": evaluate}
    broken = functions | {where: killed_at(functions[where], 4)}
    with pytest.raises(Killed):
        iterative_magnitude_pruning(
            model, init, prunable_parameters(model), **broken, rounds=4, csv_path=path
        )
    assert len(pd.read_csv(path)) == 3

    again = model if same_process else fresh
    calls = []

    def counted(net):
        calls.append(1)
        return train_once(net)

    table = iterative_magnitude_pruning(
        again, init, prunable_parameters(again), counted, evaluate, rounds=4, csv_path=path
    )
    pd.testing.assert_frame_equal(table, expected)
    assert len(calls) == 2
    for key, value in again.state_dict().items():
        assert torch.equal(value, whole.state_dict()[key]), key


@pytest.mark.parametrize("same_process", [True, False])
def test_a_killed_repeated_run_ends_as_an_undisturbed_one(model, loader, tmp_path, same_process):
    whole, fresh = copy.deepcopy(model), copy.deepcopy(model)
    evaluate, path = accuracy_of(loader), tmp_path / "repeated.csv"
    expected = repeated_pruning(whole, prunable_parameters(whole), evaluate)
    with pytest.raises(Killed):
        repeated_pruning(model, prunable_parameters(model), killed_at(evaluate, 3), csv_path=path)
    again = model if same_process else fresh
    table = repeated_pruning(again, prunable_parameters(again), evaluate, csv_path=path)
    pd.testing.assert_frame_equal(table, expected)
    for key, value in again.state_dict().items():
        assert torch.equal(value, whole.state_dict()[key]), key


def test_a_run_killed_between_its_two_files_loses_nothing(model, loader, tmp_path):
    path, evaluate = tmp_path / "table.csv", accuracy_of(loader)
    fresh = copy.deepcopy(model)
    expected = repeated_pruning(model, prunable_parameters(model), evaluate, csv_path=path)
    path.write_text("\n".join(path.read_text().splitlines()[:3]) + "\n")  # the CSV is behind
    table = repeated_pruning(fresh, prunable_parameters(fresh), evaluate, csv_path=path)
    pd.testing.assert_frame_equal(table, expected)
    pd.testing.assert_frame_equal(pd.read_csv(path), expected)


def test_a_finished_run_is_read_and_can_be_prolonged(model, loader, tmp_path):
    path, evaluate = tmp_path / "table.csv", accuracy_of(loader)
    fresh, whole = copy.deepcopy(model), copy.deepcopy(model)
    repeated_pruning(model, prunable_parameters(model), evaluate, rounds=2, csv_path=path)
    never = killed_at(evaluate, 1)
    table = repeated_pruning(fresh, prunable_parameters(fresh), never, rounds=2, csv_path=path)
    assert len(table) == 3
    longer = repeated_pruning(fresh, prunable_parameters(fresh), evaluate, rounds=4, csv_path=path)
    expected = repeated_pruning(whole, prunable_parameters(whole), evaluate, rounds=4)
    pd.testing.assert_frame_equal(longer, expected)


def test_deleting_the_csv_starts_again(model, tmp_path):
    path = tmp_path / "table.csv"
    fresh = copy.deepcopy(model)
    repeated_pruning(model, prunable_parameters(model), Recorder(), csv_path=path)
    path.unlink()
    evaluate = Recorder()
    repeated_pruning(fresh, prunable_parameters(fresh), evaluate, csv_path=path)
    assert len(evaluate.copies) == 6


def test_files_of_another_run_are_refused_and_kept(model, tmp_path):
    path = tmp_path / "table.csv"
    fresh, other = copy.deepcopy(model), FFN(24, 16, 3)
    repeated_pruning(model, prunable_parameters(model), Recorder(), rounds=2, csv_path=path)
    before = path.read_bytes()
    for net, kwargs, message in (
        (fresh, {"amount": 0.2}, r"its amount is 0\.33, now it is 0\.2"),
        (other, {}, "belongs to another run: its weights"),
        (fresh, {"rounds": 1}, "holds 2 rounds already"),
    ):
        with pytest.raises(RunError, match=message):
            repeated_pruning(net, prunable_parameters(net), Recorder(), csv_path=path, **kwargs)
    with pytest.raises(RunError, match="its kind is repeated"):
        iterative_magnitude_pruning(
            fresh,
            save_initial_state(fresh),
            prunable_parameters(fresh),
            lambda net: None,
            Recorder(),
            csv_path=path,
        )
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["missing", "cut", "text"])
def test_a_csv_without_its_state_is_refused(model, tmp_path, damage):
    path, state = tmp_path / "table.csv", tmp_path / "table.csv.state"
    repeated_pruning(model, prunable_parameters(model), Recorder(), rounds=1, csv_path=path)
    content = state.read_bytes()
    state.unlink()
    if damage != "missing":
        state.write_bytes(content[:500] if damage == "cut" else b"hello")
    with pytest.raises(RunError, match="missing or damaged"):
        repeated_pruning(model, prunable_parameters(model), Recorder(), csv_path=path)
