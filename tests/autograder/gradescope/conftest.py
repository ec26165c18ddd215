"""The zip for Gradescope, and a container that has it unpacked."""

import io
import json
import zipfile

import pytest

from autograder.course import Course
from autograder.exports.gradescope.archive import pack
from autograder.exports.gradescope.options import Options
from tests.autograder.conftest import LAB, REPOSITORY
from tests.autograder.gradescope.container import Container


@pytest.fixture(scope="session")
def archive() -> bytes:
    return pack(Course(REPOSITORY), Options(LAB, seed=7))


@pytest.fixture
def container(archive, tmp_path) -> Container:
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(root / "source")
        for entry in packed.infolist():
            (root / "source" / entry.filename).chmod(entry.external_attr >> 16)
    (root / "submission_metadata.json").write_text(
        json.dumps(
            {
                "id": 123456,
                "created_at": "2026-11-21T14:22:32.365935-08:00",
                "assignment": {"due_date": "2026-12-01T23:00:00.000000-08:00", "id": 25828},
                "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
                "previous_submissions": [],
            }
        )
    )
    return Container(root)
