"""Code as tokens that stay the same when it is renamed, reformatted, commented or padded.

Does: walk the syntax tree of a cell. Names that the cell itself binds become one word, literals
their type; docstrings, annotations, prints and statements without effect vanish. Names from
elsewhere, attributes and keywords stay: they are what tells one way to solve a task from another.
Does not: run anything, nor understand what the code computes.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_CELL = 40_000
MAGIC = re.compile(r"^[ \t]*[%!?].*$", re.MULTILINE)
LOCAL, NOTHING = "x", frozenset[str]()
SKIPPED_FIELDS = frozenset({"annotation", "returns", "type_comment", "ctx", "type_params"})

NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)


class Token(NamedTuple):
    """A word of normalised code, and the line of the cell that it comes from, counted from 1."""

    word: str
    line: int


class NotPython(Exception):
    """A text has no syntax tree, or one that is too large to be walked."""


def shape(source: str, handout_names: frozenset[str] = NOTHING) -> list[list[Token]]:
    """The tokens of a cell: one run for each function or class, one for statements between them.

    Args:
        source: The cell.
        handout_names: Names that everybody has to use, such as that of the function asked for.

    Returns:
        Runs of tokens in the order of the cell; where functions stand makes no difference to them.

    Raises:
        NotPython: The cell does not parse, or is too large or too deeply nested.
    """
    tree = _parse(source)
    try:
        walk = _Walk(tree, handout_names)
        runs: list[list[Token]] = [[]]
        for statement in tree.body:
            tokens = list(walk.tokens(statement))
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                runs += [tokens, []]
            else:
                runs[-1] += tokens
    except (RecursionError, MemoryError):
        raise NotPython("is nested too deeply") from None
    return [run for run in runs if run]


def _parse(source: str) -> ast.Module:
    if len(source) > LONGEST_CELL:
        raise NotPython(f"is longer than {LONGEST_CELL} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string is no business of ours
            return ast.parse(MAGIC.sub("", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotPython(f"does not parse: {type(error).__name__}") from None


class _Walk:
    """Turns statements of one cell into tokens."""

    def __init__(self, tree: ast.Module, handout_names: frozenset[str]) -> None:
        nodes = list(ast.walk(tree))
        self._loaded = {
            n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
        }
        self._words = dict.fromkeys(_bound(nodes) - handout_names, LOCAL)
        for node in nodes:
            if isinstance(node, ast.alias):  # `np` and `numpy` are one
                self._words[node.asname or node.name.split(".")[0]] = node.name

    def tokens(self, statement: ast.stmt) -> Iterator[Token]:
        """Depth first, without recursion: students may nest as deeply as the parser lets them."""
        waiting: list[tuple[ast.AST, int]] = [(statement, statement.lineno)]
        while waiting:
            node, line = waiting.pop()
            line = getattr(node, "lineno", line)
            children = _children(node)
            if self._has_no_effect(node):
                continue
            if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Constant):
                children = list(node.body if node.test.value else node.orelse)
            else:
                word = self._word(node)
                if word:
                    yield Token(word, line)
            waiting += [(child, line) for child in reversed(children)]

    def _word(self, node: ast.AST) -> str:
        match node:
            case ast.Name():
                return self._words.get(node.id, node.id)
            case ast.Attribute():
                return f".{node.attr}"
            case ast.keyword():
                return f"{node.arg}="
            case ast.Constant():
                return type(node.value).__name__
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return f"def {self._words.get(node.name, node.name)}"
            case ast.AnnAssign():
                return "Assign"
            case ast.arg():
                return LOCAL
            case ast.Expr() | ast.arguments() | ast.BinOp() | ast.BoolOp() | ast.UnaryOp():
                return ""  # their parts say it
            case ast.alias():
                return node.name
        return type(node).__name__

    def _has_no_effect(self, node: ast.AST) -> bool:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant() | ast.Name()):
                return True
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
                return True
            case ast.Assert(test=ast.Constant(value=value)):
                return bool(value)
            case ast.Return(value=None | ast.Constant(value=None)):
                return True
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant() | ast.Name() as value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant() as value)
            ):
                return name not in self._loaded or getattr(value, "id", None) == name
        return False


def _children(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for name, value in ast.iter_fields(node):
        if name in SKIPPED_FIELDS:
            continue
        found += [v for v in (value if isinstance(value, list) else [value]) if _is_node(v)]
    return found


def _is_node(value: object) -> bool:
    return isinstance(value, ast.AST)


def _bound(nodes: list[ast.AST]) -> set[str]:
    """The names that a cell gives: variables, parameters, functions and classes."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, NAMED):
            names.add(node.name or LOCAL)
    return names
