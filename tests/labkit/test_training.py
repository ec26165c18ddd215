import copy

import pytest
import torch
from torch.nn.functional import cross_entropy

from labkit.data import TensorLoader
from labkit.pruning import prunable_parameters, prune_step
from labkit.training import evaluate, train


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
    from labkit.models import FFN

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
