"""Run a notebook in a fresh kernel, as *Restart Kernel and Run All Cells* does.

Does: execute a notebook that is held in memory, in the folder where it lies. Does not: write files;
what an interrupt leaves is the caller's notebook object, never a half-written file.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labkit.guide.cells import read_notebook
from labkit.guide.files import write_atomically
from labkit.guide.places import COURSE_ROOT
from labkit.notebooks import NotebookError

Tell = Callable[[int], None]


def load(path: Path) -> Any:
    """Read a notebook for execution or writing, as nbformat's own object.

    Raises:
        NotebookError: It cannot be read.
    """
    read_notebook(path)  # says in words what is wrong with a file
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without ids, which Colab makes
            notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises many kinds on odd input
        first = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise NotebookError(f"{path.name} is no notebook that can be run ({first}).") from error
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def save(notebook: Any, path: Path) -> None:
    """Write an executed notebook in one step: the file is the old one or the new one."""
    import nbformat

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = nbformat.writes(notebook)
    write_atomically(path, (text.rstrip("\n") + "\n").encode())


def execute_(notebook: Any, path: Path, tell: Tell) -> None:
    """Execute all cells in place, go on after errors.

    Args:
        notebook: nbformat's object; it gets outputs.
        path: Its file, whose folder it runs in.
        tell: Told the index of each cell before it runs.

    Raises:
        NotebookError: There is no kernel, it died, or it was interrupted.
    """
    if not any(cell.cell_type == "code" and cell.source.strip() for cell in notebook.cells):
        return  # nothing but text
    try:
        from jupyter_client.kernelspec import NoSuchKernel
        from nbclient import NotebookClient
        from nbclient.exceptions import DeadKernelError
    except ImportError as error:
        raise NotebookError(
            f"Running notebooks needs {error.name}: `pip install nbclient ipykernel` brings it."
        ) from error
    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        allow_errors=True,
        extra_arguments=["--log-level=50"],  # its warnings are about the kernel, not the notebook
        resources={"metadata": {"path": str(path.parent)}},
    )
    interrupted: list[bool] = []
    try:
        asyncio.run(_run(client, tell, interrupted))
    except NoSuchKernel as error:
        raise NotebookError(
            "There is no Jupyter kernel for Python here: `pip install ipykernel`."
        ) from error
    except DeadKernelError as error:
        if interrupted:  # the kernel died of it
            raise NotebookError(f"Interrupted; {path.name} is as it was.") from error
        raise NotebookError(
            f"The kernel of {path.name} died, as it does when memory runs out; "
            f"the file is as it was."
        ) from error
    except (asyncio.CancelledError, KeyboardInterrupt) as error:
        raise NotebookError(f"Interrupted; {path.name} is as it was.") from error


async def _run(client: Any, tell: Tell, interrupted: list[bool]) -> None:
    """Execute; an interrupt cancels this task, which shuts the kernel down on its way out.

    Args:
        client: nbclient's.
        tell: Told the index of each cell before it runs.
        interrupted: Gets an entry at Ctrl-C.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        interrupted.append(True)
        if task is not None:
            task.cancel()

    def on_cell_start(cell: Any, cell_index: int) -> None:
        # Not on Windows or in another thread; asyncio's own handling of Ctrl-C has to do there.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(signal.SIGINT, stop)
        tell(cell_index)

    client.on_cell_start = on_cell_start
    paths = [str(COURSE_ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    await client.async_execute(env=environment)
