"""Seals a receipt with the course key, and reads one only if its seal is whole.

Does: HMAC-SHA256 over canonical JSON. Does not: know what stands in a receipt.
"""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from typing import Any

from autograder.course_key import key_name, keyed_digest
from autograder.errors import CourseError

METHOD = "HMAC-SHA256"
PURPOSE = "receipt"
LIMIT_BYTES = 5_000_000


def seal(key: bytes, receipt: dict[str, Any]) -> str:
    """The text of a receipt's file: the receipt and its signature."""
    signature = {"method": METHOD, "key": key_name(key), "digest": _digest(key, receipt)}
    return json.dumps({"receipt": receipt, "signature": signature}, indent=1, allow_nan=False)


def read_sealed(key: bytes, path: Path) -> dict[str, Any]:
    """The receipt in a file.

    Args:
        key: The course key.
        path: The file.

    Raises:
        CourseError: It cannot be read, is no receipt, has another course's signature, or was
            altered.
    """
    receipt, signature = _parts(path)
    if signature.get("method") != METHOD or not isinstance(signature.get("digest"), str):
        raise _no_receipt(path)
    if signature.get("key") != key_name(key):
        raise CourseError(
            f"{path} was signed with another key than build/course.key: it is of another course, "
            "or the key has been lost and made anew."
        )
    expected = _digest(key, receipt).encode()
    if not hmac.compare_digest(expected, signature["digest"].encode()):
        raise CourseError(
            f"{path} has been altered since it was written: its signature does not fit its "
            "content. Nothing in it can be relied on."
        )
    return receipt


def _digest(key: bytes, receipt: dict[str, Any]) -> str:
    """Of canonical JSON: sorted names, no spaces, ASCII, no NaN."""
    text = json.dumps(receipt, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return keyed_digest(key, PURPOSE, text.encode()).hex()


def _parts(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        with path.open("rb") as file:
            raw = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise CourseError(
            f"The receipt {path} cannot be read ({error.strerror}): expected a file such as "
            "build/receipts/<lab>/<student>/<time>.json, or that student's folder."
        ) from error
    try:
        content = json.loads(raw.decode(), parse_constant=_refuse)
        receipt, signature = content["receipt"], content["signature"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _no_receipt(path) from None
    if not isinstance(receipt, dict) or not isinstance(signature, dict):
        raise _no_receipt(path)
    return receipt, signature


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} in JSON")


def _no_receipt(path: Path) -> CourseError:
    return CourseError(
        f"{path} is no receipt: expected one that `autograder grade` wrote, with a signature."
    )
