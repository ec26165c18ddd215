"""Whose variant of a lab this is: `variant.json` beside the notebook, where a course hands it out.

Does: read the file and check it. Does not: need it; a lab without one runs as it always did.

Example:
    >>> target_sparsities([0.5, 0.7, 0.9])
    [0.5, 0.7, 0.9]
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from labkit.errors import VariantError

FILE_NAME = "variant.json"
MARK = re.compile(r"[0-9a-f]{12}")
MOST_BYTES = 10_000


@dataclass(frozen=True)
class Variant:
    """What is one student's own in a lab.

    Attributes:
        lab: The lab's name.
        student: The student's id.
        mark: Twelve hexadecimal digits that nobody else in the class has.
        seed: 0 to 2³¹ - 1; also draws which training inputs are left out.
        sparsities: Targets for pruning, rising, each between 0 and 1.
        left_out_percent: How much of the training data is left out, 0 to 50.
    """

    lab: str
    student: str
    mark: str
    seed: int
    sparsities: tuple[float, ...]
    left_out_percent: float

    def to_json(self) -> str:
        """The text of `variant.json`."""
        return json.dumps(asdict(self), indent=1) + "\n"


def read_variant(folder: str | os.PathLike[str] | None = None) -> Variant | None:
    """Read the variant in a folder; None where there is none.

    Args:
        folder: Where to look; None for the working folder, which is the notebook's.

    Raises:
        VariantError: The file is damaged.
    """
    path = Path(folder or Path.cwd()) / FILE_NAME
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _damaged(path, f"it cannot be read ({error.strerror})") from error
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "it is not JSON") from error
    return _checked(content, path)


def target_sparsities(usual: Sequence[float]) -> list[float]:
    """What to prune to: the variant's sparsities, or the usual ones where there is no variant.

    Args:
        usual: Shares from 0 to 1, rising.

    Raises:
        VariantError: There is a variant, but it is damaged.
    """
    variant = read_variant()
    return list(variant.sparsities if variant else usual)


def _checked(content: Any, path: Path) -> Variant:
    fields = set(Variant.__dataclass_fields__)
    if not isinstance(content, dict) or set(content) != fields:
        raise _damaged(path, f"it must hold {', '.join(sorted(fields))}, and nothing else")
    lab, student, mark = content["lab"], content["student"], content["mark"]
    seed, sparsities, percent = content["seed"], content["sparsities"], content["left_out_percent"]
    rules = {
        "lab": isinstance(lab, str) and bool(lab),
        "student": isinstance(student, str) and bool(student),
        "mark": isinstance(mark, str) and bool(MARK.fullmatch(mark)),
        "seed": isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < 2**31,
        "sparsities": _are_sparsities(sparsities),
        "left_out_percent": _is_number(percent) and 0 <= percent <= 50,
    }
    for name, holds in rules.items():
        if not holds:
            raise _damaged(path, f"{name} is {str(content[name])[:40]!r}")
    return Variant(lab, student, mark, seed, tuple(map(float, sparsities)), float(percent))


def _are_sparsities(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    numbers = all(_is_number(each) and 0 < each < 1 for each in value)
    return numbers and value == sorted(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _damaged(path: Path, why: str) -> VariantError:
    return VariantError(
        f"{path} is damaged: {why}. Take it out of the zip that you were given for this lab again."
    )
