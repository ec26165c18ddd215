"""`labkit magnitude`: Lab 1, Exercises 1 and 2, without a notebook."""

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """
**Examples**

- `labkit magnitude` — the handout's settings on MNIST, results in results/magnitude

- `labkit magnitude --data sst2` — the handout's settings on SST-2, in results/magnitude_sst2

- `labkit magnitude --rounds 8 --out results/eight` — up to 96 % sparsity

- `LABKIT_DATA=~/datasets labkit magnitude --seed 1 --out results/seed1`

- `labkit magnitude --fresh` — forget the earlier run in that folder
"""


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command(epilog=EXAMPLES)(magnitude)


def magnitude(
    data: Annotated[str, typer.Option(help="The data set: mnist or sst2.")] = "mnist",
    rounds: Annotated[int, typer.Option(min=1, help="Number of pruning steps.")] = 5,
    amount: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Share of what remains, pruned each step.")
    ] = 0.33,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of each training.")] = 2,
    lr: Annotated[float, typer.Option(min=0, help="Adam's learning rate.")] = 0.001,
    batch_size: Annotated[int, typer.Option(min=1, help="Inputs in a batch.")] = 64,
    hidden_size: Annotated[
        int | None,
        typer.Option(min=1, help="Width of the hidden layers; else 1024 (mnist), 256 (sst2)."),
    ] = None,
    num_layers: Annotated[
        int | None, typer.Option(min=1, help="Number of hidden layers; else 2 (mnist), 3 (sst2).")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the weights and of the batches.")] = 0,
    data_dir: Annotated[
        str | None,
        typer.Option(help="Folder with MNIST/raw or sst2; else LABKIT_DATA, else the course's."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; else one in results.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the run in that folder.")] = False,
    progress: Annotated[bool, typer.Option(help="Show progress bars.")] = True,
) -> None:
    """Lab 1, Exercises 1 and 2: train an FFN, prune it with and without rewinding.

    Writes base.csv, repeated.csv, imp.csv, tradeoffs.png and weights.png. An interrupted run goes
    on where it stopped when the same command is given again.
    """
    from labkit.commands.tables import print_table
    from labkit.data.by_name import checked_name
    from labkit.experiments import Settings, forget, run_magnitude
    from labkit.plotting import plot_tradeoffs, plot_weights, save_figure

    name = "magnitude" if checked_name(data) == "mnist" else f"magnitude_{data}"
    folder = out or Path("results") / name
    settings = Settings(
        rounds, amount, epochs, lr, batch_size, hidden_size, num_layers, seed, data_dir, data
    )
    if fresh:
        forget(folder)
    result = run_magnitude(settings, folder, progress)
    print_table("Dense model", result.base)
    print_table("Repeated pruning, no retraining", result.repeated)
    print_table("Iterative magnitude pruning with rewinding", result.imp)
    save_figure(plot_tradeoffs(result.repeated, result.imp), folder / "tradeoffs.png")
    save_figure(plot_weights(result.imp_model), folder / "weights.png")
    typer.echo(f"Tables and figures are in {folder}.")
