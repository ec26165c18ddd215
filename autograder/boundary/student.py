"""The proxy that a hidden test receives as `student`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import torch

from autograder.boundary.snapshot import Call, Snapshot


class Student:
    """A student's notebook, as it was when the check cell had run.

    `student.f(x)` calls the notebook's `f` in the student's process and returns plain data;
    `student["name"]` reads a variable; `student.last` says what the latest call did.

    >>> student.calculate_sparsity(torch.tensor([0.0, 1.0]))  # doctest: +SKIP
    50.0

    Args:
        fork: Makes the copy of the process; called once, when the test first wants something.
    """

    def __init__(self, fork: Callable[[], Snapshot]) -> None:
        self._fork = functools.cache(fork)
        self.last: Call | None = None

    def call(
        self, name: str, *args: Any, probe: Sequence[torch.Tensor] = (), **kwargs: Any
    ) -> Call:
        """Call a function and return all that is known of what it did.

        A module that it returns is called on each input of `probe`: see `last.outputs`.
        """
        self.last = self._fork().call(name, args, kwargs, probe)
        return self.last

    def write_file(self, name: str, data: bytes) -> None:
        """Put a file into the notebook's working folder."""
        self._fork().write_file(name, data)

    def read_file(self, name: str) -> bytes | None:
        """A file of the working folder, never to be trusted; None where there is none."""
        return self._fork().read_file(name)

    def __getitem__(self, name: str) -> Any:
        return self._fork().value(name)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            return self.call(name, *args, **kwargs).value

        return function
