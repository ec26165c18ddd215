"""Quick runs do less of the same work, say so, and are never taken for whole ones."""

import copy

import pytest

from labkit import quick
from labkit.data import TensorLoader, model_settings
from labkit.guide import times
from labkit.models import FFN
from labkit.resume import fingerprint
from labkit.training import evaluate, train


@pytest.fixture
def quick_run(monkeypatch):
    monkeypatch.setenv("LABKIT_QUICK", "1")
    quick.announce.cache_clear()


@pytest.fixture
def long_loader(loader):
    """25 batches of 4."""
    return TensorLoader(loader.images, loader.labels, 4, shuffle=True, seed=3, source="noise")


def counted(loader):
    """The same loader, and a list that grows by one for each batch it gives."""

    class Counted(TensorLoader):
        def __iter__(self):
            for batch in super().__iter__():
                given.append(1)
                yield batch

    given = []
    return Counted(loader.images, loader.labels, loader.batch_size, source="noise"), given


@pytest.mark.parametrize("value", ["", "0"])
def test_whole_runs_unless_asked(monkeypatch, value):
    monkeypatch.setenv("LABKIT_QUICK", value)
    assert not quick.is_quick()
    assert quick.batches_of(25) == 25
    assert quick.passes_of(10, 50) == (10, 50)


def test_networks_are_narrow(quick_run):
    assert model_settings("mnist")["hidden_size"] == quick.WIDTH
    assert quick.width_of(8) == 8


def test_every_epoch_ends_early(quick_run, model, long_loader, capsys):
    loader, given = counted(long_loader)
    train(model, loader, epochs=3, progress=False)
    train(model, loader, epochs=1, progress=False)
    assert len(given) == 4 * quick.BATCHES
    assert capsys.readouterr().out.count("quick run") == 1


def test_short_epochs_stay_whole(quick_run, model, loader):
    short = TensorLoader(loader.images, loader.labels, 50)
    twin = copy.deepcopy(model)
    result = train(model, short, progress=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LABKIT_QUICK")
        assert train(twin, short, progress=False).loss == result.loss


def test_evaluating_takes_few_batches_and_latencies_few_passes(quick_run, long_loader):
    class Counting(FFN):
        calls = 0

        def forward(self, x):
            Counting.calls += 1
            return super().forward(x)

    accuracy, latency_s = evaluate(Counting(8, 16, 3), long_loader, repeats=50)
    assert Counting.calls == quick.TEST_BATCHES + quick.WARMUP + quick.REPEATS
    assert 0 <= accuracy <= 100
    assert latency_s > 0


def test_a_quick_training_is_not_kept_as_a_whole_one(quick_run, monkeypatch, model, long_loader):
    short = fingerprint(model, long_loader, 2, 0.001)
    monkeypatch.delenv("LABKIT_QUICK")
    assert fingerprint(model, long_loader, 2, 0.001) != short


def test_a_quick_run_learns(quick_run, digits):
    train_loader, test_loader = digits
    model = FFN(**model_settings("mnist"))
    train(model, train_loader, epochs=2, progress=False)
    assert evaluate(model, test_loader).accuracy > 60  # chance is 10


def test_times_are_not_measured(quick_run, capsys):
    assert times("ex2") is None
    assert "quick run" in capsys.readouterr().out
