"""A grader that is killed takes everything along that it has started."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from autograder.walls.container import ENGINES
from autograder.walls.probing import describe, probe_level
from tests.autograder.walls.attacks import REPOSITORY


def family_of(grader: int) -> list[psutil.Process]:
    """Everything below a grader; what is in its containers has the same plan as their client."""
    family = psutil.Process(grader).children(recursive=True)
    plans = {process.cmdline()[-1] for process in family if process.name() in ENGINES}
    found = psutil.process_iter(["cmdline"])
    return family + [
        p for p in found if p not in family and (p.info["cmdline"] or [""])[-1] in plans
    ]


@pytest.mark.parametrize("level", ["bubblewrap", "container", "landlock"])
def test_a_killed_grader_leaves_nothing(level: str) -> None:
    if not probe_level(level).holds:
        pytest.skip(describe(probe_level(level)))
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from autograder.boundary.session import WarmProcess\n"
        "from autograder.grading.limits import Limits\n"
        "from autograder.walls.probing import choose\n"
        f"root = Path({str(REPOSITORY)!r})\n"
        f"warm = WarmProcess(root / 'data', root, choose({level!r}), probe=True)\n"
        "with warm.submission(Limits().allowance) as session:\n"
        "    session.notebook('one', 1)\n    print('ready', flush=True)\n    time.sleep(60)\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert grader.stdout is not None
    assert grader.stdout.readline() == b"ready\n"
    family = family_of(grader.pid)
    assert len(family) >= 4, "warm process, guard, submission, notebook"
    grader.kill()
    grader.wait()
    grader.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []
