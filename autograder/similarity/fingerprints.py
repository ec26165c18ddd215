"""Fingerprints of a run of tokens, by winnowing.

Source: S. Schleimer, D. S. Wilkerson, A. Aiken, "Winnowing: Local Algorithms for Document
Fingerprinting", SIGMOD 2003, section 3. Of each window of `WINDOW` successive hashes of `length`
tokens the least is kept, the rightmost of equal ones. So any run of `length + WINDOW - 1` tokens
that two texts share gives them a fingerprint in common, wherever it stands in either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from autograder.similarity.shape import Token

CODE_LENGTH, PROSE_LENGTH, WINDOW = 8, 6, 4
Prints = dict[int, tuple[int, ...]]


def hashes(run: Sequence[Token], length: int) -> list[int]:
    """A hash of each `length` successive tokens of a run; of all, where it is a bit shorter."""
    length = min(length, max(len(run), 2 * length // 3))
    words = [token.word for token in run]
    return [
        int.from_bytes(
            hashlib.blake2b(
                "\0".join(words[i : i + length]).encode("utf-8", "surrogatepass"), digest_size=8
            ).digest()
        )
        for i in range(len(words) - length + 1)
    ]


def winnow(values: Sequence[int], window: int = WINDOW) -> list[int]:
    """The places of the hashes that are kept, in order.

    Example:
        >>> winnow([77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98])
        [3, 6, 8, 11, 15]
    """
    kept: list[int] = []
    for start in range(max(1, len(values) - window + 1) if values else 0):
        places = range(start, min(start + window, len(values)))
        least = min(places, key=lambda place: (values[place], -place))
        if not kept or kept[-1] != least:
            kept.append(least)
    return kept


def fingerprints(runs: Iterable[Sequence[Token]], length: int) -> Prints:
    """The fingerprints of a text, and the lines that each stands on."""
    found: dict[int, set[int]] = {}
    for run in runs:
        values = hashes(run, length)
        for place in winnow(values):
            lines = {token.line for token in run[place : place + length]}
            found.setdefault(values[place], set()).update(lines)
    return {value: tuple(sorted(lines)) for value, lines in found.items()}


def all_hashes(runs: Iterable[Sequence[Token]], length: int) -> set[int]:
    """Every hash of a text that everybody was given, kept by winnowing or not."""
    return {value for run in runs for value in hashes(run, length)}
