"""From plain data to a PDF file, with typst; no LaTeX and no network.

The template stands in a folder of its own with the data and the pictures, and can read nothing
else.
"""

import json
import os
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

from labkit.report.errors import ReportError


def typeset(data: dict[str, Any], folder: Path) -> tuple[bytes, int]:
    """Typeset a report.

    Args:
        data: What the template draws; see `template.typ`.
        folder: An empty folder, apart from the pictures that the data names.

    Returns:
        The PDF and its number of pages.

    Raises:
        ReportError: typst cannot draw this report.
    """
    import typst

    template = resources.files("labkit.report").joinpath("template.typ").read_bytes()
    (folder / "main.typ").write_bytes(template)
    (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
    try:
        compiler = typst.Compiler(str(folder / "main.typ"), root=str(folder))
        pdf = compiler.compile(format="pdf")
        pages = json.loads(compiler.query("<pages>", field="value", one=True))
    except RuntimeError as error:
        first = str(error).strip().splitlines()[0]
        raise ReportError(f"The report cannot be typeset ({first}).") from error
    assert isinstance(pdf, bytes)
    return pdf, int(pages)


def can_draw(name: str, folder: Path) -> bool:
    """Whether typst can draw a picture in this folder; it reads nothing outside."""
    import typst

    main = folder / "trial.typ"
    main.write_text(f'#image("{name}", width: 5cm)', encoding="utf-8")
    try:
        typst.compile(str(main), root=str(folder), format="pdf")
    except RuntimeError:
        return False
    finally:
        main.unlink()
    return True


def write_whole(content: bytes, path: Path) -> None:
    """Write a file by way of a temporary one beside it, so that it is whole or as it was.

    Raises:
        ReportError: The place cannot be written to.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise ReportError(f"Cannot write {path}: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            part.unlink()
