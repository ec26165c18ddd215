"""The outline of a lab's report: which cells go where, in a TOML file for each lab.

To add a lab, write `outlines/<lab>.toml` beside this file; nothing else changes. The first outline,
`lab1_magnitude.toml`, explains each line.
"""

import tomllib
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

KINDS = ("text", "table", "figure", "printed", "code", "written")


@dataclass(frozen=True)
class Item:
    """One piece of the report, made from one cell.

    Attributes:
        kind: text, table, figure, printed, code or written.
        notebook: Name of the notebook, without its ending.
        cell: The cell's id.
        text: For text: what stands there, in Markdown, whatever the students did.
        task: Number of the exercise, such as "2.4"; what to run where the piece is missing.
        caption: What stands with a table, figure or listing, or above a written answer.
        find: Text that finds the cell where its id is lost.
        after: Text of the cell before it, which finds a written answer.
        functions: For code: the functions to show, in this order; none for the whole cell.
        starts: For printed: only lines that start so.
        option: The name of an option, of which only some are chosen.
        extra: Whether it may be missing without a word.
        beside: Whether it stands beside the piece before it, each half as wide.
        width: Largest width of a figure, as a share of the text's.
    """

    kind: str
    notebook: str = ""
    cell: str = ""
    text: str = ""
    task: str = ""
    caption: str = ""
    find: str = ""
    after: str = ""
    functions: tuple[str, ...] = ()
    starts: str = ""
    option: str = ""
    extra: bool = False
    beside: bool = False
    width: float = 1.0


@dataclass(frozen=True)
class Section:
    """A heading and its pieces.

    Attributes:
        title: The heading.
        items: The pieces, in order.
        options: How many of the options in it the lab asks for.
        extra: Whether it may be left out (extra credit).
    """

    title: str
    items: tuple[Item, ...]
    options: int = 0
    extra: bool = False


@dataclass(frozen=True)
class Outline:
    """The report of one lab."""

    lab: str
    course: str
    title: str
    sections: tuple[Section, ...] = field(default_factory=tuple)

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The notebooks that it needs, in order."""
        return tuple(
            dict.fromkeys(item.notebook for s in self.sections for item in s.items if item.cell)
        )


def outlines() -> list[Outline]:
    """All outlines that labkit has."""
    folder = resources.files("labkit.report").joinpath("outlines")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return [parse_outline(file.read_text(encoding="utf-8"), Path(file.name).stem) for file in files]


def parse_outline(text: str, lab: str) -> Outline:
    """Read an outline.

    Args:
        text: The TOML file's text.
        lab: The lab's name.

    Raises:
        ValueError: A piece is of no kind that is known; instructors write these files.
        TypeError: A line that a piece does not have.
    """
    raw = tomllib.loads(text)
    sections = tuple(_section(section) for section in raw["section"])
    return Outline(lab, raw["course"], raw["title"], sections)


def _section(raw: dict[str, Any]) -> Section:
    base = {key: raw[key] for key in ("notebook",) if key in raw}
    items = tuple(_item({**base, **item}) for item in raw["item"])
    return Section(raw["title"], items, raw.get("options", 0), raw.get("extra", False))


def _item(raw: dict[str, Any]) -> Item:
    if raw["kind"] not in KINDS:
        raise ValueError(f"{raw.get('cell')}: kind should be one of {', '.join(KINDS)}")
    return Item(**{**raw, "functions": tuple(raw.get("functions", ()))})
