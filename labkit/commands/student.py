"""`labkit check`, `labkit doctor`, `labkit submit`: the student's way through a lab."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labkit.guide.cells import Notebook
    from labkit.guide.states import State

CHECK_EXAMPLES = """
**Examples**

- `labkit check` — all notebooks of this folder

- `labkit check ex2 --task 2.2` — one task, quickly
"""
SUBMIT_EXAMPLES = """
**Examples**

- `labkit submit --name ada` — run what is missing, write lab1_magnitude-ada.zip

- `labkit submit lab1_magnitude --name ada --no-run` — pack what is there
"""
COLOURS = {"ok": "green", "note": "yellow", "not ready": "bold red"}


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    app.command(epilog=CHECK_EXAMPLES)(check)
    app.command()(doctor)
    app.command(epilog=SUBMIT_EXAMPLES)(submit)


def check(
    target: Annotated[
        str, typer.Argument(help="Notebook, front of its name (ex2), folder or lab; else here.")
    ] = "",
    task: Annotated[str, typer.Option(help="Number of one task, such as 2.2.")] = "",
) -> None:
    """Run notebooks afresh and say how each task stands; the files stay as they are."""
    from labkit.guide.running import check_notebook, check_task, find_tasks
    from labkit.guide.targets import target_notebooks

    found: list[State] = []
    stopped: list[str] = []
    notebooks = target_notebooks(target)
    if task:
        for notebook, wanted in find_tasks(notebooks, task):
            with _Bar(notebook) as bar:
                found += check_task(notebook, wanted, bar)
    else:
        for notebook in notebooks:
            with _Bar(notebook) as bar:
                states, errors = check_notebook(notebook, bar)
            found += states
            stopped += [f"{notebook.path.name}, {error}" for error in errors]
    _print_states(found)
    for sentence in stopped:
        typer.echo(f"Stops with an error: {sentence}")
    if stopped or not all(state.good for state in found):
        raise typer.Exit(1)
    typer.echo("Everything that can be seen from here is in order.")


def doctor() -> None:
    """Say whether this computer is ready for the labs, and how long each exercise takes on it."""
    from rich.console import Console
    from rich.table import Table

    from labkit import __version__
    from labkit.guide.readiness import BAD, OK, examine, minutes
    from labkit.guide.timing import in_words

    console = Console()
    with console.status("Looking at this computer"):
        items = list(examine(Path.cwd()))
        expected = [] if any(i.name == "devices" and i.level == BAD for i in items) else minutes()
        times = list(expected)
    table = Table(title=f"labkit {__version__}", title_justify="left", title_style="bold")
    for column in ("", "", "found", "what to do"):
        table.add_column(column, overflow="fold")
    for item in items:
        table.add_row(item.name, f"[{COLOURS[item.level]}]{item.level}", item.found, item.advice)
    console.print(table)
    if times:
        waits = Table(title="Computing time of each exercise", title_justify="left")
        for column in ("exercise", "MNIST", "SST-2"):
            waits.add_column(column)
        for exercise, seconds in times:
            said = [in_words(seconds[d]) if d in seconds else "–" for d in ("mnist", "sst2")]
            waits.add_row(exercise, *said)
        console.print(waits)
    bad = [item.name for item in items if item.level == BAD]
    if bad:
        typer.echo(f"Not ready: {', '.join(bad)}. The table says what to do.")
        raise typer.Exit(1)
    notes = sum(item.level != OK for item in items)
    typer.echo("Ready." if not notes else f"Ready, with {notes} notes in the table.")


def submit(
    folder: Annotated[str, typer.Argument(help="The lab's folder or its name; else here.")] = "",
    name: Annotated[str, typer.Option(help="Your name or student id; asked for if left out.")] = "",
    run: Annotated[
        bool | None,
        typer.Option("--run/--no-run", help="Run notebooks that need it; asked if left out."),
    ] = None,
) -> None:
    """Hand in: run what was not run, say what is missing, write the zip with a receipt."""
    from labkit import __version__
    from labkit.guide.submission import gather, lab_name, pack, safe_name
    from labkit.guide.targets import lab_folder, lab_notebooks_in
    from labkit.notebooks import NotebookError

    place = lab_folder(folder)
    if place is None:
        raise NotebookError(f"There is no folder or lab named {folder!r}.")
    notebooks = lab_notebooks_in(place)
    name = safe_name(name or typer.prompt("Your name or student id"))
    _run_what_needs_it(notebooks, run)
    notebooks = lab_notebooks_in(place)
    _print_missing(notebooks)
    contents, left_out = gather(place, notebooks)
    for sentence in left_out:
        typer.echo(sentence)
    receipt = pack(place, name, contents, lab_name(place), __version__)
    typer.echo(f"\n{receipt.archive} ({receipt.size_bytes / 1e6:.2f} MB), {receipt.time}")
    for path, digest in receipt.files.items():
        typer.echo(f"  {digest[:16]}…  {path}")
    typer.echo(f"  sha256 of the zip: {receipt.sha256}")
    typer.echo("Hand in this one file the way your course says; the receipt inside lists the rest.")


def _run_what_needs_it(notebooks: "list[Notebook]", run: bool | None) -> None:
    from labkit.guide.execution import execute_, load, save
    from labkit.guide.missing import needs_run

    stale = [notebook for notebook in notebooks if needs_run(notebook)]
    if not stale:
        return
    names = ", ".join(notebook.path.name for notebook in stale)
    typer.echo(f"Not run from top to bottom since they were changed: {names}")
    if run is None:
        run = typer.confirm("Run them now? Save and close them first", default=True)
    if not run:
        return
    for notebook in stale:
        before = notebook.path.read_bytes()
        executed = load(notebook.path)
        with _Bar(notebook) as bar:
            execute_(executed, notebook.path, bar)
        if notebook.path.read_bytes() == before:
            save(executed, notebook.path)
        else:
            typer.echo(f"{notebook.path.name} was changed while it ran; your change is kept.")


def _print_missing(notebooks: "list[Notebook]") -> None:
    from labkit.guide.missing import failed_cells, missing_exercises, needs_run, unanswered

    for notebook in notebooks:
        name = notebook.path.name
        for sentence in unanswered(notebook):
            typer.echo(f"Missing: {sentence} ({name})")
        if needs_run(notebook):
            typer.echo(f"Careful: {name} has not been run from top to bottom.")
        failed = failed_cells(notebook)
        if failed:
            typer.echo(f"Careful: cells of {name} stop with an error: {', '.join(failed)}")
    for exercise in missing_exercises(notebooks):
        typer.echo(f"Missing: the notebook of {exercise}")
    if not any(notebooks[0].path.parent.glob("*.pdf")):
        typer.echo("Missing: the report; `labkit report` makes it")


def _print_states(states: "list[State]") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table()
    table.add_column("task", overflow="fold")
    table.add_column("points", justify="right")
    table.add_column("state", overflow="fold")
    for state in states:
        points = state.task.graded.points
        colour = "green" if state.good else "red"
        table.add_row(
            escape(state.task.label),
            "" if points is None else f"{points:g}",
            f"[{colour}]{escape(state.words)}",
        )
    Console().print(table)


class _Bar:
    """A progress bar over the cells of a notebook; calling it moves it to a cell."""

    def __init__(self, notebook: "Notebook") -> None:
        from tqdm import tqdm

        self._names = [cell.name for cell in notebook.cells]
        self._bar = tqdm(
            total=len(self._names),
            desc=notebook.path.name,
            unit="cell",
            leave=False,
            disable=None,
        )

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def __call__(self, index: int) -> None:
        """Say which cell runs now."""
        self._bar.n = index
        self._bar.set_postfix_str(self._names[index] if index < len(self._names) else "")
