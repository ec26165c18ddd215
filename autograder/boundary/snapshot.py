"""The trusted side of a snapshot for hidden tests: calls in, checked plain data back."""

from __future__ import annotations

import io
import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from autograder.boundary.errors import Died, Missing, Raised, TookTooLong, Unreadable
from autograder.boundary.tensors import tensors_as_bytes
from autograder.boundary.views import BadClaim, decode
from autograder.boundary.wire import Channel, ChannelClosed, ChannelTimeout

MAX_CALLBACKS = 500
# Most of what arguments hold; none of it is called back.
PLAIN = {str, int, float, bool, bytes, type(None), tuple, list, dict, torch.Tensor}
LIBRARIES = (
    "torch", "labkit", "numpy", "pandas", "copyreg", "_codecs", "autograder.boundary.tensors"
)  # fmt: skip


@dataclass(frozen=True)
class Update:
    """A callback's answer that also changes the model that it was given.

    Attributes:
        value: What the callback returns in the student's process.
        tensors: New parameter values by plain name (`layers.0.weight`), masked or not.
        training: The mode to set; None leaves it.
    """

    value: Any = None
    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    training: bool | None = None


@dataclass(frozen=True)
class Call:
    """What one call of a student's function did.

    Attributes:
        value: What it returned.
        args: The state of its positional arguments afterwards, as views.
        outputs: What the module that it returned gives for each probe, or why not, as a text.
        shared: Pairs of places whose tensors share memory, such as
            `("value.out.bias", "args[0].out.bias")`.
        files: Files made, changed or removed in the working or temporary folder.
        seconds: How long it took, as the student's process says.
    """

    value: Any
    args: list[Any]
    outputs: list[Any]
    shared: list[tuple[str, str]]
    files: list[str]
    seconds: float


class _Pickler(pickle.Pickler):
    """Pickles arguments, leaving each function behind as a number to call back by."""

    dispatch_table = tensors_as_bytes()

    def __init__(self, buffer: io.BytesIO, callbacks: list[Callable[..., Any]]) -> None:
        super().__init__(buffer, protocol=pickle.HIGHEST_PROTOCOL)
        self._callbacks = callbacks

    def persistent_id(self, value: Any) -> str | None:
        if type(value) in PLAIN or not _is_callback(value):
            return None
        self._callbacks.append(value)
        return str(len(self._callbacks) - 1)


def _is_callback(value: Any) -> bool:
    """Functions, and objects of hidden tests that say so; not functions of installed packages.

    Those are how pickles of tensors and tables name what rebuilds them.
    """
    if getattr(type(value), "is_callback", False):
        return True
    plain = type(value).__name__ in ("function", "method")
    return plain and not value.__module__.startswith(LIBRARIES)


def _pickled(value: Any, callbacks: list[Callable[..., Any]]) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, callbacks).dump(value)
    return buffer.getvalue()


