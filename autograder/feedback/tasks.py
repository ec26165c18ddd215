"""What a student earned in each task of a notebook, in the order of the notebook."""

from __future__ import annotations

from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.lab import last_heading, without_points


@dataclass(frozen=True)
class GradedTask:
    """One line on top of a feedback page.

    Attributes:
        grade_id: Of the graded cell, which the line leads to.
        title: The heading above the task, without its points.
        score: Points earned.
        points: The most that it gives.
        written: Whether a person grades it.
        comments: The ids of cells that somebody commented on.
    """

    grade_id: str
    title: str
    score: float
    points: float
    written: bool
    comments: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """`full`, `part`, or `none` of its points; `person` for an answer that may be unread."""
        if self.written and not self.score and not self.comments:
            return "person"
        return "none" if self.score <= 0 else "full" if self.score >= self.points else "part"


def graded_tasks(notebook: NotebookNode) -> list[GradedTask]:
    """The tasks of an autograded notebook, with the scores that nbgrader put into its cells."""
    tasks: list[GradedTask] = []
    title, comments = "", []
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and not settings:
            title = last_heading(cell.source) or title
        if settings.get("comment"):
            comments.append(settings["grade_id"])
        if settings.get("grade"):
            tasks.append(
                GradedTask(
                    grade_id=settings["grade_id"],
                    title=without_points(title) or settings["grade_id"],
                    score=float(settings.get("score") or 0.0),
                    points=float(settings["points"]),
                    written=bool(settings.get("solution")),
                    comments=tuple(comments),
                )
            )
            comments = []
    return tasks


def page_title(notebook: NotebookNode) -> str:
    """The first heading of a notebook; empty where it has none."""
    headings = (last_heading(c.source) for c in notebook.cells if c.cell_type == "markdown")
    return next(filter(None, headings), "")
