"""One piece of a report from one cell: a table, a figure, printed lines, code, a written answer."""

from typing import Any

from labkit.report.listings import StillToWriteError, listing
from labkit.report.notebook import Cell, Notebook
from labkit.report.outline import Item
from labkit.report.pictures import PictureFolder
from labkit.report.prose import Node, answer, clean, printable, prose
from labkit.report.tables import tables_in

Block = dict[str, Any]
MOST_LINES = 12


class NotThereError(Exception):
    """A piece is missing.

    Args:
        advice: What to do about it, without a full stop.
        what: What is missing, where the advice does not say.
        absent: Whether the whole notebook is.
    """

    def __init__(self, advice: str, what: str = "", absent: bool = False) -> None:
        super().__init__(advice)
        self.advice, self.what, self.absent = advice, what, absent


class PieceMaker:
    """Makes blocks for the template; pictures go to a folder."""

    def __init__(self, notebooks: dict[str, Notebook], pictures: PictureFolder) -> None:
        self.notebooks = notebooks
        self.pictures = pictures

    def block(self, item: Item) -> Block:
        """Make the block of an item.

        Raises:
            NotThereError: It is not in the notebooks.
        """
        if item.kind == "text":
            return {"kind": "text", "nodes": prose(item.text)}
        notebook = self.notebooks.get(item.notebook)
        if notebook is None:
            raise NotThereError(f"{item.notebook}.ipynb is not in the folder", absent=True)
        cell = notebook.find(item.cell, item.find, item.after)
        if cell is None:
            raise NotThereError(
                f"{item.notebook}.ipynb has no cell {item.cell} of Exercise {item.task}"
            )
        makers = {
            "table": self._table,
            "figure": self._figure,
            "printed": self._printed,
            "code": self._code,
            "written": self._written,
        }
        return {"kind": item.kind, "caption": item.caption, **makers[item.kind](item, cell)}

    def _table(self, item: Item, cell: Cell) -> Block:
        tables = tables_in([text for _, text in cell.data("text/html")])
        if not tables:
            raise _not_run(item, cell)
        return {"tables": [table.as_data() for table in tables]}

    def _figure(self, item: Item, cell: Cell) -> Block:
        pictures = self.pictures.of_outputs(cell)
        if not pictures:
            raise _not_run(item, cell)
        return {"pictures": pictures, "width": item.width}

    def _printed(self, item: Item, cell: Cell) -> Block:
        lines = [clean(line.replace("`", "")) for line in cell.printed().splitlines()]
        lines = [line.removeprefix("labkit: ") for line in lines if line.strip()]
        lines = [line for line in lines if line.startswith(item.starts)]
        if not lines:
            raise _not_run(item, cell)
        return {"lines": [line[:1].upper() + line[1:] for line in lines[:MOST_LINES]]}

    def _code(self, item: Item, cell: Cell) -> Block:
        try:
            text, left_out = listing(cell.source, item.functions)
        except StillToWriteError as error:
            name = str(error) or "the code"
            raise NotThereError(f"Write {name} in Exercise {item.task}") from error
        note = f"… {left_out} more lines in {item.notebook}.ipynb" if left_out else ""
        return {"text": printable(text), "note": note}

    def _written(self, item: Item, cell: Cell) -> Block:
        text = answer(cell.source)
        if not text:
            raise NotThereError(f"Write your answer to Exercise {item.task}")
        return {"nodes": self._with_pictures(prose(text), cell)}

    def _with_pictures(self, nodes: list[Node], cell: Cell) -> list[Node]:
        """The tree of an answer with its pasted pictures as files."""
        drawn: list[Node] = []
        for node in nodes:
            picture = self.pictures.pasted(cell, node["name"]) if node["type"] == "image" else None
            if picture is not None:
                drawn.append({"type": "picture", **picture})
            elif node["type"] != "image":
                body = self._with_pictures(node["body"], cell) if "body" in node else None
                drawn.append(node if body is None else {**node, "body": body})
        return drawn


def _not_run(item: Item, cell: Cell) -> NotThereError:
    """What to do about a cell without the output that the report needs."""
    what = item.caption.split(".")[0]
    what = what[:1].lower() + what[1:]
    if cell.error == "NotImplementedError":
        advice = f"Exercise {item.task} is still to be written"
    elif cell.error:
        advice = f"Exercise {item.task} ended with {clean(cell.error)}: mend it and run it"
    elif cell.outputs:
        advice = f"Run Exercise {item.task} in {item.notebook}.ipynb again: there is no {item.kind}"
    else:
        advice = f"Run Exercise {item.task} in {item.notebook}.ipynb"
    return NotThereError(advice, what)
