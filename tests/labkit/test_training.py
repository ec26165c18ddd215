import copy

import pytest
import torch
from torch.nn.functional import cross_entropy

from labkit.data import TensorLoader
from labkit.models import FFN
from labkit.pruning import prunable_parameters, prune_step
from labkit.training import classification_loss, evaluate, predicted_classes, train


def adam_by_hand(model, loader, epochs, lr):
    """Adam from its paper: no torch.optim."""
    params = list(model.parameters())
    m = [torch.zeros_like(p) for p in params]
    v = [torch.zeros_like(p) for p in params]
    step = 0
    for _ in range(epochs):
        for x, y in loader:
            step += 1
            grads = torch.autograd.grad(cross_entropy(model(x), y), params)
            with torch.no_grad():
                for p, g, mi, vi in zip(params, grads, m, v, strict=True):
                    mi.mul_(0.9).add_(0.1 * g)
                    vi.mul_(0.999).add_(0.001 * g * g)
                    rate = lr / (1 - 0.9**step)
                    p.sub_(rate * mi / ((vi / (1 - 0.999**step)).sqrt() + 1e-8))


def test_training_is_adam_with_cross_entropy(model, loader):
    twin = copy.deepcopy(model)
    train(model, loader, epochs=2, lr=0.003, progress=False)
    loader.restart()
    adam_by_hand(twin, loader, epochs=2, lr=0.003)
    for (name, param), expected in zip(model.named_parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(param, expected, msg=name, rtol=1e-3, atol=1e-4)


def test_training_depends_on_model_and_seed_alone(model, loader):
    twin = copy.deepcopy(model)
    first = train(model, loader, progress=False)
    next(iter(loader))  # draws from the loader's generator
    torch.rand(3)  # and from the global one
    second = train(twin, loader, progress=False)
    assert first.loss == second.loss
    assert all(map(torch.equal, model.parameters(), twin.parameters()))


def test_small_numbers_are_flushed_during_training_only(model, loader):
    small = torch.full((1,), 1e-39)

    class Watched(TensorLoader):
        def __iter__(self):
            seen.append((small * 1).item())
            return super().__iter__()

    seen = []
    watched = Watched(loader.images, loader.labels)
    train(model, watched, epochs=1, progress=False)
    assert seen in ([0.0], [small.item()])  # not every processor can
    assert (small * 1).item() > 0
    if torch.set_flush_denormal(True):
        assert seen == [0.0]
        train(model, watched, epochs=1, progress=False)
        assert (small * 1).item() == 0  # as it was before
        torch.set_flush_denormal(False)


def test_training_draws_nothing_from_the_global_generator(model, loader):
    before = torch.get_rng_state()
    train(model, loader, epochs=1, progress=False)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_loss_is_the_mean_over_images_not_over_batches(model, loader):
    whole = TensorLoader(loader.images, loader.labels, batch_size=48)  # 48 + 48 + 4
    with torch.no_grad():
        expected = cross_entropy(model(loader.images), loader.labels)
    result = train(model, whole, epochs=1, lr=0.0, progress=False)
    assert result.loss == pytest.approx(expected.item(), rel=1e-5)
    assert result.time_s > 0


def test_training_learns_the_digits(digits):
    torch.manual_seed(0)
    model = FFN(128, 400, 10)
    before = evaluate(model, digits[1], repeats=1).accuracy
    train(model, digits[0], epochs=4, progress=False)
    assert evaluate(model, digits[1], repeats=1).accuracy > max(85, before)


def test_masked_weights_stay_zero_and_the_model_can_be_copied(model, loader):
    prune_step(model, prunable_parameters(model), 0.5)
    originals = {n: p.detach().clone() for n, p in model.named_parameters()}
    train(model, loader, epochs=2, progress=False)
    clone = copy.deepcopy(model)  # fails where `weight` still has its graph
    for layer in (*clone.layers, clone.out):
        assert torch.equal(layer.weight, layer.weight_orig * layer.weight_mask)  # not stale
    for name, param in model.named_parameters():
        if name.endswith("_orig"):
            mask = model.get_buffer(name.removesuffix("_orig") + "_mask").bool()
            assert torch.equal(param[~mask], originals[name][~mask])
            assert not torch.equal(param[mask], originals[name][mask])


def test_the_last_forward_pass_leaves_batch_statistics(tied, generator):
    images = torch.rand(32, 8, generator=generator)
    loader = TensorLoader(images, torch.arange(32) % 2, batch_size=32)
    train(tied, loader, epochs=1, progress=False)
    assert tied.norm.num_batches_tracked == 1
    assert tied.training


def test_frozen_parameters_stay(model, loader):
    model.out.weight.requires_grad_(False)
    before = model.out.weight.clone()
    train(model, loader, epochs=1, progress=False)
    assert torch.equal(model.out.weight, before)


def test_progress_goes_to_stderr(model, loader, capsys):
    train(model, loader, epochs=2)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "epoch 2/2" in captured.err


def test_no_epoch_is_refused(model, loader):
    with pytest.raises(ValueError, match="epochs"):
        train(model, loader, epochs=0)


def test_accuracy_counts_images_not_batches(model, loader):
    with torch.no_grad():
        right = (model(loader.images).argmax(dim=1) == loader.labels).double().mean()
    result = evaluate(model, loader, repeats=3)
    assert result.accuracy == pytest.approx(100 * right.item())
    assert 0 < result.latency_s < 1


def test_evaluation_uses_evaluation_mode_and_changes_nothing_else(tied, generator):
    images = torch.rand(40, 8, generator=generator)
    loader = TensorLoader(images, torch.zeros(40, dtype=torch.int64), batch_size=16)
    state = copy.deepcopy(tied.state_dict())
    evaluate(tied, loader, repeats=1)
    assert not tied.training
    for key, value in tied.state_dict().items():
        assert torch.equal(value, state[key]), key
    assert all(param.grad is None for param in tied.parameters())


@pytest.fixture
def binary(generator):
    """A network with one logit, and a loader of two classes with a smaller last batch."""
    images = torch.rand(100, 16, generator=generator) - 0.5
    labels = (images[:, 0] > 0).long()
    torch.manual_seed(2)
    return FFN(8, 16, 1), TensorLoader(images, labels, 16, shuffle=True, seed=3)


def test_the_loss_of_one_logit_is_the_binary_cross_entropy(generator):
    logits = 5 * torch.randn(40, 1, generator=generator, dtype=torch.float64)
    labels = torch.arange(40) % 2
    share = 1 / (1 + (-logits[:, 0]).exp())
    expected = -torch.where(labels == 1, share, 1 - share).log().mean()
    torch.testing.assert_close(classification_loss(logits, labels), expected)
    torch.testing.assert_close(classification_loss(logits[:, 0], labels), expected)
    # The same as two logits of which one is zero.
    two = torch.cat([torch.zeros_like(logits), logits], dim=1)
    torch.testing.assert_close(classification_loss(two, labels), expected)
    assert torch.equal(predicted_classes(logits), predicted_classes(two))


def test_one_logit_says_class_1_above_zero():
    logits = torch.tensor([[-2.0], [0.0], [1e-6], [3.0]])
    assert predicted_classes(logits).tolist() == [0, 0, 1, 1]


def test_a_network_of_one_logit_learns(binary):
    model, loader = binary
    with torch.no_grad():
        right = ((model(loader.images)[:, 0] > 0) == loader.labels.bool()).double().mean()
    assert evaluate(model, loader, repeats=1).accuracy == pytest.approx(100 * right.item())
    train(model, loader, epochs=20, lr=0.01, progress=False)
    assert evaluate(model, loader, repeats=1).accuracy > 90


def test_a_last_batch_of_one_input_is_one_input(generator):
    images = torch.rand(17, 16, generator=generator)
    loader = TensorLoader(images, torch.arange(17) % 2, batch_size=16)
    model = FFN(8, 16, 1)
    train(model, loader, epochs=1, progress=False)
    assert 0 <= evaluate(model, loader, repeats=1).accuracy <= 100
