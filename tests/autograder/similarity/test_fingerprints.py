"""Winnowing: a hash of each window is kept, so a long enough common run is found."""

from __future__ import annotations

import random

from autograder.similarity.fingerprints import CODE_LENGTH, WINDOW, fingerprints, hashes, winnow
from autograder.similarity.shape import Token


def test_winnowing_keeps_one_hash_of_each_window() -> None:
    draw = random.Random(3)
    values = [draw.randrange(50) for _ in range(200)]
    kept = set(winnow(values))
    assert all(kept & set(range(i, i + WINDOW)) for i in range(len(values) - WINDOW + 1))
    assert winnow([77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98]) == [
        3, 6, 8, 11, 15,
    ]  # fmt: skip  # the example of the paper's figure 2
    assert winnow([]) == [] and winnow([5]) == [0]


def test_a_long_enough_common_run_is_always_found() -> None:
    common = [Token(f"w{number}", 1) for number in range(CODE_LENGTH + WINDOW - 1)]
    one = fingerprints([[Token("a", 1)] * 5 + common], CODE_LENGTH)
    two = fingerprints([common + [Token("b", 1)] * 30], CODE_LENGTH)
    assert one.keys() & two.keys()
    assert hashes(common[:3], CODE_LENGTH) == []  # a run as short as that says nothing
