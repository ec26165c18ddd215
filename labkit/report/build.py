"""Make the report of a lab folder: choose the outline, fill it, typeset it, write it."""

import datetime
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from labkit.report.collect import Content, fill
from labkit.report.errors import ReportError
from labkit.report.notebook import Notebook, read_notebook
from labkit.report.outline import Outline, outlines
from labkit.report.pictures import PictureFolder
from labkit.report.pieces import PieceMaker
from labkit.report.prose import clean
from labkit.report.typeset import typeset, write_whole

NEEDED = {"typst": "typst", "mistune": "mistune", "bs4": "beautifulsoup4", "PIL": "pillow"}
HINT = "labkit report needs the package {}; install it with `pip install {}`."
NAME_LENGTH = 80


@dataclass(frozen=True)
class Written:
    """A report that was written: where, how long, and what is in it."""

    path: Path
    pages: int
    content: Content


def build_report(folder: Path, out: Path | None = None, names: tuple[str, ...] = ()) -> Written:
    """Build the PDF report from the executed notebooks of a lab; nothing is executed.

    Args:
        folder: The folder of the notebooks.
        out: The PDF to write; `report.pdf` in the folder where none is given.
        names: The authors.

    Returns:
        What was written.

    Raises:
        ReportError: No notebooks, none that was run, one that cannot be read, or no place to write.
    """
    for module, package in NEEDED.items():
        if find_spec(module) is None:
            raise ReportError(HINT.format(package, package))
    outline, notebooks = _read_lab(folder)
    if not any(notebook.executed for notebook in notebooks.values()):
        raise ReportError(f"No notebook in {folder} was run: run all cells, save, and try again.")
    with tempfile.TemporaryDirectory(prefix="labkit-report-") as place:
        content = fill(outline, PieceMaker(notebooks, PictureFolder(Path(place))))
        today = datetime.date.today()
        authors = [clean(name.strip())[:NAME_LENGTH] for name in names if name.strip()]
        data = {
            "title": outline.title,
            "course": outline.course,
            "authors": authors,
            "running": _running(authors),
            "date": f"{today.day} {today:%B %Y}",
            "sections": content.sections,
        }
        pdf, pages = typeset(data, Path(place))
    path = out or folder / "report.pdf"
    write_whole(pdf, path)
    return Written(path, pages, content)


def _read_lab(folder: Path) -> tuple[Outline, dict[str, Notebook]]:
    """The outline that fits the folder best, and those of its notebooks that are there."""
    if not folder.is_dir():
        raise ReportError(f"There is no folder {folder}.")
    known = outlines()
    here = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    best = max(known, key=lambda outline: len(here.keys() & set(outline.notebooks)))
    names = [name for name in best.notebooks if name in here]
    if not names:
        raise ReportError(
            f"No notebook of a lab is in {folder}; name the folder that has "
            f"{known[0].notebooks[0]}.ipynb."
        )
    return best, {name: read_notebook(here[name]) for name in names}


def _running(authors: list[str]) -> str:
    """The authors, short enough for the head of a page."""
    names = ", ".join(authors)
    return names if len(names) <= 60 else f"{authors[0][:50]} et al."
