"""The proxy that a hidden test receives as `student`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.boundary.snapshot import Call, Snapshot


class Student:
    """A student's notebook, as it was when the check cell had run.

    `student.f(x)` calls the notebook's `f` in the student's process and returns plain data;
    `student["name"]` reads a variable; `student.last` says what the latest call did.

    >>> student.calculate_sparsity(torch.tensor([0.0, 1.0]))  # doctest: +SKIP
    50.0
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.last: Call | None = None

    def call(self, name: str, *args: Any, **kwargs: Any) -> Call:
        """Call a function and return all that is known of what it did."""
        self.last = self._snapshot.call(name, args, kwargs)
        return self.last

    def __getitem__(self, name: str) -> Any:
        return self._snapshot.value(name)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            return self.call(name, *args, **kwargs).value

        return function
