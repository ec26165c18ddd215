"""Fill an outline from notebooks: everything the template draws, as plain data.

A piece that is not there becomes a kind sentence, in the report and for the command line.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from labkit.report.outline import Item, Outline, Section
from labkit.report.pieces import Block, NotThereError, PieceMaker

WIDEST_BESIDE = 6
Made = list[tuple[Item, Block]]
Lacking = list[tuple[Item, NotThereError]]


@dataclass
class Content:
    """The filled outline: sections to draw, what they hold, and what is missing."""

    sections: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def fill(outline: Outline, maker: PieceMaker) -> Content:
    """Fill every section of an outline.

    Args:
        outline: The report of the lab.
        maker: Makes the pieces.

    Returns:
        The sections that have anything to show or to wait for.
    """
    content = Content()
    chosen: set[str] = set()  # options, known once the section that offers them is filled
    for section in outline.sections:
        made, lacking = _pieces(section, maker, chosen)
        chosen |= {item.option for item, _ in made if item.option}
        blocks, missing = _paired(made), _advice(section, made, lacking)
        if section.extra and all(block["kind"] == "text" for block in blocks):
            content.left_out.append(section.title)
            continue
        content.missing += [text for text in missing if text not in content.missing]
        content.counts.update(one["kind"] for block in blocks for one in _each(block))
        if missing:
            blocks.append({"kind": "missing", "lines": missing})
        if blocks:
            content.sections.append({"title": section.title, "items": blocks})
    return content


def _pieces(section: Section, maker: PieceMaker, chosen: set[str]) -> tuple[Made, Lacking]:
    """The pieces of a section that are there, and those that are not."""
    made: Made = []
    lacking: Lacking = []
    for item in section.items:
        if item.option and not section.options and item.option not in chosen:
            continue
        try:
            made.append((item, maker.block(item)))
        except NotThereError as error:
            lacking.append((item, error))
    return made, lacking


def _advice(section: Section, made: Made, lacking: Lacking) -> list[str]:
    """What to do about pieces that are not there, a sentence for each thing to do."""
    begun = {item.option for item, _ in made if item.option}
    tasks = {item.task for item, _ in made}
    wanted: dict[str, list[str]] = {}
    for item, error in lacking:
        of_begun = not item.option or item.option in begun
        if of_begun and not item.extra and (not section.extra or item.task in tasks):
            wanted.setdefault(error.advice, []).append(error.what)
    sentences = [_sentence(advice, what) for advice, what in wanted.items()]
    if len(begun) < section.options and not any(error.absent for _, error in lacking):
        sentences.append(f"{section.title}: {len(begun)} of {section.options} options so far.")
    return sentences or _absent(lacking if section.options else [])


def _sentence(advice: str, what: list[str]) -> str:
    named = "; ".join(dict.fromkeys(filter(None, what)))
    return f"{advice} ({named})." if named else f"{advice}."


def _absent(lacking: Lacking) -> list[str]:
    """The notebooks that are not in the folder."""
    return list(dict.fromkeys(f"{error.advice}." for _, error in lacking if error.absent))


def _paired(made: Made) -> list[Block]:
    """The blocks, with those that stand beside the one before put together."""
    blocks: list[Block] = []
    for item, block in made:
        if item.beside and blocks and _narrow(blocks[-1]) and _narrow(block):
            blocks[-1] = {"kind": "pair", "items": [blocks[-1], block]}
        else:
            blocks.append(block)
    return blocks


def _narrow(block: Block) -> bool:
    """Whether a block can stand on half the width."""
    columns = [len(table["headers"]) for table in block.get("tables", ())]
    return block["kind"] in ("table", "figure") and max(columns, default=0) <= WIDEST_BESIDE


def _each(block: Block) -> list[Block]:
    return block["items"] if block["kind"] == "pair" else [block]