class Snapshot:
    """A student's process as it was when the check cell had run.

    Args:
        channel: To the snapshot's process.
        timeout_s: For each call, callbacks included.
        source: The notebook's code, of which faults may repeat a line.
    """

    def __init__(self, channel: Channel, timeout_s: float, source: str = "") -> None:
        self._channel = channel
        self._timeout_s = timeout_s
        self._source = source
        self._has_reference = False

    def define(self, source: str, setup: str = "") -> None:
        """Run reference code, so that this snapshot's names mean what they should.

        Args:
            source: The code.
            setup: What the code needs: gives the names that the notebook does not have yet.
        """
        self._has_reference = True
        request = {"op": "define", "source": source, "setup": setup}
        self._exchange("the reference", request, [])

    def begin_anew(self) -> None:
        """Draw the random numbers once more that the notebook would have drawn after the check."""
        self._exchange("the random generators", {"op": "begin_anew"}, [])

    def write_file(self, name: str, data: bytes) -> None:
        """Put a file into the snapshot's working folder."""
        self._exchange(name, {"op": "write", "name": name, "data": data}, [])

    def read_file(self, name: str) -> bytes | None:
        """A file of the snapshot's working folder; None where there is none or it is too large.

        The content is the student's: never trust it.
        """
        data = self._exchange(name, {"op": "read", "name": name}, []).get("data")
        return data if isinstance(data, bytes) else None

    def value(self, name: str) -> Any:
        """A variable of the notebook.

        Raises:
            StudentFault: It is missing or cannot be read.
        """
        reply = self._exchange(name, {"op": "value", "name": name}, [])
        return self._decode(name, reply.get("value"))

    def call(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        probe: Sequence[torch.Tensor] = (),
    ) -> Call:
        """Call a function of the notebook.

        Functions among the arguments run on the trusted side, given views of what the student's
        code gave them; they return a value or an `Update`. A module that the function returns is
        called on each input of `probe`.

        Raises:
            StudentFault: The function is missing, raised, hung or died, or cannot be read.
        """
        callbacks: list[Callable[..., Any]] = []
        data = _pickled((args, kwargs, list(probe)), callbacks)
        request = {"op": "call", "name": name, "pickle": data}
        reply = self._exchange(name, request, callbacks)
        seconds, files = reply.get("seconds"), reply.get("files")
        return Call(
            value=self._decode(name, reply.get("value")),
            args=[self._decode(name, data) for data in reply.get("args") or []],
            outputs=[self._decode(name, data) for data in reply.get("outputs") or []],
            shared=_shared(reply.get("storages")),
            files=[str(file).split("|")[0] for file in files] if isinstance(files, list) else [],
            seconds=seconds if isinstance(seconds, float) else 0.0,
        )

    def _exchange(
        self, name: str, request: dict[str, Any], callbacks: list[Callable[..., Any]]
    ) -> dict[str, Any]:
        deadline = time.monotonic() + self._timeout_s
        try:
            self._channel.send(request, timeout_s=self._timeout_s)
            for _ in range(MAX_CALLBACKS):
                reply = self._channel.receive(max(0.001, deadline - time.monotonic()))
                if "callback" not in reply:
                    break
                self._answer(name, reply, callbacks)
            else:
                raise TookTooLong(name, self._timeout_s)
        except ChannelTimeout:
            raise TookTooLong(name, self._timeout_s) from None
        except ChannelClosed:
            raise Died(name) from None
        if reply.get("missing"):
            raise Missing(name)
        if isinstance(reply.get("raised"), dict):
            raise Raised(name, reply["raised"], self._source, self._has_reference)
        return reply

    def _answer(
        self, name: str, reply: dict[str, Any], callbacks: list[Callable[..., Any]]
    ) -> None:
        number = reply["callback"]
        if type(number) is not int or not 0 <= number < len(callbacks):
            raise Unreadable(name)
        args = [self._decode(name, data) for data in reply.get("args") or []]
        kwargs = {str(k): self._decode(name, v) for k, v in (reply.get("kwargs") or {}).items()}
        answer = callbacks[number](*args, **kwargs)
        updates = {}
        if isinstance(answer, Update):
            updates = {0: {"tensors": answer.tensors, "training": answer.training}}
            answer = answer.value
        data = _pickled({"value": answer, "updates": updates}, [])
        self._channel.send({"pickle": data}, timeout_s=self._timeout_s)

    @staticmethod
    def _decode(name: str, data: Any) -> Any:
        try:
            return decode(data)
        except BadClaim:
            raise Unreadable(name) from None


def _shared(storages: Any) -> list[tuple[str, str]]:
    """Pairs of places with the same storage, from `{place: storage}`."""
    places: dict[int, list[str]] = {}
    if isinstance(storages, dict):
        for place, storage in storages.items():
            places.setdefault(int(storage), []).append(str(place))
    return [
        (one, other) for group in places.values() for one in group for other in group if one < other
    ]
