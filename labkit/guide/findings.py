"""Run the code of a check on a notebook's names, and put what happens into words."""

from __future__ import annotations

import contextlib
import linecache
import random
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, NamedTuple

from labkit.guide.cells import Cell, bound, parse, plain_python, read_notebook
from labkit.guide.tasks import Task, read_tasks
from labkit.notebooks import NotebookError


class Finding(NamedTuple):
    """Whether a check passes, and a sentence about it."""

    passed: bool
    sentence: str


def run_check(task: Task, namespace: dict[str, Any]) -> Finding:
    """Run the check of a task on a copy of a namespace; it never raises, but for an interrupt.

    Args:
        task: A task with a check cell.
        namespace: The notebook's variables; it gains none.
    """
    filename = f"<check {task.label}>"
    source = plain_python(task.graded.source)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    scope = dict(namespace)
    try:
        exec(compile(source, filename, "exec", dont_inherit=True), scope)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever the student's code does, exit() included
        return Finding(False, f"{task.label}: {_explain(task, error, filename, namespace)}")
    return Finding(True, f"{task.label}: all visible checks pass.")


def describe(task: Task) -> str:
    """Say how a written answer stands, in the file as saved."""
    if task.unanswered:
        return f"{task.label}: not written yet, in the notebook as last saved."
    words = len(task.graded.source.split())
    return f"{task.label}: {words} words, as last saved; a person reads them."


@contextlib.contextmanager
def leaving_no_trace() -> Iterator[None]:
    """Keep random generators, open figures and the notebook's output as they are."""
    state, figures = random.getstate(), _open_figures()
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    numbers = numpy.random.get_state() if numpy else None
    tensors = torch.get_rng_state() if torch else None
    try:
        with _no_display():
            yield
    finally:
        random.setstate(state)
        if numpy:
            numpy.random.set_state(numbers)
        if torch:
            torch.set_rng_state(tensors)
        for number in _open_figures() - figures:
            sys.modules["matplotlib.pyplot"].close(number)


def _open_figures() -> set[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


@contextlib.contextmanager
def _no_display() -> Iterator[None]:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        yield
        return
    from IPython.utils.capture import capture_output

    with capture_output(stdout=False, stderr=False, display=True):
        yield


def _explain(task: Task, error: BaseException, filename: str, namespace: dict[str, Any]) -> str:
    """What went wrong, in a sentence, and the line to look at."""
    frames = list(_frames(error.__traceback__))
    own = [(code, line) for code, line, scope in frames if scope is namespace]
    last = frames[-1][0] if frames else None
    inside = bool(own) and last is own[-1][0]  # the student's code itself raised it
    asked = next((line for code, line, _ in reversed(frames) if code.co_filename == filename), 0)
    check_line = f"\n    line {asked} of the check: {linecache.getline(filename, asked).strip()}"
    if isinstance(error, NotImplementedError) and inside:
        return f"`{own[-1][0].co_name}` is not written yet."
    if isinstance(error, AssertionError) and last is not None and last.co_filename == filename:
        return f"not yet: {str(error) or 'what the line below says does not hold'}{check_line}"
    if isinstance(error, NameError) and not own:
        return _undefined(task, str(getattr(error, "name", None) or ""), error)
    if isinstance(error, SystemExit):
        return f"your code calls exit(): take that out.{_own_line(own)}"
    kind = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"not yet: {kind}{_own_line(own) or check_line}"


def _frames(trace: TracebackType | None) -> Iterator[tuple[Any, int, dict[str, Any]]]:
    for frame, line in traceback.walk_tb(trace):
        yield frame.f_code, line, frame.f_globals


def _own_line(own: list[tuple[Any, int]]) -> str:
    """The innermost line of the student's own code."""
    if not own:
        return ""
    code, line = own[-1]
    text = linecache.getline(code.co_filename, line).strip()
    first = code.co_firstlineno
    where = f"in your `{code.co_name}`" if code.co_name != "<module>" else "in your cell"
    return f"\n    {where}, line {line - first + 1}: {text}" if text else f"\n    {where}"


def _undefined(task: Task, name: str, error: NameError) -> str:
    """Say which cell defines a name that is missing."""
    for cell in task.answers:
        if name in _defined(cell):
            return f"`{name}` is not defined: run the task cell first."
    try:
        notebook = read_notebook(task.path)
    except NotebookError:
        return f"{error}: run the cells above first, the set-up cell too."
    for other in read_tasks(notebook):
        if any(name in _defined(cell) for cell in other.answers):
            return f"`{name}` is not defined: run the task cell of {other.label} first."
    for cell in notebook.cells[: task.index]:
        if name in _defined(cell):
            which = f"the cell {cell.name}" if cell.name else "the cell above that makes it"
            return f"`{name}` is not defined: run {which} first."
    return f"{error}: run the cells above first, the set-up cell too."


def _defined(cell: Cell) -> set[str]:
    """The names that a code cell binds at its top level."""
    tree = parse(cell.source) if cell.kind == "code" else None
    return {name for node in tree.body for name in bound(node)} if tree else set()
