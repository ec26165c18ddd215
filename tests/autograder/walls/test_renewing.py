"""Notebooks of one student behind one wall: only where nothing of the one before is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from autograder.boundary.session import SubmissionSession, WarmProcess
from autograder.grading.limits import Limits
from tests.autograder.walls.attacks import warm_behind

ALLOWANCE = Limits().allowance
LOOK = (
    "import os; print(os.listdir('/tmp'), os.listdir('/dev/shm'), os.listdir('..'),"
    " len([name for name in os.listdir('/proc') if name.isdecimal()]))"
)
HARMLESS = {
    "files": "open('x', 'w').write('y'); os.makedirs('a/b/c'); os.symlink('/etc', 'link')",
    "shared memory": "open('/dev/shm/x', 'w').write('y')",
    "a file in /tmp": "open('/tmp/x', 'w').write('y')",
    "a child that has ended": "os.system('true')",
}
LEFT_BEHIND = {
    "a process": "subprocess.Popen(['sleep', '60'], start_new_session=True)",
    "a closed folder": "os.mkdir('d'); os.mkdir('d/e'); os.chmod('d', 0)",
    "a deep folder": "for _ in range(3000):\n    os.mkdir('d'); os.chdir('d')",
    "the homes' folder closed": "os.chmod('../..', 0)",
    "another homes' folder": (
        "home = os.path.abspath('../..'); os.rename(home, '/tmp/x'); os.symlink('/tmp/x', home)"
    ),
    "the homes' folder made anew": (
        "home = os.path.abspath('../..'); shutil.rmtree(home); os.mkdir(home)"
    ),
    "an attribute of /tmp": "os.setxattr('/tmp', b'user.x', b'y')",
    "shared memory closed": "os.chmod('/dev/shm', 0)",
}


@pytest.fixture(scope="module")
def boxed() -> Iterator[WarmProcess]:
    with warm_behind("bubblewrap") as process:
        yield process


def run(warm: WarmProcess, *sources: str) -> tuple[SubmissionSession, str]:
    """Run cells in a notebook of its own; the session and what the last one printed."""
    with warm.submission(ALLOWANCE) as session:
        notebook = session.notebook("notebook", 1)
        runs = [notebook.execute(source, 20.0) for source in sources]
        assert all(one.ok for one in runs), [one.outputs for one in runs]
        outputs = runs[-1].outputs
    return session, "".join(str(output.get("text", "")) for output in outputs)


@pytest.mark.parametrize("source", HARMLESS.values(), ids=HARMLESS)
def test_what_can_be_removed_is_and_the_next_notebook_starts_there(
    boxed: WarmProcess, source: str
) -> None:
    with boxed.one_student():
        first, clean = run(boxed, LOOK)
        assert run(boxed, "import os", source)[0] is first
        assert run(boxed, LOOK) == (first, clean)


@pytest.mark.parametrize("source", LEFT_BEHIND.values(), ids=LEFT_BEHIND)
def test_after_anything_else_the_next_notebook_gets_a_wall_of_its_own(
    boxed: WarmProcess, source: str
) -> None:
    with boxed.one_student():
        first, clean = run(boxed, LOOK)
        assert run(boxed, "import os, shutil, subprocess", source)[0] is first
        following, seen = run(boxed, LOOK)
    assert following is not first
    assert seen.split("] ")[1:] == clean.split("] ")[1:]  # the first says its home's own name


def test_another_student_never_starts_there(boxed: WarmProcess) -> None:
    with boxed.one_student():
        first, _ = run(boxed, "1")
    with boxed.one_student():
        second, _ = run(boxed, "1")
        assert run(boxed, "1")[0] is second
    assert second is not first
    assert run(boxed, "1")[0] is not run(boxed, "1")[0]


def test_files_are_looked_at_beside_the_notebook_and_apart_from_it(boxed: WarmProcess) -> None:
    with boxed.one_student():
        first, _ = run(boxed, "1")
        with boxed.submission(ALLOWANCE) as own, boxed.submission(ALLOWANCE, True) as other:
            assert own is first
            assert other is not own
        assert run(boxed, "1")[0] is first


def test_each_notebook_has_its_whole_time(boxed: WarmProcess) -> None:
    short = replace(ALLOWANCE, seconds=4.0)
    with boxed.one_student():
        for _ in range(3):
            with boxed.submission(short) as session:
                run = session.notebook("notebook", 1).execute("import time; time.sleep(1.5)", 20.0)
                assert run.ok
