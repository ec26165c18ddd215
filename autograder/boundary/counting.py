"""How many values a MessagePack frame holds, found out before any of them is built.

A frame of empty lists takes one byte for each, unpacked more than fifty: a few megabytes would fill
the memory. Bytes and texts are jumped over, so that a frame full of tensors is counted at once.

Source: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from __future__ import annotations

import msgpack

LIMIT = 400_000  # values in one frame; `plain.Encoder` writes at most some 100,000

# After the first byte: how many bytes follow.
FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8}
FIXED |= {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
FIXED |= {0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}
# After the first byte: how many bytes tell the length in bytes, and what comes on top of it.
SIZED = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)}
SIZED |= {0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)}
# After the first byte: how many bytes tell the number of values, and how many of them an item has.
NESTED = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


class TooMany(ValueError):
    """A frame holds more values than anything that we wrote would, or is none."""


def check_count(body: bytes, limit: int = LIMIT) -> None:
    """See that a frame holds no more values than a limit.

    Raises:
        TooMany: It does, or ends in the middle of a value.
    """
    if len(body) <= limit:  # each value takes a byte
        _see_that_it_is_whole(body)
        return
    at, missing, found = 0, 1, 0
    while missing:
        found += 1
        if found > limit or at >= len(body):
            raise TooMany(f"more than {limit} values, or cut off")
        kind, at = body[at], at + 1
        missing -= 1
        if kind in NESTED:
            width, each = NESTED[kind]
            missing += each * int.from_bytes(body[at : at + width], "big")
            at += width
        elif 0x80 <= kind <= 0x8F:
            missing += 2 * (kind & 0x0F)
        elif 0x90 <= kind <= 0x9F:
            missing += kind & 0x0F
        elif 0xA0 <= kind <= 0xBF:
            at += kind & 0x1F
        elif kind in SIZED:
            width, more = SIZED[kind]
            at += width + int.from_bytes(body[at : at + width], "big") + more
        else:
            at += FIXED.get(kind, 0)


def _see_that_it_is_whole(body: bytes) -> None:
    """See that all the values come that lists and maps say they have: room is made for them first.

    Raises:
        TooMany: A frame ends in the middle, or is none.
    """
    reader = msgpack.Unpacker(max_buffer_size=len(body))
    reader.feed(body)
    try:
        reader.skip()  # builds nothing
    except (msgpack.UnpackException, ValueError) as error:
        raise TooMany("cut off, or no MessagePack") from error
