"""A student in real JupyterLab: open the student edition, type an answer, see the check pass."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.course import Course
from autograder.lab import Exercise, read_lab
from autograder.release.build import build_release
from tests.autograder.conftest import LAB, answers
from tests.browser.conftest import Serve, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EX1 = "ex1_base_model"


class LabPage:
    """A notebook opened in JupyterLab; cells by their place in it."""

    def __init__(self, page: Any, address: str, token: str, notebook: str) -> None:
        self.page = page
        page.goto(f"{address}lab/tree/{notebook}.ipynb?token={token}")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        page.wait_for_selector('.jp-NotebookPanel [data-status="idle"]', state="attached")

    def cell(self, number: int) -> Any:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def type(self, number: int, text: str) -> None:
        """Replace what stands in a cell, as by keyboard."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def run(self, number: int) -> str:
        """Run a cell and wait for its end; what it shows below."""
        prompt = self.cell(number).locator(".jp-InputPrompt")
        for _ in range(5):  # a kernel that is still connecting forgets what it was asked
            self.cell(number).locator(".cm-content").click()
            self.page.keyboard.press("Control+Enter")
            self.page.wait_for_timeout(2000)
            if prompt.inner_text().strip() != "[ ]:":
                break
        self.page.wait_for_function(
            r"element => /\[\d+\]/.test(element.textContent)", arg=prompt.element_handle()
        )
        return "\n".join(self.cell(number).locator(".jp-OutputArea").all_inner_texts())


def test_a_typed_solution_passes_its_check(
    course: Course, exercises: dict[str, Exercise], serve: Serve, page: Any
) -> None:
    folder, _ = build_release(course, LAB, read_lab(course.labs, LAB))
    place = {cell.id: number for number, cell in enumerate(exercises[EX1].source.cells)}
    lab = LabPage(page, *serve(folder), EX1)
    setup = lab.run(place["ex1-setup"])
    assert "Error" not in setup, setup

    before = lab.run(place["ex1-hardware-check"])
    assert "Error" in before, before
    screenshot(page, "jupyterlab-check-fails")

    lab.type(place["ex1-hardware-task"], answers(exercises[EX1])["ex1-hardware-task"])
    assert "Error" not in lab.run(place["ex1-hardware-task"])
    assert "PyTorch" in lab.run(place["ex1-hardware-try"])
    after = lab.run(place["ex1-hardware-check"])
    lab.cell(place["ex1-hardware-task"]).scroll_into_view_if_needed()
    screenshot(page, "jupyterlab-check-passes")
    assert "Error" not in after and "Traceback" not in after, after
