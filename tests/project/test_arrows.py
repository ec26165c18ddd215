"""The arrows of the design: who may import whom, and no cycles."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[2]
OURS = ("labkit", "autograder", "labs", "tests", "benchmarks")


def module_name(path: Path) -> str:
    """Dotted name of a file of ours, a package's being that of its folder."""
    parts = path.relative_to(COURSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules(package: str) -> dict[str, Path]:
    """Every module of a package; samples and hidden tests are data, not modules."""
    found = {module_name(path): path for path in sorted((COURSE / package).rglob("*.py"))}
    apart = ("autograder.samples", "autograder.hidden_tests")
    return {name: path for name, path in found.items() if not name.startswith(apart)}


MODULES = modules("labkit") | modules("autograder")


def only_for_types(node: ast.AST) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`, whose imports never run."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def running_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below one, functions' bodies too, but nothing that is only for types."""
    for child in ast.iter_child_nodes(node):
        if not only_for_types(child):
            yield child
            yield from running_nodes(child)


def absolute(node: ast.ImportFrom, name: str, path: Path) -> str:
    """The module that a from-import names, with leading dots resolved."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    base = package[: len(package) - node.level + 1] if node.level else []
    return ".".join([*base, *([node.module] if node.module else [])])


def imports(name: str, path: Path) -> set[str]:
    """The modules of ours that one module imports, wherever in the file it does."""
    found = set()
    for node in running_nodes(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = absolute(node, name, path)
            submodules = {f"{source}.{alias.name}" for alias in node.names}
            found |= (submodules & MODULES.keys()) or {source}
    return {module for module in found if module.split(".")[0] in OURS} - {name}


GRAPH = {name: imports(name, path) for name, path in MODULES.items()}


@pytest.mark.parametrize(
    ("room", "allowed"),
    [
        ("labkit", ("labkit",)),
        ("labkit.metrics", ("labkit.metrics", "labkit.errors")),
        ("labkit.data", ("labkit.data", "labkit.errors", "labkit.quick", "labkit.variant")),
        ("labkit.quick", ()),
        ("labkit.variant", ("labkit.errors",)),
        ("autograder", ("autograder", "labkit")),
    ],
)
def test_room_imports_only(room: str, allowed: tuple[str, ...]) -> None:
    inside = {name: found for name, found in GRAPH.items() if f"{name}.".startswith(f"{room}.")}
    assert inside, f"no module in {room}"
    for name, found in inside.items():
        strangers = {m for m in found if not f"{m}.".startswith(tuple(f"{a}." for a in allowed))}
        assert not strangers, f"{name} may not import {sorted(strangers)}"


def test_no_import_cycles() -> None:
    try:
        TopologicalSorter(GRAPH).prepare()
    except CycleError as error:
        pytest.fail("import cycle: " + " <- ".join(error.args[1]))
