"""The command `labkit`: the labs without a notebook, and the student's way through them.

Results are tables on the screen, CSV files and PNG pictures. What a user can mend is said in one
sentence, with a non-zero exit. Each group of commands is a file in `labkit.commands`; heavy imports
happen inside the commands, so `--help` is quick.
"""

import sys

import typer

from labkit.commands import data, magnitude, report, student
from labkit.errors import LabkitError

app = typer.Typer(
    help="Prune neural networks, measure what it costs and what it saves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    add_completion=False,
)
student.register(app)
report.register(app)
magnitude.register(app)
data.register(app)


@app.command()
def hardware() -> None:
    """Describe this machine, as measurements should."""
    from labkit.commands.tables import print_table
    from labkit.metrics.hardware import describe_hardware

    print_table("Hardware", describe_hardware())


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
