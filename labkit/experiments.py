"""Lab 1, Exercises 1 and 2 in one go: dense model, repeated pruning, IMP with rewinding.

Does: keep every finished step in a folder, so that the same call goes on where it was interrupted.
Does not: print or draw (see `labkit.cli`).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor, nn

from labkit import checkpoints
from labkit.data import TensorLoader, load, model_settings
from labkit.errors import RunError
from labkit.training import evaluate, train

if TYPE_CHECKING:
    import pandas as pd
    from tqdm.auto import tqdm

OUTPUTS = (
    "base.pt",
    "base.csv",
    "repeated.csv",
    "repeated.csv.state",
    "imp.csv",
    "imp.csv.state",
    "tradeoffs.png",
    "weights.png",
)


class Settings(NamedTuple):
    """What a run depends on; the defaults are the handout's.

    Where `hidden_size` or `num_layers` is None, it is that of the data set.
    """

    rounds: int = 5
    amount: float = 0.33
    epochs: int = 2
    lr: float = 0.001
    batch_size: int = 64
    hidden_size: int | None = None
    num_layers: int | None = None
    seed: int = 0
    data_dir: str | None = None
    data: str = "mnist"

    def model_settings(self) -> dict[str, int]:
        """The arguments of `FFN`."""
        chosen = {"hidden_size": self.hidden_size, "num_layers": self.num_layers}
        own = {name: size for name, size in chosen.items() if size is not None}
        return model_settings(self.data) | own


class MagnitudeResult(NamedTuple):
    """The tables of both exercises, the dense model and the pruned one that IMP ends with."""

    base: "pd.DataFrame"
    repeated: "pd.DataFrame"
    imp: "pd.DataFrame"
    dense_model: nn.Module
    imp_model: nn.Module


def run_magnitude(
    settings: Settings, out: str | os.PathLike[str], progress: bool = True
) -> MagnitudeResult:
    """Run Exercises 1 and 2, or go on where an earlier call with the same settings stopped.

    Args:
        settings: Hyperparameters, seed, data.
        out: Folder for tables and weights; made if it does not exist.
        progress: Whether to show progress bars.

    Returns:
        The tables, which `out` then holds as CSV files, and two models.

    Raises:
        DataError: There is no data, or it is damaged.
        RunError: `out` holds results of other settings.
    """
    from labkit.pruning import iterative_magnitude_pruning, prunable_parameters, repeated_pruning

    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    train_loader, test_loader = load(
        settings.data, settings.batch_size, settings.seed, settings.data_dir
    )
    init, trained = _base_states(settings, train_loader, folder, progress)

    dense = _model(settings, trained)
    base = _base_table(dense, test_loader)
    base.to_csv(folder / "base.csv", index=False)

    def train_once(model: nn.Module) -> None:
        train(model, train_loader, settings.epochs, settings.lr, progress)

    model = _model(settings, trained)
    with _bar("repeated pruning", settings, folder / "repeated.csv", progress) as bar:
        repeated = repeated_pruning(
            model,
            prunable_parameters(model),
            _counted_evaluate(test_loader, bar),
            settings.rounds,
            settings.amount,
            csv_path=folder / "repeated.csv",
        )
    model = _model(settings, init)
    with _bar("IMP with rewinding", settings, folder / "imp.csv", progress) as bar:
        imp = iterative_magnitude_pruning(
            model,
            init,
            prunable_parameters(model),
            train_once,
            _counted_evaluate(test_loader, bar),
            settings.rounds,
            settings.amount,
            csv_path=folder / "imp.csv",
        )
    return MagnitudeResult(base, repeated, imp, dense, model)


def forget(out: str | os.PathLike[str]) -> None:
    """Delete what an earlier run left in its folder; other files stay."""
    for name in OUTPUTS:
        (Path(out) / name).unlink(missing_ok=True)


def _base_states(
    settings: Settings, loader: TensorLoader, folder: Path, progress: bool
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return initial and trained state, from the folder where an earlier call left them."""
    about = settings._replace(rounds=0, data_dir=None)._asdict()
    about |= settings.model_settings() | {"data": loader.source}
    path = folder / "base.pt"
    if not path.exists():
        model = _model(settings)
        init = {key: value.clone() for key, value in model.state_dict().items()}
        train(model, loader, settings.epochs, settings.lr, progress)
        content = {"about": about, "init": init, "trained": model.state_dict()}
        checkpoints.write_(content, path)
    saved = checkpoints.read(path)
    if not isinstance(saved, dict) or saved.keys() != {"about", "init", "trained"}:
        raise RunError(f"{path} is not of a `labkit magnitude` run; choose another folder.")
    for name, value in about.items():
        if saved["about"].get(name) != value:
            raise RunError(
                f"{folder} holds a run with {name} = {saved['about'].get(name)}, now it is "
                f"{value}; choose another folder with --out, or start again with --fresh."
            )
    return saved["init"], saved["trained"]


def _model(settings: Settings, state: dict[str, Tensor] | None = None) -> nn.Module:
    """Build the model from the seed, without touching the global generator, or from a state."""
    import torch

    from labkit.models import FFN

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        model = FFN(**settings.model_settings())
    if state is not None:
        checkpoints.set_state_(model, state, "base.pt")
    return model


def _base_table(model: nn.Module, loader: TensorLoader) -> "pd.DataFrame":
    import pandas as pd

    from labkit.metrics.parameters import count_parameters
    from labkit.metrics.size import disk_size_mb

    accuracy, latency_s = evaluate(model, loader)
    row: dict[str, Any] = {
        "sparsity": 0.0,
        "accuracy": accuracy,
        "latency_s": latency_s,
        "disk_mb": disk_size_mb(model),
        "parameters": count_parameters(model),
    }
    return pd.DataFrame([row])


def _counted_evaluate(
    loader: TensorLoader, bar: "tqdm[Any]"
) -> Callable[[nn.Module], tuple[float, float]]:
    """Return an `evaluate(model)` that moves the bar on by one row."""

    def evaluate_once(model: nn.Module) -> tuple[float, float]:
        result = evaluate(model, loader)
        bar.update()
        return result

    return evaluate_once


def _bar(text: str, settings: Settings, csv_path: Path, progress: bool) -> "tqdm[Any]":
    from tqdm.auto import tqdm

    done = len(csv_path.read_text().splitlines()) - 1 if csv_path.exists() else 0
    bar: tqdm[Any] = tqdm(
        total=settings.rounds + 1,
        initial=max(0, min(done, settings.rounds + 1)),
        desc=text,
        unit="row",
        disable=not progress,
    )
    return bar
