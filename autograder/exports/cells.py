"""How a value is written into a cell of a table that a spreadsheet will open."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def number(points: float) -> str:
    """Points without needless zeros: 10, 9.5, 4.25."""
    return f"{round(points, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: such a start gets an apostrophe before it."""
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text
