"""`autograder doctor`: what this machine can give for grading strangers' notebooks."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

import psutil
import typer
from rich.table import Table

from autograder.boundary.inside.probe import ATTEMPTS
from autograder.console import console
from autograder.grading.limits import Limits
from autograder.walls.isolation import LEVELS

if TYPE_CHECKING:
    from autograder.walls.probing import Probe

WARM_MB = 900  # what a worker takes before it grades anything


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example: `autograder doctor`")(doctor)


def doctor() -> None:
    """Try what walls this machine can put around students' code, and say what it is good for.

    Builds each level around a process that tries to get through it. Exit status 1 where none holds.
    """
    from autograder.walls.probing import describe, probe_level

    with console.status("Building walls and trying to get through them"):
        probes = {level: probe_level(level) for level in LEVELS}
    console.print(_machine())
    console.print(_table(probes))
    best = next((probe for probe in probes.values() if probe.holds), None)
    if best is None:
        for level, probe in probes.items():
            if level != "none":
                console.print(f"  {describe(probe)}", soft_wrap=True)
        console.print(
            "[red]Submissions would not be walled off[/red]: `autograder grade` refuses here. "
            "On Linux, `apt-get install bubblewrap`; elsewhere `container/autograder` does it.",
            soft_wrap=True,
        )
        raise typer.Exit(1)
    console.print(f"[green]Grading runs behind[/green] {best.isolation}.", soft_wrap=True)
    console.print(_limits(), soft_wrap=True)


def _table(probes: dict[str, Probe]) -> Table:
    """One row for each attempt, one column for each level."""
    table = Table(title="What a submission could do")
    table.add_column("attempt")
    for level in probes:
        table.add_column("no walls" if level == "none" else level, justify="center")
    for attempt in ATTEMPTS:
        table.add_row(attempt, *(_outcome(probe, attempt) for probe in probes.values()))
    return table


def _outcome(probe: Probe, attempt: str) -> str:
    if probe.problem:
        return "–"
    return "[red]yes[/red]" if attempt in probe.got_through else "no"


def _machine() -> str:
    memory = psutil.virtual_memory()
    cpus = len(psutil.Process().cpu_affinity()) if hasattr(os, "sched_getaffinity") else 0
    needed = WARM_MB + Limits().memory_mb
    workers = max(1, min(cpus or os.cpu_count() or 1, memory.available // (needed * 10**6)))
    return (
        f"{platform.system()} {platform.release()}, {cpus or os.cpu_count()} CPUs, "
        f"{memory.available / 1e9:.0f} of {memory.total / 1e9:.0f} GB memory free: "
        f"good for --workers {workers}"
    )


def _limits() -> str:
    limits = Limits()
    return (
        f"Limits of a notebook: {limits.cell_s:g} s a cell, {limits.notebook_s:g} s for all cells, "
        f"{limits.in_all_s:g} s with its hidden tests; {limits.memory_mb} MB memory (watched, all "
        f"processes together), {limits.processes} processes, {limits.disk_mb} MB disk, "
        f"{limits.output_mb} MB output."
    )
