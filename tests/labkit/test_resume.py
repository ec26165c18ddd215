"""Finished trainings are kept and taken again; whatever differs is trained anew."""

import copy
import os

import pytest
import torch

from labkit import resume
from labkit.data import TensorLoader
from labkit.pruning import prunable_parameters, prune_step
from labkit.training import train


@pytest.fixture
def named(loader):
    """The loader with a source, so that its trainings can be kept."""
    loader.source = "a hundred random images"
    return loader


@pytest.fixture
def keep(tmp_path):
    return tmp_path / "results" / "trained"


def files(keep):
    return sorted(keep.glob("*"))


def run(model, loader, keep, **settings):
    return train(model, loader, progress=False, keep=keep, **settings)


def assert_same(model, other):
    assert model.state_dict().keys() == other.state_dict().keys()
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


def test_a_repeated_training_is_taken_from_the_folder(model, named, keep, capsys, monkeypatch):
    twin = copy.deepcopy(model)
    first = run(model, named, keep)
    assert capsys.readouterr().out == ""
    monkeypatch.setattr("labkit.training._train", None)  # it must not be called
    assert run(twin, named, keep) == first
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "trained before" in said
    assert twin.training
    assert_same(twin, model)


def test_keeping_does_not_change_the_training(model, named, keep):
    twin = copy.deepcopy(model)
    run(model, named, keep)
    train(twin, named, progress=False)
    assert_same(model, twin)


def test_a_masked_model_is_kept_with_fresh_weights_and_its_masks(model, named, keep):
    prune_step(model, prunable_parameters(model), 0.5)
    twin = copy.deepcopy(model)
    run(model, named, keep)
    run(twin, named, keep)
    assert_same(twin, model)
    for layer in (*twin.layers, twin.out):
        assert torch.equal(layer.weight, layer.weight_orig * layer.weight_mask)
    copy.deepcopy(twin)  # no graph is left on it
    kept = torch.load(files(keep)[0])["weights"]
    assert not [name for name in kept if name.endswith("_mask")]


def test_buffers_are_kept(tied, keep, generator):
    images = torch.rand(32, 8, generator=generator)
    loader = TensorLoader(images, torch.arange(32) % 2, batch_size=8, source="tied")
    twin = copy.deepcopy(tied)
    run(tied, loader, keep)
    run(twin, loader, keep)
    assert twin.norm.num_batches_tracked == tied.norm.num_batches_tracked > 0
    assert_same(twin, tied)


def other_weights(model, loader):
    with torch.no_grad():
        model.out.bias[0] += 1e-6


def other_mask(model, loader):
    prune_step(model, prunable_parameters(model), 0.5)


def frozen(model, loader):
    model.out.weight.requires_grad_(False)


def other_source(model, loader):
    loader.source = "other data"


def other_seed(model, loader):
    loader.seed = 4


def other_batches(model, loader):
    loader.batch_size = 20


def other_labels(model, loader):
    loader.labels = loader.labels.flip(0)


@pytest.mark.parametrize(
    "change",
    [other_weights, other_mask, frozen, other_source, other_seed, other_batches, other_labels],
)
def test_whatever_differs_is_trained_anew(model, named, keep, change):
    twin = copy.deepcopy(model)
    run(model, named, keep)
    change(twin, named)
    run(twin, named, keep)
    assert len(files(keep)) == 2


def test_other_settings_are_trained_anew(model, named, keep):
    for number, settings in enumerate(({}, {"epochs": 1}, {"lr": 0.01}), start=1):
        run(copy.deepcopy(model), named, keep, **settings)
        assert len(files(keep)) == number


@pytest.mark.parametrize("damage", [b"", b"no checkpoint", "cut", "other"])
def test_a_damaged_file_is_trained_anew(model, named, keep, damage, capsys):
    twin, third = copy.deepcopy(model), copy.deepcopy(model)
    run(model, named, keep)
    file = files(keep)[0]
    if damage == "other":
        torch.save({"weights": {"out.weight": torch.zeros(1)}, "result": [0.0, 0.0]}, file)
    else:
        file.write_bytes(file.read_bytes()[:-200] if damage == "cut" else damage)
    run(twin, named, keep)
    assert_same(twin, model)
    assert capsys.readouterr().out == ""
    run(third, named, keep)
    assert "trained before" in capsys.readouterr().out


def test_data_without_a_name_are_not_kept(model, loader, keep):
    run(model, loader, keep)
    assert not keep.exists()


def test_an_interrupted_training_leaves_nothing_and_is_trained_anew(model, named, keep):
    class Interrupted(TensorLoader):
        def __iter__(self):
            yield from list(super().__iter__())[:2]
            raise KeyboardInterrupt

    broken = Interrupted(named.images, named.labels, 16, shuffle=True, seed=3, source=named.source)
    start = copy.deepcopy(model)
    with pytest.raises(KeyboardInterrupt):
        run(model, broken, keep)
    assert not files(keep)
    twin = copy.deepcopy(start)
    run(start, named, keep)
    train(twin, named, progress=False)
    assert_same(start, twin)


def test_the_oldest_are_dropped(model, named, keep, monkeypatch):
    monkeypatch.setattr(resume, "LIMIT", 2)
    for number in range(3):
        run(copy.deepcopy(model), named, keep, lr=0.001 * (number + 1), epochs=1)
        for file in files(keep):
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 10))
    assert len(files(keep)) == 2
    run(model, named, keep, lr=0.003, epochs=1)
    assert len(files(keep)) == 2


def test_a_folder_that_cannot_be_written_does_not_lose_the_training(model, named, keep, capsys):
    keep.parent.mkdir()
    keep.write_text("a file in the folder's place")
    twin = copy.deepcopy(model)
    run(model, named, keep)
    train(twin, named, progress=False)
    assert_same(model, twin)
    assert "could not be kept" in capsys.readouterr().out
