"""The command `labkit`: the labs without a notebook.

Results are tables on the screen, CSV files and PNG pictures. What a user can mend is said in one
sentence, with a non-zero exit. Heavy imports happen inside the commands, so `--help` is quick.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labkit.errors import LabkitError

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(
    help="Prune neural networks, measure what it costs and what it saves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    add_completion=False,
)
data_app = typer.Typer(help="Fetch the data sets, or say where they are.", no_args_is_help=True)
app.add_typer(data_app, name="data")

MAGNITUDE_EXAMPLES = """
**Examples**

- `labkit magnitude` — the handout's settings, results in results/magnitude

- `labkit magnitude --rounds 8 --out results/eight` — up to 96 % sparsity

- `LABKIT_DATA=~/datasets labkit magnitude --seed 1 --out results/seed1`

- `labkit magnitude --fresh` — forget the earlier run in that folder
"""
FORMATS = {
    "iteration": ("Iteration", "{:.0f}"),
    "sparsity": ("Sparsity (%)", "{:.2f}"),
    "accuracy": ("Accuracy (%)", "{:.2f}"),
    "latency_s": ("Latency (ms)", "{:.3f}"),
    "disk_mb": ("Disk (MB)", "{:.2f}"),
    "parameters": ("Parameters", "{:,.0f}"),
}


@app.command(epilog=MAGNITUDE_EXAMPLES)
def magnitude(
    rounds: Annotated[int, typer.Option(min=1, help="Number of pruning steps.")] = 5,
    amount: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Share of what remains, pruned each step.")
    ] = 0.33,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of each training.")] = 2,
    lr: Annotated[float, typer.Option(min=0, help="Adam's learning rate.")] = 0.001,
    batch_size: Annotated[int, typer.Option(min=1, help="Images in a batch.")] = 64,
    hidden_size: Annotated[int, typer.Option(min=1, help="Width of the hidden layers.")] = 1024,
    num_layers: Annotated[int, typer.Option(min=1, help="Number of hidden layers.")] = 2,
    seed: Annotated[int, typer.Option(help="Seed of the weights and of the batches.")] = 0,
    data_dir: Annotated[
        str | None, typer.Option(help="Folder with MNIST/raw; else LABKIT_DATA, else the course's.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("results/magnitude"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the run in that folder.")] = False,
    progress: Annotated[bool, typer.Option(help="Show progress bars.")] = True,
) -> None:
    """Lab 1, Exercises 1 and 2: train an FFN on MNIST, prune it with and without rewinding.

    Writes base.csv, repeated.csv, imp.csv, tradeoffs.png and weights.png. An interrupted run goes
    on where it stopped when the same command is given again.
    """
    from labkit.experiments import Settings, forget, run_magnitude
    from labkit.plotting import plot_tradeoffs, plot_weights, save_figure

    settings = Settings(
        rounds, amount, epochs, lr, batch_size, hidden_size, num_layers, seed, data_dir
    )
    if fresh:
        forget(out)
    result = run_magnitude(settings, out, progress)
    print_table("Dense model", result.base)
    print_table("Repeated pruning, no retraining", result.repeated)
    print_table("Iterative magnitude pruning with rewinding", result.imp)
    save_figure(plot_tradeoffs(result.repeated, result.imp), out / "tradeoffs.png")
    save_figure(plot_weights(result.imp_model), out / "weights.png")
    typer.echo(f"Tables and figures are in {out}.")


@app.command()
def hardware() -> None:
    """Describe this machine, as measurements should."""
    from labkit.metrics.hardware import describe_hardware

    print_table("Hardware", describe_hardware())


@data_app.command()
def download(
    to: Annotated[
        Path | None, typer.Option(help="Folder that MNIST/raw goes to; else the course's data.")
    ] = None,
) -> None:
    """Fetch the full MNIST (about 12 MB), with progress and checksums.

    Example: `labkit data download --to ~/datasets`
    """
    from labkit.data.download import download_mnist
    from labkit.data.places import download_folder

    typer.echo(f"MNIST is in {download_mnist(to or download_folder())}.")


@data_app.command()
def where(
    data_dir: Annotated[str | None, typer.Option(help="Folder to look in first.")] = None,
) -> None:
    """Say which MNIST the labs find, and read it once to see that it is whole."""
    from labkit.data import load_mnist

    load_mnist(data_dir=data_dir)


def print_table(title: str, frame: "pd.DataFrame") -> None:
    """Print a table of the labs, numbers rounded for reading; the CSV files keep all digits."""
    from rich.console import Console
    from rich.table import Table

    grid = Table(title=title, title_justify="left", title_style="bold")
    for name in frame.columns:
        grid.add_column(
            FORMATS.get(name, (name, ""))[0], justify="right" if name in FORMATS else "left"
        )
    for values in frame.itertuples(index=False):
        grid.add_row(*(_cell(n, v) for n, v in zip(frame.columns, values, strict=True)))
    Console().print(grid)


def _cell(name: str, value: object) -> str:
    if name not in FORMATS:
        return str(value)
    factor = 1000 if name == "latency_s" else 1
    return FORMATS[name][1].format(float(str(value)) * factor)


def main() -> None:
    """Run the command line; end with one sentence where the user can mend it."""
    try:
        app()
    except LabkitError as error:
        _fail(str(error))
    except NotImplementedError as error:
        _fail(f"This needs a function that the lab asks you to write first ({error}).")
    except OSError as error:
        _fail(f"Cannot use {error.filename or 'a file'}: {error.strerror or error}.")


def _fail(message: str) -> None:
    print(f"labkit: {message}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
