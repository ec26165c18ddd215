"""Written answers: a part of Markdown as a tree of plain data that the template draws.

Paragraphs, bold, italic, code, links, lists, tables, headings and quotes keep their look. Formulas
stay as they were typed. HTML is shown as text, and nothing in an answer can become markup.
"""

import re
from typing import Any

from labkit.report.symbols import readable

Node = dict[str, Any]
UNPRINTABLE = re.compile(
    r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)
SCHEME = re.compile(r"#{3} BEGIN MARK SCHEME.*?(?:#{3} END MARK SCHEME|\Z)", re.DOTALL)
EMPTY = re.compile(r"YOUR ANSWER HERE", re.IGNORECASE)
LONG_WORD = re.compile(r"\S{40,}")
LINKS = ("http://", "https://", "mailto:")
DEEPEST = 12


def printable(text: str) -> str:
    """Text without control characters and colours of a terminal."""
    return UNPRINTABLE.sub("", text)


def clean(text: str) -> str:
    """Printable text in which long words can be broken."""
    text = printable(text)
    return LONG_WORD.sub(lambda word: "\u200b".join(re.findall(".{1,20}", word.group())), text)


def answer(source: str) -> str:
    """A student's words: without nbgrader's placeholder; empty where nothing is written."""
    return EMPTY.sub("", SCHEME.sub("", source)).strip()


def prose(markdown: str) -> list[Node]:
    """The tree of an answer.

    Args:
        markdown: The cell's text.

    Returns:
        Blocks: dicts with `type`, and `body` (more nodes), `text` or `rows`.
    """
    import mistune

    parse = mistune.create_markdown(renderer=None, plugins=["table", "math", "strikethrough"])
    tokens = parse(markdown)
    return _nodes(tokens if isinstance(tokens, list) else [], 0)


def _nodes(tokens: list[Node], depth: int) -> list[Node]:
    return [node for token in tokens for node in _node(token, depth)]


def _node(token: Node, depth: int) -> list[Node]:
    kind, raw = token["type"], clean(str(token.get("raw", "")))
    if kind in ("blank_line", "newline"):
        return []
    if kind in ("softbreak", "linebreak"):
        return [{"type": "text", "text": " "} if kind == "softbreak" else {"type": "break"}]
    if kind in ("codespan", "block_code"):
        return [{"type": kind, "text": raw.rstrip("\n")}]
    if kind in ("inline_math", "block_math"):
        return [{"type": kind, "text": readable(raw.strip())}]
    if kind == "image":
        return [{"type": "image", "name": str(token["attrs"].get("url", ""))}]
    if kind == "table":
        return [_table(token, depth)]
    if kind == "thematic_break":
        return [{"type": "rule"}]
    if "children" not in token or depth >= DEEPEST:
        return [{"type": "text", "text": raw or clean(_flat(token))}]
    return [_inner(token, kind, _nodes(token["children"], depth + 1))]


def _inner(token: Node, kind: str, body: list[Node]) -> Node:
    attrs = token.get("attrs", {})
    if kind == "link" and str(attrs.get("url", "")).lower().startswith(LINKS):
        return {"type": "link", "url": printable(str(attrs["url"])), "body": body}
    if kind == "list":
        return {"type": "list", "ordered": bool(attrs.get("ordered")), "body": body}
    known = ("paragraph", "block_text", "heading", "strong", "emphasis", "list_item")
    more = ("block_quote", "strikethrough")
    return {"type": kind if kind in known + more else "span", "body": body}


def _table(token: Node, depth: int) -> Node:
    head, *rest = token["children"]
    rows = [head, *(row for part in rest for row in part["children"])]
    cells = [[_nodes(cell["children"], depth + 1) for cell in row["children"]] for row in rows]
    return {"type": "table", "rows": cells}


def _flat(token: Node) -> str:
    return str(token.get("raw", "")) + "".join(_flat(child) for child in token.get("children", []))
