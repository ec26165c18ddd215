"""Read the numbers that a table shows, and write them in one manner."""

import math
import re
from dataclasses import dataclass

NUMBER = re.compile(r"[-+−]?(?:\d{1,3}(?:[,  ]\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d{1,3})?")
THIN_SPACE = "\u2009"


@dataclass(frozen=True)
class Number:
    """A value, and the number of decimals that it was shown with."""

    value: float
    decimals: int


def read_number(text: str) -> Number | None:
    """The number that a cell shows; None for words, and for NaN."""
    plain = text.strip()
    if not any(c.isdigit() for c in plain) or not NUMBER.fullmatch(plain):
        return None
    plain = re.sub("[,  ]", "", plain).replace("−", "-")
    value = float(plain)
    mantissa, _, exponent = plain.lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return Number(value, max(0, decimals)) if math.isfinite(value) else None


def digits_for(numbers: list[Number]) -> int:
    """How many decimals a column needs: about four digits of its largest number."""
    shown = max((number.decimals for number in numbers), default=0)
    largest = max((abs(number.value) for number in numbers), default=0.0)
    before = math.floor(math.log10(largest)) + 1 if largest > 0 else 1
    return max(0, min(shown, 4 - before, 6))


def write_number(value: float, digits: int) -> str:
    """A number with a thin space between thousands from 10,000 on, and a real minus sign."""
    text = f"{value:,.{digits}f}"
    text = text.replace(",", THIN_SPACE if abs(value) >= 10_000 else "")
    zero = not any(c in "123456789" for c in text)
    return text.lstrip("-") if zero else text.replace("-", "−")
