"""How far students' code is kept from everything else: the levels, and what each one is."""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = ("bubblewrap", "landlock", "none")
WISHES = ("auto", *LEVELS)


@dataclass(frozen=True)
class Isolation:
    """The walls of one grading.

    Attributes:
        outer: `bubblewrap` or `none`: around each worker.
        inner: `namespaces`, `landlock` or `none`: around each submission.
        bwrap: The program, where `outer` needs it.
        user: The ordinary user id that root becomes; 0 where nobody is root.
    """

    outer: str
    inner: str
    bwrap: str = ""
    user: int = 0

    @property
    def level(self) -> str:
        """One of `LEVELS`."""
        if self.outer == "bubblewrap" and self.inner == "namespaces":
            return "bubblewrap"
        return "landlock" if self.inner == "landlock" else "none"

    def __str__(self) -> str:
        if self.level == "bubblewrap":
            return "bubblewrap and namespaces: two walls, no network"
        if self.level == "landlock":
            box = "bubblewrap, " if self.outer == "bubblewrap" else ""
            other = ", another user id" if self.user else ""
            return f"{box}Landlock and seccomp{other}: files and network closed"
        return "none: students' code can do what the grader can"


NONE = Isolation("none", "none")
