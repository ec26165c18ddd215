"""Own models and data: adapters give what `train` and `evaluate` take, or say what is wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from labkit import adapters
from labkit.adapters import AdapterError
from labkit.adapters.batches import Loaders
from labkit.training import evaluate, train


def goes_through(model: nn.Module, loaders: Loaders, classes: int) -> None:
    """One epoch, then an evaluation."""
    train(model, loaders[0], epochs=1, progress=False)
    accuracy, latency_s = evaluate(model, loaders[1], repeats=1)
    inputs, labels = adapters.first_batch(loaders[1])
    assert model(inputs).shape == (len(labels), classes)
    assert 0 <= accuracy <= 100 and latency_s > 0


def test_csv_with_class_names(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(generator.normal(5, 9, (50, 3)), columns=list("abc"))
    frame["note"] = "text"
    frame["kind"] = ["cat", "dog"] * 25
    frame.to_csv(tmp_path / "pets.csv", index=False)
    loaders = adapters.table_data(tmp_path / "pets.csv", label="kind", batch_size=8)
    inputs = torch.cat([x for loader in loaders for x, _ in loader])
    assert inputs.shape == (50, 3) and inputs.mean().abs() < 1e-5
    assert sorted({int(y) for _, labels in loaders[0] for y in labels}) == [0, 1]
    assert adapters.overlap(*loaders) == 0
    goes_through(nn.Linear(3, 2), loaders, 2)


def test_numpy_file(tmp_path: Path) -> None:
    x, y = np.random.default_rng(0).normal(size=(20, 2, 4)), np.arange(20) % 3
    np.savez(tmp_path / "own.npz", x=x, y=y)
    loaders = adapters.table_data(tmp_path / "own.npz")
    assert sum(len(labels) for loader in loaders for _, labels in loader) == 20
    goes_through(nn.Sequential(nn.Flatten(), nn.Linear(8, 3)), loaders, 3)


def test_pictures_in_folders(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    for kind, colour in (("blue", (0, 0, 255)), ("red", (255, 0, 0))):
        (tmp_path / kind).mkdir()
        for number in range(5):
            image.new("RGB", (30 + number, 20), colour).save(tmp_path / kind / f"{number}.png")
    loaders = adapters.image_folder(tmp_path, size=32, batch_size=2)
    inputs, labels = adapters.first_batch(loaders[1])
    assert inputs.shape == (2, 3, 32, 32) and inputs.min() == -1 and inputs.max() == 1
    assert all(int(x[0, 0, 0] > 0) == y for x, y in zip(inputs, labels, strict=True))
    grey = adapters.image_folder(tmp_path, size=16, channels=1, limit=4, batch_size=2)
    assert adapters.first_batch(grey[0])[0].shape[1:] == (1, 16, 16)


def test_torchvision_model_for_own_classes_and_channels() -> None:
    pytest.importorskip("torchvision")
    state = torch.get_rng_state()
    model = adapters.torchvision_model("squeezenet1_1", 4, input_channels=1)
    assert torch.equal(torch.get_rng_state(), state)
    goes_through(model, adapters.random_data((1, 32, 32), 4, count=20, batch_size=10), 4)


def test_text_classifier_on_sentences(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    rows = [("A fine, FINE film", 1), ("a bad film", 0)] * 10
    table = pd.DataFrame(rows, columns=["sentence", "label"])
    table.to_csv(tmp_path / "reviews.tsv", sep="\t", index=False)
    loaders = adapters.text_data(tmp_path / "reviews.tsv", length=6, vocabulary=20, batch_size=4)
    inputs, _ = adapters.first_batch(loaders[0])
    assert inputs.shape == (4, 6) and inputs.dtype == torch.int64
    goes_through(adapters.text_classifier(vocabulary=20), loaders, 2)


def test_word_numbers_by_frequency() -> None:
    from labkit.adapters.text import word_numbers

    ids = word_numbers(["a b a", "a c"], length=4, vocabulary=4)
    assert ids.tolist() == [[2, 3, 2, 0], [2, 1, 0, 0]]


def test_random_data_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    loaders = adapters.random_data((5,), 3, count=30)
    assert "Not for results" in capsys.readouterr().out
    goes_through(nn.Linear(5, 3), loaders, 3)


def test_overlap_finds_test_data_in_training_data() -> None:
    train_loader, test_loader = adapters.random_data((5,), 3, count=30)
    assert adapters.overlap(train_loader, test_loader) == 0
    assert adapters.overlap(test_loader, test_loader) == 1


def test_devices(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert adapters.pick_device("cpu") == torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert adapters.pick_device("cuda:1") == torch.device("cpu")
    assert "no cuda:1" in capsys.readouterr().out
    assert adapters.pick_device().type in ("cpu", "mps")
    with pytest.raises(AdapterError, match="should be one of"):
        adapters.pick_device("gpu")


def test_errors_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    (tmp_path / "empty").mkdir()
    not_pairs: Any = [torch.zeros(2)]
    for call, match in (
        (lambda: adapters.table_data(tmp_path / "no.csv"), "no file"),
        (lambda: adapters.table_data(tmp_path / "t.csv"), "no column 'label'"),
        (lambda: adapters.table_data(tmp_path / "t.csv", label="a"), "cannot be split"),
        (lambda: adapters.table_data(tmp_path / "no.npz"), "arrays x and y"),
        (lambda: adapters.image_folder(tmp_path / "no"), "should be a folder"),
        (lambda: adapters.image_folder(tmp_path / "empty"), "should be a folder"),
        (lambda: adapters.torchvision_model("resnet19", 2), "resnet18"),
        (lambda: adapters.first_batch([]), "no batch"),
        (lambda: adapters.first_batch(not_pairs), "pairs"),
    ):
        with pytest.raises(AdapterError, match=match):
            call()


def test_missing_library_names_its_installation() -> None:
    with pytest.raises(AdapterError, match="pip install no_such_library"):
        adapters.errors.require("no_such_library", "This")
