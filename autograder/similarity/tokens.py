"""Tokens of texts that have no syntax tree: code that does not parse, and written answers."""

from __future__ import annotations

import builtins
import keyword
import re

from autograder.similarity.shape import LOCAL, LONGEST_CELL, Token

CODE = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<text>'''.*?'''|\"\"\".*?\"\"\"|'[^'\n]*'|"[^"\n]*")
    |(?P<number>\d[\w.]*)
    |(?P<name>\.?[^\W\d]\w*)
    |(?P<sign>[-+*/%@&|^~<>=!]+)""",
    re.VERBOSE | re.DOTALL,
)
DEFINITION = re.compile(r"^[ \t]*(?:def|class)[ ]+(\w+)", re.MULTILINE)
WORD = re.compile(r"\w+")
KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins))


def code_tokens(source: str) -> list[list[Token]]:
    """The tokens of code that need not parse, without comments, brackets and commas.

    A name stays if it is a word of Python, follows a dot, or is called or dotted into; every other
    name is taken for a variable.
    """
    source, tokens, line, place = source[:LONGEST_CELL], [], 1, 0
    for found in CODE.finditer(source):
        line += source.count("\n", place, found.start())
        place = found.start()
        kind, word = str(found.lastgroup), found.group()
        if kind == "comment":
            continue
        if kind == "name" and not (word[0] == "." or word in KEPT):
            word = word if source[found.end() : found.end() + 1] in {"(", "."} else LOCAL
        tokens.append(Token(word if kind in ("name", "sign") else kind, line))
    return [tokens]


def prose_tokens(text: str) -> list[list[Token]]:
    """The words of a written answer, in lower case."""
    tokens = []
    for number, line in enumerate(text[:LONGEST_CELL].splitlines(), start=1):
        tokens += [Token(word, number) for word in WORD.findall(line.lower())]
    return [tokens]
