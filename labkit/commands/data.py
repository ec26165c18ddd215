"""`labkit data`: fetch the data sets, or say where they are."""

from pathlib import Path
from typing import Annotated

import typer

data_app = typer.Typer(help="Fetch the data sets, or say where they are.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group of commands to an app."""
    app.add_typer(data_app, name="data")


@data_app.command()
def download(
    what: Annotated[str, typer.Option(help="The data set: mnist or sst2.")] = "mnist",
    to: Annotated[
        Path | None, typer.Option(help="Folder that the files go to; else the course's data.")
    ] = None,
) -> None:
    """Fetch the full MNIST (about 12 MB) or SST-2 (about 7 MB), with progress and checksums.

    Example: `labkit data download --what sst2 --to ~/datasets`
    """
    from labkit.data.by_name import checked_name
    from labkit.data.download import download_mnist
    from labkit.data.download_sst2 import download_sst2
    from labkit.data.places import download_folder

    folder = to or download_folder()
    if checked_name(what) == "mnist":
        typer.echo(f"MNIST is in {download_mnist(folder)}.")
    else:
        typer.echo(f"SST-2 is in {download_sst2(folder)}.")


@data_app.command()
def where(
    data_dir: Annotated[str | None, typer.Option(help="Folder to look in first.")] = None,
) -> None:
    """Say which MNIST and which SST-2 the labs find, and read them once to see they are whole."""
    from labkit.data.by_name import NAMES, load
    from labkit.data.places import named_folder
    from labkit.errors import DataError

    named_folder(data_dir)  # one that does not exist is said once
    usable = True
    for name in NAMES:
        try:
            load(name, data_dir=data_dir)
        except DataError as error:
            typer.echo(f"labkit: {error}", err=True)
            usable = False
    if not usable:
        raise typer.Exit(1)
