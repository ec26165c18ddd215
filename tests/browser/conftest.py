"""A headless Chromium, and Jupyter servers for it to look at."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course import put_scripts_on_path
from tests.autograder.conftest import REPOSITORY, course, exercises, hand_in

__all__ = ["course", "exercises", "hand_in"]  # fixtures that tests here use, too

SCREENSHOTS = REPOSITORY / "build" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Only the part of a notebook that can be seen is in JupyterLab's page otherwise.
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false"},
}
Serve = Callable[[Path], tuple[str, str]]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by playwright; tests are skipped where one of them is missing."""
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"there is no browser: none of {', '.join(NAMES)} is on the path")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A fresh window; nothing of one test is left for the next."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(25_000)
    page = context.new_page()
    yield page
    screenshot(
        page, f"last-{request.node.name}"
    )  # what there was to see when a test ended, well or not
    context.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start JupyterLab in a folder: its address, ending in a slash, and its token."""
    with contextlib.ExitStack() as stack:
        yield lambda folder: stack.enter_context(_server(folder, tmp_path / "jupyter"))


@contextlib.contextmanager
def _server(folder: Path, home: Path) -> Iterator[tuple[str, str]]:
    put_scripts_on_path()
    for name, content in SETTINGS.items():
        path = home / "settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, address = secrets.token_hex(16), f"http://127.0.0.1:{port}/"
    variables = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    options = ["--no-browser", "--allow-root", f"--ServerApp.port={port}",
               f"--IdentityProvider.token={token}", "--ServerApp.port_retries=0"]  # fmt: skip
    log = home / "server.log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=folder, env=variables, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        _wait(f"{address}api/status?token={token}", server, log)
        yield address, token
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


def screenshot(page: Any, name: str) -> None:
    """Keep what the window shows, to be looked at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SCREENSHOTS / f"{name}.png"))
