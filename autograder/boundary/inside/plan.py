"""What the trusted side tells a warm process when it starts it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Plan:
    """Where things are as the warm process sees them, and the wall around each submission.

    Attributes:
        data: The small data that notebooks find.
        labkit: The folder that holds the student edition of `labkit`.
        inner: `namespaces`, `landlock` or `none`.
        user: What root becomes: the warm process at once, behind `landlock` each submission only.
        readable: What else than the system a submission may read behind `landlock`.
        below_tmp: Folders of the Python environment that a new `/tmp` would hide.
        private: Whether shared memory and Unix sockets are this warm process's own: a submission
            may use them behind `landlock`, too.
        cpu: The CPU that the warm process and all that it forks keep to, once it is warm.
    """

    data: str
    labkit: str
    inner: str = "none"
    user: int = 0
    readable: tuple[str, ...] = ()
    below_tmp: tuple[str, ...] = ()
    private: bool = False
    cpu: int | None = None

    def to_json(self) -> str:
        """As an argument of a command."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """The inverse of `to_json`."""
        data = json.loads(text)
        lists = {name: tuple(data[name]) for name in ("readable", "below_tmp")}
        return cls(**data | lists)
