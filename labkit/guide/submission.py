"""The zip that a student hands in, with a receipt.

Does: gather notebooks, the report and results, write them with their checksums. Does not: run
anything, follow links, or send anything anywhere. The zip unpacks to `<lab>/<notebook>.ipynb`, what
`submitted/<student>/` expects; nbgrader's `zip_collect` finds student and notebook in the paths.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from labkit.guide.cells import Notebook
from labkit.guide.files import write_atomically
from labkit.guide.places import notebook_paths, original
from labkit.notebooks import NotebookError
from labkit.variant import FILE_NAME as VARIANT

RESULT_LIMIT = 5_000_000  # bytes of one CSV file
RESULTS = ("*.csv", "results/*.csv", "results/*/*.csv")
RECEIPT = "receipt.json"


@dataclass(frozen=True)
class Receipt:
    """What was packed.

    Attributes:
        archive: The zip.
        size_bytes: Its size.
        sha256: Its checksum.
        time: When, with the time zone.
        files: Checksum of each file by its name in the lab's folder.
    """

    archive: Path
    size_bytes: int
    sha256: str
    time: str
    files: dict[str, str]


def lab_name(folder: Path) -> str:
    """The lab's name: what the student edition's README says, else the folder's name."""
    try:
        first = (folder / "README.md").read_text("utf-8").splitlines()[0]
    except (OSError, ValueError, IndexError):
        first = ""
    match = re.fullmatch(r"#\s+(lab[\w-]+)\s*", first)
    return match[1] if match else folder.name


def safe_name(name: str) -> str:
    """A student's name or id as a part of a file name: letters and digits of any language.

    Raises:
        NotebookError: Nothing is left of it.
    """
    plain = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", name.strip())).strip("._-")
    if not plain:
        raise NotebookError(f"{name!r} is no name for a file; give your student id with --name.")
    return plain[:80]


def gather(folder: Path, notebooks: list[Notebook]) -> tuple[dict[str, bytes], list[str]]:
    """Read what is handed in.

    Args:
        folder: The lab's folder.
        notebooks: Its notebooks.

    Returns:
        Contents by name, and sentences about what is left out.
    """
    paths = [notebook.path for notebook in notebooks] + sorted(folder.glob("*.pdf"))
    paths += sorted({path for pattern in RESULTS for path in folder.glob(pattern)})
    paths += sorted(folder.glob(VARIANT))
    contents, left_out = (
        {},
        [
            f"{path.name} is a copy of {original(path).name} and is left out."
            for path in sorted(folder.glob("*.ipynb"))
            if path not in notebook_paths(folder)
        ],
    )
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".ipynb" and original(path) != path:
            left_out.append(f"{name} is handed in as {original(path).name}.")
            name = original(path).name
        if any(part.is_symlink() for part in (path, *path.parents) if part.is_relative_to(folder)):
            left_out.append(f"{name} is a link and is left out: put the file itself there.")
        elif path.suffix == ".csv" and path.stat().st_size > RESULT_LIMIT:
            left_out.append(f"{name} is larger than {RESULT_LIMIT // 10**6} MB and is left out.")
        elif path.is_file():
            contents[name] = path.read_bytes()
    return contents, left_out


def pack(folder: Path, name: str, contents: dict[str, bytes], lab: str, version: str) -> Receipt:
    """Write `<lab>-<name>.zip` in one step: it is whole, or what was there before.

    Args:
        folder: Where the zip goes.
        name: The student's name or id.
        contents: What to pack, by name.
        lab: The lab's name.
        version: labkit's version.
    """
    archive = folder / f"{safe_name(lab)}-{safe_name(name)}.zip"
    time = datetime.now().astimezone().isoformat(timespec="seconds")
    files = {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    receipt = {"lab": lab, "name": name, "time": time, "labkit": version, "sha256": files}
    packed = contents | {RECEIPT: (json.dumps(receipt, indent=2, ensure_ascii=False)).encode()}
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as written:
        for path, content in packed.items():
            written.writestr(f"{lab}/{path}", content)
    data = memory.getvalue()
    write_atomically(archive, data)
    return Receipt(archive, len(data), hashlib.sha256(data).hexdigest(), time, files)
