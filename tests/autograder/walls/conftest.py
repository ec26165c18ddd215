"""A warm process behind each wall that this machine has, and a submission to attack it from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.boundary.notebook import NotebookSession
from autograder.boundary.session import SubmissionSession, WarmProcess
from tests.autograder.walls.attacks import ALLOWANCE, warm_behind


@pytest.fixture(scope="module", params=["bubblewrap", "container", "landlock"])
def walled(request: pytest.FixtureRequest) -> Iterator[WarmProcess]:
    with warm_behind(request.param) as process:
        yield process


@pytest.fixture
def submission(walled: WarmProcess) -> Iterator[SubmissionSession]:
    with walled.submission(ALLOWANCE) as session:
        yield session
    # Whatever was done: nothing is left of it, and the next one runs.
    with walled.submission(ALLOWANCE) as following:
        assert following.notebook("next", 1).execute("1 + 1", 20.0).ok


@pytest.fixture
def notebook(submission: SubmissionSession) -> NotebookSession:
    return submission.notebook("attack", 1)
