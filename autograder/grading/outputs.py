"""Outputs claimed by a student's process, as valid notebook outputs."""

from __future__ import annotations

import json
import re
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

MIME_TYPES = frozenset(
    "text/plain text/html text/markdown text/latex image/png image/jpeg image/svg+xml".split()
)
MAX_OUTPUTS = 500
# pandas puts one before each table; a page that allows no styles would print it as text.
STYLE_START, STYLE_END = re.compile("<style", re.IGNORECASE), re.compile("</style>", re.IGNORECASE)


def clean_outputs(claimed: list[Any]) -> list[NotebookNode]:
    """Keep what is an output of a known type with text in it; drop everything else."""
    cleaned = (_clean(output) for output in claimed[:MAX_OUTPUTS] if isinstance(output, dict))
    return [output for output in cleaned if output is not None]


def _clean(output: dict[str, Any]) -> NotebookNode | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=_as_shown(str(output.get("text", ""))))
    if kind == "error":
        lines = output.get("traceback")
        return error_output(
            str(output.get("ename", "Error")),
            str(output.get("evalue", "")),
            [str(line) for line in lines] if isinstance(lines, list) else [],
        )
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        pairs = data.items() if isinstance(data, dict) else ()
        kept = {m: text for m, text in pairs if m in MIME_TYPES and isinstance(text, str)}
        if "text/html" in kept:
            kept["text/html"] = _without_styles(kept["text/html"])
        return new_output("display_data", data=kept) if kept else None
    return None


def _without_styles(html: str) -> str:
    """In one pass: a pattern over both ends would read on to the end from each start."""
    parts, at = [], 0
    while start := STYLE_START.search(html, at):
        parts.append(html[at : start.start()])
        end = STYLE_END.search(html, start.end())
        if end is None:
            return "".join(parts)
        at = end.end()
    return "".join([*parts, html[at:]])


def _as_shown(text: str) -> str:
    """Text as a terminal leaves it: what a carriage return overwrites is dropped."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def error_output(name: str, message: str, traceback: list[str] | None = None) -> NotebookNode:
    """An output that says that a cell failed."""
    lines = traceback if traceback else [f"{name}: {message}"]
    return new_output("error", ename=name, evalue=message, traceback=lines)


def size_of(outputs: list[NotebookNode]) -> int:
    """How many characters outputs have, as they are stored."""
    return len(json.dumps(outputs))
