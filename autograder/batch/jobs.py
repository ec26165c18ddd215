"""Jobs as plain data, to travel."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from autograder.grading.job import Job
from autograder.grading.limits import Limits


def job_to_json(job: Job) -> dict[str, Any]:
    """A job as data that JSON can hold."""
    return asdict(job)


def job_from_json(data: dict[str, Any]) -> Job:
    """The inverse of `job_to_json`."""
    notebooks = tuple((key, name, notebook) for key, name, notebook in data["notebooks"])
    return Job(**(data | {"limits": Limits(**data["limits"]), "notebooks": notebooks}))
