"""A box for a short command of our own that reads what a student's code wrote."""

from __future__ import annotations

from pathlib import Path

from autograder.walls import bubblewrap, container
from autograder.walls.probing import choose


def boxed(command: list[str], script: Path, folder: Path) -> list[str]:
    """The command in a box where it sees its script and one folder; as it is where none holds.

    Args:
        command: What to run.
        script: A file that it reads.
        folder: Where it runs, and all that it may write.
    """
    isolation = choose("any")
    if isolation.level == "bubblewrap":
        return [*bubblewrap.tool_words(isolation.program, script, folder), *command]
    if isolation.level == "container":
        return [*container.tool_words(isolation.program, script, folder), *command]
    return command
