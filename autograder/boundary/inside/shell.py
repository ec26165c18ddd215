"""An IPython shell that executes cells and records their outputs as a notebook would.

No ZMQ, no threads, no frontend: so that the process can be forked at any moment. What a frontend
would have to do (answer `input()`, draw widgets) is not done; `input()` says so.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from autograder.boundary.inside.figures import draw_figures_once

OUTPUT_LIMIT = 2_000_000
FLOOD = 100_000_000  # characters that no honest cell writes: the notebook ends


class Recorder:
    """The outputs of one cell in nbformat's shape, up to `OUTPUT_LIMIT` characters."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self._size = 0
        self._written = 0

    def start(self) -> None:
        """Begin a new cell."""
        self.outputs, self._size, self._written = [], 0, 0

    def stream(self, name: str, text: str) -> None:
        """Add text to a stream, joined to the output before it where that is the same stream."""
        text = self._fit(text)
        last = self.outputs[-1] if self.outputs else None
        if not text:
            return
        if last and last["output_type"] == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def bundle(self, kind: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Add a display or a result; parts that are neither text nor JSON are left out."""
        kept: dict[str, Any] = {}
        for mime, value in data.items():
            text = value if isinstance(value, str) else _json_or_none(value)
            if text is not None and self._size + len(text) <= OUTPUT_LIMIT:
                self._size += len(text)
                kept[str(mime)] = value
        output: dict[str, Any] = {"output_type": kind, "data": kept, "metadata": {}}
        if kind == "execute_result":
            output["execution_count"] = None
        self.outputs.append(output)

    def error(self, name: str, message: str, traceback: list[str]) -> None:
        """Add an error; the traceback is cut to what still fits."""
        self.outputs.append(
            {
                "output_type": "error",
                "ename": self._fit(name),
                "evalue": self._fit(message),
                "traceback": [self._fit(line) for line in traceback],
            }
        )

    def clear(self) -> None:
        """Forget what was recorded, as `clear_output` asks."""
        self.outputs = []

    def _fit(self, text: str) -> str:
        self._written += len(text)
        if self._written > FLOOD:
            os._exit(1)
        text = text.encode("utf-8", "replace").decode("utf-8")
        room = OUTPUT_LIMIT - self._size
        if room <= 0:
            return ""
        self._size += len(text)
        return text if len(text) <= room else text[:room] + "\n[output cut here]"


def _json_or_none(value: Any) -> str | None:
    try:
        return json.dumps(value)
    except Exception:  # a student's object: whatever it raises, it is not JSON
        return None


class _Stream(io.TextIOBase):
    """A text stream that writes to the recorder."""

    encoding = "utf-8"

    def __init__(self, recorder: Recorder, name: str) -> None:
        self._recorder = recorder
        self._name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._recorder.stream(self._name, str(text))
        return len(text)


class _Publisher(DisplayPublisher):
    shell: NotebookShell

    def publish(self, data: Any, metadata: Any = None, *args: Any, **kwargs: Any) -> None:
        self.shell.recorder.bundle("display_data", data, metadata or {})

    def clear_output(self, wait: bool = False) -> None:
        self.shell.recorder.clear()


class _Hook(DisplayHook):
    shell: NotebookShell

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.recorder.bundle("execute_result", format_dict, md_dict or {})

    def finish_displayhook(self) -> None:
        pass


class NotebookShell(InteractiveShell):
    """IPython's shell with recorded outputs."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **kwargs: Any) -> None:
        self.recorder = Recorder()
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        super().__init__(config=config, **kwargs)

    def system(self, cmd: str) -> None:
        """Run the shell command of a line that starts with `!`, without a terminal for it.

        IPython's own needs one, which there is behind some walls only.
        """
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")  # in IPython's words
        command = self.var_expand(cmd, depth=1)
        with subprocess.Popen(
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    sys.stdout.write(line)
            except BaseException:
                process.kill()
                raise
        self.user_ns["_exit_code"] = process.returncode

    def enable_matplotlib(self, gui: str | None = None) -> tuple[Any, Any]:
        """As IPython does; figures that arrange themselves are drawn once."""
        chosen: tuple[Any, Any] = super().enable_matplotlib(gui)
        if self.display_formatter:
            draw_figures_once(self.display_formatter)
        return chosen

    def enable_gui(self, gui: Any = None) -> None:
        """There is no event loop to hook into; inline figures need none."""

    def ask_exit(self) -> None:
        """End the cell as `exit()` does; the notebook goes on."""
        raise SystemExit

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.recorder.error(getattr(etype, "__name__", str(etype)), str(evalue), list(stb))


def start_shell() -> NotebookShell:
    """The shell that forks inherit, with inline figures as Jupyter has them."""
    with tempfile.TemporaryDirectory() as nowhere:
        shell = NotebookShell.instance(ipython_dir=nowhere)
    shell.run_line_magic("matplotlib", "inline")
    builtins.input = _no_input
    return shell


def inherited_shell() -> NotebookShell:
    """The shell in a notebook's own process, with its settings in the notebook's home."""
    shell = NotebookShell.instance()
    shell.init_ipython_dir(None)
    shell.init_profile_dir(None)
    return shell


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("input() cannot be answered while the notebook is graded: remove the call.")


@contextlib.contextmanager
def _recorded(recorder: Recorder) -> Iterator[None]:
    with (
        contextlib.redirect_stdout(_Stream(recorder, "stdout")),
        contextlib.redirect_stderr(_Stream(recorder, "stderr")),
    ):
        yield


def execute_cell(shell: NotebookShell, source: str) -> dict[str, Any]:
    """Run one cell.

    Returns:
        `outputs` in nbformat's shape, `ok`, and `seconds`.
    """
    shell.recorder.start()
    start = time.perf_counter()
    with _recorded(shell.recorder):
        try:
            ok = bool(shell.run_cell(source, store_history=True).success)
        except BaseException as error:  # exit(), or a second interrupt while the first was shown
            shell.recorder.error(type(error).__name__, str(error), [])
            ok = False
    return {"outputs": shell.recorder.outputs, "ok": ok, "seconds": time.perf_counter() - start}
