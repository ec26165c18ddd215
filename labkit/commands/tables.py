"""Tables of the labs on the screen."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FORMATS = {
    "iteration": ("Iteration", "{:.0f}"),
    "sparsity": ("Sparsity (%)", "{:.2f}"),
    "accuracy": ("Accuracy (%)", "{:.2f}"),
    "latency_s": ("Latency (ms)", "{:.3f}"),
    "disk_mb": ("Disk (MB)", "{:.2f}"),
    "parameters": ("Parameters", "{:,.0f}"),
}


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
