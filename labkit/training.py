"""Train and evaluate a classifier.

Does: Adam with cross-entropy, of one logit for two classes or of one logit for each class; a
progress bar, accuracy, latency; keep what is trained. Does not: load data or prune.
Source: Kingma & Ba 2015, "Adam".
"""

import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from labkit import denormals, quick, resume
from labkit.metrics.latency import measure_latency

if TYPE_CHECKING:
    from tqdm.auto import tqdm

WARMUP = 10  # forward passes before a latency is timed


class Loader(Protocol):
    """Anything that gives `(inputs, labels)` batches and knows how many."""

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]: ...

    def __len__(self) -> int: ...


class TrainResult(NamedTuple):
    """Mean training loss of the last epoch, and seconds of the whole training."""

    loss: float
    time_s: float


class Evaluation(NamedTuple):
    """Accuracy in percent (0–100), and median seconds for one forward pass of a batch."""

    accuracy: float
    latency_s: float


def train(
    model: nn.Module,
    loader: Loader,
    epochs: int = 2,
    lr: float = 0.001,
    progress: bool = True,
    keep: str | os.PathLike[str] | None = None,
) -> TrainResult:
    """Train a model in place, or take the same training from where it was kept.

    The result depends on the model and the loader's seed alone: a loader that can `restart` does
    so, the optimizer is new, and nothing is drawn from the global generator. It ends with a
    forward pass without gradients, so that a masked model has fresh weights and can be copied.
    In a quick run (`labkit.quick`) each epoch ends early.

    Args:
        model: The model; only parameters that require gradients change.
        loader: Batches of inputs [B, ...] and labels [B].
        epochs: Passes over the loader, at least 1.
        lr: Adam's learning rate.
        progress: Whether to show a progress bar.
        keep: Folder for finished trainings. Where it has one of the identical start, loader and
            settings, its weights are taken, and a line says so. So a cell that was interrupted
            loses at most the training it was in. See `labkit.resume`.

    Returns:
        The mean loss in the last epoch, and the seconds it took.

    Raises:
        ValueError: `epochs` is below 1.
    """
    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, but is {epochs}.")
    if keep is None:
        return _train(model, loader, epochs, lr, progress)
    place = resume.place(keep, model, loader, epochs, lr)
    kept = None if place is None else resume.restore_(model, place)
    if kept is not None:
        print(f"labkit: trained before, in {kept[1]:.1f} s; taken from {place}")
        return TrainResult(*kept)
    result = _train(model, loader, epochs, lr, progress)
    if place is not None:
        resume.store(model, (result.loss, result.time_s), place)
    return result


def evaluate(model: nn.Module, loader: Loader, repeats: int = 50) -> Evaluation:
    """Measure a model on a test set, in evaluation mode; it stays in that mode.

    In a quick run (`labkit.quick`), on its first batches.

    Args:
        model: The model, best a copy without masks (`labkit.pruning.masks.effective_copy`).
        loader: Test batches of inputs [B, ...] and labels [B].
        repeats: Forward passes that the latency is the median of.

    Returns:
        Accuracy in percent, and median seconds for a forward pass of the loader's first batch.
    """
    device = next(model.parameters()).device
    model.eval()
    hits, total = 0, 0
    first: Tensor | None = None
    with torch.no_grad():
        for inputs, labels in quick.first(loader, quick.TEST_BATCHES):
            inputs, labels = inputs.to(device), labels.to(device)
            first = inputs if first is None else first
            hits += int((predicted_classes(model(inputs)) == labels).sum())
            total += len(labels)
    if first is None:
        raise ValueError("The loader gave no batch to evaluate on.")
    warmup, repeats = quick.passes_of(WARMUP, repeats)
    latency = measure_latency(model, first, warmup, repeats)
    return Evaluation(100.0 * hits / total, latency.median_s)


def classification_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy of a batch, in nats.

    Args:
        logits: Scores [B, C], or [B, 1] of class 1 against class 0.
        labels: Classes [B], int64.
    """
    if is_one_logit(logits):
        one = logits.reshape(-1)  # [B]
        return nn.functional.binary_cross_entropy_with_logits(one, labels.to(one.dtype))
    return nn.functional.cross_entropy(logits, labels)


def predicted_classes(logits: Tensor) -> Tensor:
    """Return the classes [B] of logits [B, C]; of one logit, class 1 where it is above 0."""
    if is_one_logit(logits):
        return (logits.reshape(-1) > 0).long()
    return logits.argmax(dim=1)


def is_one_logit(logits: Tensor) -> bool:
    """Whether logits are [B, 1] or [B], for two classes."""
    return logits.dim() == 1 or logits.shape[1:] == (1,)


def _train(model: nn.Module, loader: Loader, epochs: int, lr: float, progress: bool) -> TrainResult:
    start = time.perf_counter()
    parameters = [param for param in model.parameters() if param.requires_grad]
    device = parameters[0].device
    optimizer = torch.optim.Adam(parameters, lr=lr, fused=True)
    restart = getattr(loader, "restart", None)
    if restart is not None:
        restart()
    model.train()
    with _bar(epochs * quick.batches_of(len(loader)), progress) as bar, denormals.flushed():
        for epoch in range(epochs):
            bar.set_description(f"epoch {epoch + 1}/{epochs}", refresh=False)
            loss, last_batch = _train_epoch(model, loader, optimizer, device, bar)
    _forward_without_grad(model, last_batch)
    return TrainResult(loss, time.perf_counter() - start)


def _train_epoch(
    model: nn.Module,
    loader: Loader,
    optimizer: torch.optim.Optimizer,
    device: torch.device,
    bar: "tqdm[Any]",
) -> tuple[float, Tensor]:
    """Take one pass over the loader; return the mean loss and the last batch of inputs."""
    loss_sum = torch.zeros((), device=device)
    count = 0
    for inputs, labels in quick.first(loader, quick.BATCHES):
        inputs, labels = inputs.to(device), labels.to(device)
        loss = classification_loss(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss_sum += loss.detach() * len(labels)
        count += len(labels)
        bar.update()
    mean_loss = loss_sum.item() / count
    bar.set_postfix(loss=f"{mean_loss:.4f}")
    return mean_loss, inputs


def _forward_without_grad(model: nn.Module, inputs: Tensor) -> None:
    """Refresh masked weights after the last optimizer step; batch statistics stay as they are."""
    model.eval()
    with torch.no_grad():
        model(inputs)
    model.train()


def _bar(total: int, progress: bool) -> "tqdm[Any]":
    from tqdm.auto import tqdm

    hidden = not progress or quick.is_quick()  # a quick run is over before one could read it
    bar: tqdm[Any] = tqdm(total=total, disable=hidden, leave=False, unit="batch")
    return bar
