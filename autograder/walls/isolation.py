"""How far students' code is kept from everything else: the levels, and what each one is."""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = ("bubblewrap", "container", "landlock", "none")
WISHES = ("auto", *LEVELS)


@dataclass(frozen=True)
class Isolation:
    """The walls of one grading.

    Attributes:
        outer: `bubblewrap`, `container` or `none`: around each worker.
        inner: `namespaces`, `landlock` or `none`: around each submission.
        program: What builds the outer wall: `/usr/bin/bwrap`, `docker`, `podman`.
        user: The ordinary user id that root becomes; 0 where nobody is root.
    """

    outer: str
    inner: str
    program: str = ""
    user: int = 0

    @property
    def level(self) -> str:
        """One of `LEVELS`."""
        if self.inner == "none":
            return "none"
        return "landlock" if self.outer == "none" else self.outer

    def __str__(self) -> str:
        if self.level == "none":
            return "none: students' code can do what the grader can"
        if self.inner == "namespaces":
            return "bubblewrap and namespaces: two walls, no network"
        other = ", another user id" if self.user else ""
        if self.level == "container":
            return (
                f"a container ({self.program}), Landlock and seccomp{other}: two walls, no network"
            )
        return f"Landlock and seccomp{other}: files and network closed"


NONE = Isolation("none", "none")
