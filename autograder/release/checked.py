"""What was checked before a release: a small file beside the zip, never in the student edition."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grading.store import write_atomically

WITHOUT_CHECKS = "released without checks"


def checked_path(course: Course, lab: str) -> Path:
    """Where the file of a lab lies: `build/release/<lab>.checked.json`."""
    return course.build / "release" / f"{lab}.checked.json"


def write_checked(
    course: Course, lab: str, archive: Path, certificate: dict[str, Any] | None
) -> Path:
    """State what was checked of a release.

    Args:
        course: The course folder.
        lab: The lab.
        archive: The zip that the statement is about.
        certificate: Of the gate; None where it was skipped.
    """
    passed = certificate is not None
    untested = certificate["tasks_without_answers"] if certificate else []
    partly = f"released with untested hidden tests of {', '.join(untested)}" if untested else ""
    stated = {
        "lab": lab,
        "released_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "zip_sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "mark": partly if passed else WITHOUT_CHECKS,
        "checks": {
            "points_agree": True,
            "nothing_leaks": True,
            "solutions_and_stubs": passed,
            "right_answers_and_mutants": passed,
        },
        "certificate": certificate,
    }
    path = checked_path(course, lab)
    write_atomically(path, json.dumps(stated, indent=1))
    return path


def release_mark(course: Course, lab: str) -> str:
    """What a report has to say of a lab's release; empty where it was checked in full.

    A release that nobody stated anything about, such as one by `nbgrader generate_assignment`,
    counts as one without checks.
    """
    try:
        stated = json.loads(checked_path(course, lab).read_text(encoding="utf-8"))
        return str(stated["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        return WITHOUT_CHECKS
