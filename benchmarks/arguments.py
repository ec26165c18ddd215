"""What the command lines of the measurements have in common."""

from __future__ import annotations

import argparse


def script_parser(documentation: str | None) -> argparse.ArgumentParser:
    """A parser whose help is a script's own docstring, its example as it stands there."""
    return argparse.ArgumentParser(
        description=documentation, formatter_class=argparse.RawTextHelpFormatter
    )
