"""Run the visible check of a task at once, and say in one sentence what to look at."""

from __future__ import annotations

import sys
from typing import Any

from labkit.guide.findings import describe, leaving_no_trace, run_check
from labkit.guide.places import lab_notebooks, running_notebook
from labkit.guide.tasks import Task, choose, read_tasks


def check(task: str = "") -> None:
    """Run the visible checks of one task on what is defined now, and print what they find.

    The checks use copies of your variables' names: nothing of theirs stays behind.

    Args:
        task: Its number, as in `check("2.2")`; nothing for all tasks of this notebook.
    """
    namespace = _namespace()
    try:
        for found in _tasks(str(task), namespace):
            if found.written:
                print(describe(found))
            elif found.optional and found.number[-1] not in namespace.get("OPTIONS", found.number):
                print(f"{found.label}: not among your OPTIONS.")
            else:
                with leaving_no_trace():
                    sentence = run_check(found, namespace).sentence
                print(sentence)
    except _Nothing as reason:
        print(reason)
    except KeyboardInterrupt:
        print("Interrupted: the check did not come to an end.")


class _Nothing(Exception):
    """Why there is nothing to check, in a sentence."""


def _tasks(wanted: str, namespace: dict[str, Any]) -> list[Task]:
    notebooks = lab_notebooks(namespace)
    if not notebooks:
        raise _Nothing(
            "The notebooks of this lab are not here, so their checks cannot be found: run the "
            "check cell below the task instead."
        )
    here = running_notebook(notebooks, namespace)
    own = read_tasks(here) if here else []
    every = [task for notebook in notebooks for task in read_tasks(notebook)]
    if not wanted.strip():
        if not own:
            raise _Nothing('Which task? Give its number, as in check("2.2").')
        return own
    found = choose(own, wanted)
    if found:
        return found
    for notebook in notebooks:  # copies of a notebook have the same numbers: the first will do
        if found := choose(read_tasks(notebook), wanted):
            return found
    known = ", ".join(dict.fromkeys(task.number for task in own or every if task.number))
    raise _Nothing(f"There is no task {wanted.strip()!r} here; the tasks are {known}.")


def _namespace() -> dict[str, Any]:
    """The notebook's variables; outside IPython those of the caller."""
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None:
            found: dict[str, Any] = shell.user_ns
            return found
    return sys._getframe(2).f_globals
