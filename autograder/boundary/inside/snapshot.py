"""A copy of the student's process for hidden tests: calls functions and reports what happened.

Serves one channel until it closes. Arguments come in as pickles that the trusted side made, with
callables replaced by calls back over the channel; values and the state of the arguments go out as
plain data.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import pickle
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import torch
from torch import nn

from autograder.boundary.inside.randomness import RandomState, restore_random_state
from autograder.boundary.plain import Encoder, TooLarge, module_names
from autograder.boundary.wire import Channel

MAX_FILES = 200
MAX_FILE_BYTES = 64_000_000


class Callback:
    """A function of the trusted side: calling it sends what it was given and waits for the answer.

    The answer may say what to do to the arguments: new parameter values (`tensors`), the mode.
    """

    def __init__(self, channel: Channel, number: int) -> None:
        self._channel = channel
        self._number = number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Ask the trusted side, then do to the arguments what it says."""
        encoder = Encoder()
        given = [encoder.encode(value, f"args[{i}]") for i, value in enumerate(args)]
        named = {name: encoder.encode(value, name) for name, value in kwargs.items()}
        self._channel.send({"callback": self._number, "args": given, "kwargs": named})
        answer = pickle.loads(self._channel.receive()["pickle"])
        for position, update in answer["updates"].items():
            apply_update_(args[position], **update)
        return answer["value"]


class _Loader(pickle.Unpickler):
    """Loads the trusted side's arguments, giving callables their way back."""

    def __init__(self, data: bytes, channel: Channel) -> None:
        super().__init__(io.BytesIO(data))
        self._channel = channel

    def persistent_load(self, number: Any) -> Callback:
        """Give the callable of that number its way back."""
        return Callback(self._channel, int(number))


def apply_update_(
    module: nn.Module, tensors: dict[str, torch.Tensor], training: bool | None
) -> None:
    """Write parameter values into a module as training would, and refresh masked weights.

    Values are given by the plain name (`layers.0.weight`), also where pruning renamed the
    parameter to `weight_orig`.
    """
    if training is not None:
        module.train(training)
    parameters = dict(module.named_parameters())
    with torch.no_grad():
        for name, value in tensors.items():
            target = parameters.get(f"{name}_orig", parameters.get(name))
            if target is not None and target.shape == value.shape:
                target.copy_(value)
        for part in module.modules():
            for hook in part._forward_pre_hooks.values():
                hook(part, None)


def serve_snapshot(channel: Channel, namespace: dict[str, Any], state: RandomState) -> None:
    """Answer requests until the channel closes.

    Args:
        channel: To the trusted side.
        namespace: Of the notebook.
        state: What random generators draw from, at first and when a test begins anew.
    """
    handlers = {"call": _call, "value": _value, "define": _define, "read": _read, "write": _write}
    restore_random_state(state)
    while True:
        request = channel.receive()
        if request["op"] == "begin_anew":
            restore_random_state(state)
            channel.send({})
        else:
            channel.send(handlers[request["op"]](channel, namespace, request))


def _define(channel: Channel, namespace: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    setup: dict[str, Any] = {}
    exec(compile(request["setup"], "<setup>", "exec"), setup)
    for name, value in setup.items():
        namespace.setdefault(name, value)
    exec(compile(request["source"], "<reference>", "exec"), namespace)
    return {}


def _read(channel: Channel, namespace: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    try:
        with open(request["name"], "rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError:
        return {"data": None}
    return {"data": data if len(data) <= MAX_FILE_BYTES else None}


def _write(channel: Channel, namespace: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    Path(request["name"]).write_bytes(request["data"])
    return {}


def _value(channel: Channel, namespace: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    if request["name"] not in namespace:
        return {"missing": True}
    return _encoded(lambda encoder: {"value": encoder.encode(namespace[request["name"]])})


def _call(channel: Channel, namespace: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    function = namespace.get(request["name"])
    if not callable(function):
        return {"missing": True}
    args, kwargs, probes = _Loader(request["pickle"], channel).load()
    names: dict[int, str] = {}
    for index, value in enumerate(args):
        names |= module_names(value, f"args[{index}]")
    before = _files()
    start = time.perf_counter()
    try:
        with (
            open(os.devnull, "w") as sink,
            contextlib.redirect_stdout(sink),
            contextlib.redirect_stderr(sink),
        ):
            value = function(*args, **kwargs)
            outputs = [_probe(value, x) for x in probes]
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        return {"raised": describe_error(error)}
    seconds = time.perf_counter() - start
    plt.close("all")

    def reply(encoder: Encoder) -> dict[str, Any]:
        return {
            "value": encoder.encode(value),
            "args": [encoder.encode(v, f"args[{i}]") for i, v in enumerate(args)],
            "outputs": [encoder.encode(v, f"outputs[{i}]") for i, v in enumerate(outputs)],
            "storages": encoder.storages,
            "files": sorted(_files() ^ before)[:MAX_FILES],
            "seconds": seconds,
        }

    return _encoded(reply, names)


def _probe(value: Any, x: torch.Tensor) -> Any:
    """What a module that a student's function returned gives for an input, or why it does not."""
    if not isinstance(value, nn.Module):
        return "no module"
    try:
        with torch.no_grad():
            return value(x)
    except Exception as error:  # a model that does not fit its input is a finding, not a fault
        return f"{type(error).__name__}: {error}"[:300]


def _encoded(build: Any, names: dict[int, str] | None = None) -> dict[str, Any]:
    try:
        reply: dict[str, Any] = build(Encoder(names))
    except TooLarge as error:
        return {"raised": {"type": "TooLarge", "message": str(error), "line": "", "own": False}}
    return reply


def _files() -> set[str]:
    """What lies in the working and the temporary folder: `name|size|mtime`, relative."""
    found = set()
    for root in {os.getcwd(), tempfile.gettempdir()}:
        for entry in itertools.islice(_below(root), MAX_FILES):
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                found.add(f"{entry.path[len(root) + 1 :]}|{status.st_size}|{status.st_mtime_ns}")
    return found


def _below(folder: str) -> Iterator[os.DirEntry[str]]:
    """What lies in a folder and those in it; links are not followed."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path)


def describe_error(error: BaseException) -> dict[str, Any]:
    """An exception as a type, a message, and the student's line that led to it.

    `own` says that the student's own `raise` or `assert` made it, so that its text is theirs.
    """
    frames = traceback.extract_tb(error.__traceback__)
    cells = [frame for frame in frames if frame.filename.startswith("<ipython-input")]
    line = (cells[-1].line or "").strip() if cells else ""
    own = bool(cells) and cells[-1] is frames[-1] and line.startswith(("raise", "assert"))
    try:
        message = str(error)
    except Exception:  # a student's exception may fail to print itself
        message = ""
    return {"type": type(error).__name__, "message": message[:500], "line": line[:200], "own": own}
