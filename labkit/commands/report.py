"""`labkit report`: the PDF that the course asks for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labkit.report import Written

EXAMPLES = """
**Examples**

- `labkit report --name "Ada Lovelace"` — from the notebooks here, into report.pdf

- `labkit report lab1 --name "Ada Lovelace" --name "Grace Hopper" --out ada_grace.pdf`
"""
WORDS = {
    "table": ("table", "tables"),
    "figure": ("figure", "figures"),
    "code": ("code listing", "code listings"),
    "written": ("written answer", "written answers"),
}


def register(app: typer.Typer) -> None:
    """Add the command to labkit's."""
    app.command(epilog=EXAMPLES)(report)


def report(
    folder: Annotated[Path, typer.Argument(help="Folder of the lab's notebooks.")] = Path("."),
    out: Annotated[
        Path | None, typer.Option(help="The PDF to write; else report.pdf in the folder.")
    ] = None,
    name: Annotated[list[str] | None, typer.Option(help="An author; once for each of you.")] = None,
) -> None:
    """Make the PDF report from your executed notebooks; nothing is run again."""
    from labkit.report import build_report

    names = tuple(name or ())
    for line in summary(build_report(folder, out, names), names):
        typer.echo(line)


def summary(written: "Written", names: tuple[str, ...]) -> list[str]:
    """What was put in, and what is not there yet."""
    content = written.content
    parts = [
        f"{content.counts[kind]} {one if content.counts[kind] == 1 else many}"
        for kind, (one, many) in WORDS.items()
        if content.counts[kind]
    ]
    pages = f"{written.pages} page{'' if written.pages == 1 else 's'}"
    lines = [f"{written.path}: {pages}, {', '.join(parts) or 'nothing yet'}."]
    if not names:
        lines.append('It names no author: add --name "Ada Lovelace".')
    lines += [f"Left out, as it is optional: {title}." for title in content.left_out]
    if content.missing:
        lines += ["Not there yet:", *(f"  - {sentence}" for sentence in content.missing)]
    return lines
