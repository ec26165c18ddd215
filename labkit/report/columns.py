"""Headers with units, and numbers with as many digits as they mean."""

import re

from labkit.report.numbers import Number, digits_for, read_number, write_number

# name in the tables of the labs -> (header, factor, digits)
KNOWN: dict[str, tuple[str, float, int]] = {
    "iteration": ("Round", 1, 0),
    "round": ("Round", 1, 0),
    "sparsity": ("Sparsity (%)", 1, 2),
    "accuracy": ("Accuracy (%)", 1, 2),
    "fine_tuned": ("Fine-tuned (%)", 1, 2),
    "latency_s": ("Latency (ms)", 1000, 3),
    "latency": ("Latency (s)", 1, 5),
    "disk_mb": ("Size (MB)", 1, 2),
    "accuracy_int8": ("Accuracy, int8 (%)", 1, 2),
    "disk_int8_mb": ("Size, int8 (MB)", 1, 2),
    "size_mb": ("Size (MB)", 1, 2),
    "parameters": ("Parameters", 1, 0),
    "ratio": ("Ratio", 1, 2),
    "amount": ("Amount", 1, 2),
}
UNITS = {
    "ms": "ms",
    "s": "s",
    "mb": "MB",
    "kb": "kB",
    "gb": "GB",
    "bytes": "bytes",
    "percent": "%",
    "pct": "%",
    "macs": "MACs",
}


def header(name: str) -> str:
    """What stands above a column: words, with the unit in brackets; a line for each level."""
    above, _, name = name.rpartition("\n")
    return "\n".join([*map(_words, above.splitlines()), _words(name)])


def _words(name: str) -> str:
    if _key(name) in KNOWN:
        return KNOWN[_key(name)][0]
    words = re.sub(r"\s+", " ", name.replace("_", " ")).strip()
    stem, _, last = words.rpartition(" ")
    if "_" in name and stem and last.lower() in UNITS:
        words = f"{stem} ({UNITS[last.lower()]})"
    return words[:1].upper() + words[1:] if "_" in name or name.islower() else words


def column(name: str, cells: list[str]) -> tuple[list[str], bool]:
    """Write the cells of a column alike.

    Args:
        name: The column's name in the notebook.
        cells: What the notebook shows.

    Returns:
        The cells to print, and whether they are numbers (and so stand to the right).
    """
    numbers = [read_number(cell) for cell in cells]
    there = [number for number in numbers if number is not None]
    if not there or any(n is None and c.strip() for n, c in zip(numbers, cells, strict=True)):
        return cells, False
    _, factor, digits = KNOWN.get(_key(name), ("", 1.0, -1))
    moved = 3 if factor == 1000 else 0
    values = [n and Number(n.value * factor, max(0, n.decimals - moved)) for n in numbers]
    shown = [value for value in values if value is not None]
    digits = digits_for(shown) if digits < 0 else min(digits, max(n.decimals for n in shown))
    return ["–" if v is None else write_number(v.value, digits) for v in values], True


def _key(name: str) -> str:
    return name.rpartition("\n")[2].strip().lower()
