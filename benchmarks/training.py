"""How long Lab 1's Exercise 2 takes: by labkit, and by the handout's plain loop.

Two comparisons, each on one machine in one run:

1. The full exercise (base training, repeated pruning, IMP with rewinding) by labkit against the
   plain loop: PIL transforms in a DataLoader, Adam as torch makes it by default, one batch after
   the other.
2. `labkit.training.train` against a bare loop of matrix multiplications and fused Adam.

Prints a markdown table. Run `python benchmarks/training.py`, or with `--quick` for a short look.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import cross_entropy, linear
from torch.nn.utils import prune

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from labkit.data import TensorLoader, load_mnist  # noqa: E402
from labkit.data.mnist import find_mnist  # noqa: E402
from labkit.metrics import describe_hardware  # noqa: E402
from labkit.models import FFN  # noqa: E402
from labkit.pruning import (  # noqa: E402
    effective_copy,
    iterative_magnitude_pruning,
    prunable_parameters,
    repeated_pruning,
    rewind,
    save_initial_state,
)
from labkit.training import evaluate, train  # noqa: E402

LIMIT = 1.25  # what `train` may cost more than the bare loop


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def new_model() -> FFN:
    torch.manual_seed(0)
    return FFN(1024, 20 * 20, 10, num_layers=2)


def by_labkit(root: Path, rounds: int, epochs: int) -> list[float]:
    """Do Exercise 2 with labkit; return the accuracies of both tables."""
    train_loader, test_loader = load_mnist(data_dir=root, verbose=False)

    def train_once(net: nn.Module) -> None:
        train(net, train_loader, epochs=epochs, progress=False)

    model = new_model()
    init = save_initial_state(model)
    train_once(model)
    params = prunable_parameters(model)
    tables = [repeated_pruning(model, params, lambda net: evaluate(net, test_loader), rounds)]
    model = new_model()
    params = prunable_parameters(model)
    tables.append(
        iterative_magnitude_pruning(
            model, init, params, train_once, lambda net: evaluate(net, test_loader), rounds
        )
    )
    return [accuracy for table in tables for accuracy in table["accuracy"]]


def plain_loaders(root: Path) -> list[torch.utils.data.DataLoader]:
    from torchvision import transforms
    from torchvision.datasets import MNIST

    steps = transforms.Compose([transforms.CenterCrop(20), transforms.ToTensor(), torch.flatten])
    return [
        torch.utils.data.DataLoader(
            MNIST(str(root), train=train, transform=steps), batch_size=64, shuffle=train
        )
        for train in (True, False)
    ]


def plain_train(model: nn.Module, loader: torch.utils.data.DataLoader, epochs: int) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    model.train()
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            cross_entropy(model(x), y).backward()
            optimizer.step()
    with torch.no_grad():
        model(x)


def plain_accuracy(model: nn.Module, loader: torch.utils.data.DataLoader) -> float:
    model = effective_copy(model).eval()
    with torch.no_grad():
        hits = sum(int((model(x).argmax(dim=1) == y).sum()) for x, y in loader)
    return 100 * hits / len(loader.dataset)


def by_plain_loop(root: Path, rounds: int, epochs: int) -> list[float]:
    """Do Exercise 2 as the handout's snippets do; return the accuracies of both tables."""
    train_loader, test_loader = plain_loaders(root)
    accuracies = []
    for retrain in (False, True):
        model = new_model()
        init = save_initial_state(model)
        plain_train(model, train_loader, epochs)
        accuracies.append(plain_accuracy(model, test_loader))
        for _ in range(rounds):
            params = prunable_parameters(model)
            prune.global_unstructured(params, prune.L1Unstructured, amount=0.33)
            if retrain:
                rewind(model, init)
                plain_train(model, train_loader, epochs)
            accuracies.append(plain_accuracy(model, test_loader))
    return accuracies


def bare_train(model: FFN, loader: TensorLoader, epochs: int) -> None:
    """Matrix multiplications and fused Adam on the tensors themselves, nothing else."""
    params = list(model.parameters())
    w1, b1, w2, b2, w3, b3 = params
    optimizer = torch.optim.Adam(params, lr=0.001, fused=True)
    for _ in range(epochs):
        for index in torch.randperm(len(loader.images)).split(64):
            hidden = torch.relu(linear(loader.images[index], w1, b1))
            hidden = torch.relu(linear(hidden, w2, b2))
            loss = cross_entropy(linear(hidden, w3, b3), loader.labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def compare_training(root: Path, epochs: int, repeats: int) -> tuple[float, float]:
    """Median seconds of `train` and of the bare loop, taken in turns."""
    loader, _ = load_mnist(data_dir=root, verbose=False)
    ours, bare = [], []
    for repeat in range(repeats + 1):  # the first of each warms up
        model = new_model()
        times = [seconds(lambda net=model: train(net, loader, epochs=epochs, progress=True))]
        model = new_model()
        times.append(seconds(lambda net=model: bare_train(net, loader, epochs)))
        if repeat > 0:
            ours.append(times[0])
            bare.append(times[1])
    return statistics.median(ours), statistics.median(bare)


def main() -> int:
    parser = argparse.ArgumentParser(description="Time Lab 1's Exercise 2, see the file's top.")
    parser.add_argument("--quick", action="store_true", help="1 epoch, 1 round: a short look")
    parser.add_argument("--data-dir", help="folder with MNIST/raw; else as labkit finds it")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rounds, epochs, repeats = (1, 1, 1) if options.quick else (5, 2, 3)

    root = find_mnist(options.data_dir)
    loader, _ = load_mnist(data_dir=root)
    ours, bare = compare_training(root, epochs, repeats)
    labkit_s = seconds(lambda: by_labkit(root, rounds, epochs))
    plain_s = seconds(lambda: by_plain_loop(root, rounds, epochs))

    machine = dict(describe_hardware().itertuples(index=False))
    print(
        f"\n{machine['CPU']}, {options.threads} threads, torch {machine['PyTorch']}; "
        f"{len(loader.images):,} images, {rounds} rounds, {epochs} epochs\n"
    )
    print("| what | labkit (s) | against | (s) | labkit / other |")
    print("|---|---:|---|---:|---:|")
    for what, mine, against, other in (
        ("full Exercise 2", labkit_s, "PIL + DataLoader + plain Adam", plain_s),
        (f"one training (median of {repeats})", ours, "bare matmul + fused Adam", bare),
    ):
        print(f"| {what} | {mine:.1f} | {against} | {other:.1f} | {mine / other:.2f} |")
    within = ours / bare <= LIMIT
    print(f"\ntrain() is {'within' if within else 'BEYOND'} {LIMIT} × the bare loop.")
    return 0 if within or options.quick else 1


if __name__ == "__main__":
    sys.exit(main())
