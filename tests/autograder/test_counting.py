"""A frame's values are counted as MessagePack's own reader would build them."""

from __future__ import annotations

import os
import time

import msgpack
import pytest

from autograder.boundary.counting import TooMany, check_count


def count(value: object) -> int:
    if isinstance(value, dict):
        return 1 + sum(count(k) + count(v) for k, v in value.items())
    return 1 + sum(map(count, value)) if isinstance(value, list) else 1


VALUES = [
    None, True, 0, -1, -33, 127, 200, 70_000, 2**33, -(2**40), 1.5, "", "ü" * 40, "x" * 70_000,
    b"", b"x" * 300, b"x" * 70_000, [], [1] * 20, [[], [None] * 70_000], {}, {"a": [1, {"b": 2}]},
    {str(i): i for i in range(20)}, {str(i): [i] for i in range(70_000)},
    msgpack.ExtType(3, b"12345"), msgpack.Timestamp(1, 2),
]  # fmt: skip
DEEP = b"\xdd\x00\x00\x03\xe8" * 100  # lists in lists that claim 1,000 values each


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_every_kind_of_value_is_counted(value: object) -> None:
    body = msgpack.packb({"value": value}, use_bin_type=True)
    wanted = 2 + count(value)
    check_count(body, wanted)
    with pytest.raises(TooMany):
        check_count(body, wanted - 1)


def test_what_is_cut_off_is_refused() -> None:
    for body in (b"", b"\xdd\xff\xff\xff\xff", b"\x92\x01", b"\x81", b"\xc1", DEEP):
        with pytest.raises(TooMany):
            check_count(body)
        with pytest.raises(TooMany):
            check_count(body, limit=-1)


def test_random_bytes_end_in_an_answer() -> None:
    for _ in range(300):
        try:
            check_count(os.urandom(200))
        except TooMany:
            continue


def test_a_bomb_of_lists_is_refused_at_once() -> None:
    bomb = b"\xdd\x05\xf5\xe1\x00" + b"\x90" * 100_000_000
    start = time.perf_counter()
    with pytest.raises(TooMany):
        check_count(bomb)
    assert time.perf_counter() - start < 5
