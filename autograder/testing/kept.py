"""What several hidden tests of one notebook look at, made once.

Does: keep what a slow call of the student's code gave, or its failure, for the tests after it.
Does not: outlive the notebook, though pytest's session does, in which it lies; nor a copy that a
test failed in: run again in its own, that test makes it anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import pytest

from autograder.boundary.errors import StudentFault

Value = TypeVar("Value")
KEPT = pytest.StashKey[dict[str, object]]()


def kept(request: pytest.FixtureRequest, name: str, make: Callable[[], Value]) -> Value:
    """What an earlier test of this notebook made by that name; made now by the first.

    Args:
        request: Of the test.
        name: What it is.
        make: Makes it.

    Raises:
        StudentFault: Making it failed, now or before: the same sentence for each test.
        AssertionError: The same.
    """
    things = request.session.stash.setdefault(KEPT, {})
    if name not in things:
        try:
            things[name] = make()
        except (StudentFault, AssertionError) as error:
            things[name] = error
    thing = things[name]
    if isinstance(thing, (StudentFault, AssertionError)):
        raise thing
    return cast(Value, thing)  # what `make` of that name gave


def forget_kept(session: pytest.Session) -> None:
    """Let tests from here on make anew what they look at."""
    session.stash.setdefault(KEPT, {}).clear()
