"""The name of a result: a digest of everything that it depends on, and of what it is made up.

The parts are kept beside grades, so that a grade which changes can say why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from nbformat import NotebookNode

from autograder.grading.limits import Limits
from autograder.lab import Exercise

ENGINE = "7"
# What each part of a key is called where a grade has changed because of it.
REASONS = {
    "notebook": "resubmitted",
    "hidden_tests": "hidden tests changed",
    "lab": "lab changed",
    "labkit": "labkit changed",
    "limits": "limits changed",
    "seed": "another seed",
    "variant": "another variant",
    "grader": "another grader",
}


def key_parts(
    notebook: NotebookNode,
    exercise: Exercise,
    labkit: str,
    seed: int,
    limits: Limits,
    carried: Sequence[str] = (),
    variant: str = "",
) -> dict[str, str]:
    """A digest of each thing that a result depends on, by the names in `REASONS`.

    Args:
        notebook: The rebuilt notebook.
        exercise: The exercise that it answers.
        labkit: The digest of the labkit that it runs on.
        seed: Of the grading.
        limits: Time limits.
        carried: The names of the results of the notebooks that it takes functions over from.
        variant: The student's `variant.json`; where it is empty there is no such part, since the
            lab has no variants.
    """
    parts = {
        "grader": ENGINE,
        "notebook": _digest([[cell.id, cell.cell_type, cell.source] for cell in notebook.cells]),
        "lab": _digest([exercise.lab, exercise.name, exercise.source_version]),
        "hidden_tests": exercise.tests_version,
        "labkit": labkit,
        "seed": str(seed),
        "limits": _digest(asdict(limits)),
        "carried": _digest(list(carried)),
    }
    return parts | {"variant": _digest(variant)} if variant else parts


def result_key(parts: Mapping[str, str]) -> str:
    """The name of the result that depends on these parts."""
    return _digest(dict(sorted(parts.items())))


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data, ensure_ascii=True).encode()).hexdigest()
