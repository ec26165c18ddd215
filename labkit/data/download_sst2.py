"""Fetch GLUE's SST-2: its zip file with the MD5 checked, else Hugging Face's copy of it.

Does: write `sst2/train.tsv` and `sst2/dev.tsv`, each whole or not at all, with progress. Does not:
take GLUE's test file, which has no labels. Hugging Face's copy is in parquet, which pandas reads
only where pyarrow is installed; it is checked by its number of sentences.
"""

import hashlib
import io
import zipfile
from pathlib import Path
from urllib.request import urlopen

from labkit.data.download import reason
from labkit.data.sst2 import FILES, FOLDERS, FULL_COUNTS, HEADER, has_sst2, read_tsv
from labkit.errors import DataError

URL = "https://dl.fbaipublicfiles.com/glue/data/SST-2.zip"
MD5 = "9f81648d4199384278b86e315dac217c"
COPY_URL = "https://huggingface.co/datasets/nyu-mll/glue/resolve/main/sst2"
COPIES = ("train-00000-of-00001.parquet", "validation-00000-of-00001.parquet")
TIMEOUT_S = 30


def download_sst2(folder: Path) -> Path:
    """Download SST-2 unless it is there already.

    Args:
        folder: Where `sst2` shall lie; made if it does not exist.

    Returns:
        The folder with the files.

    Raises:
        DataError: There is no network, the disk refuses, or the file is not what it should be.
    """
    target = folder / FOLDERS[0]
    if has_sst2(folder):
        return next(folder / name for name in FOLDERS if (folder / name / FILES[0]).is_file())
    try:
        target.mkdir(parents=True, exist_ok=True)
        try:
            texts = _from_glue()
        except (OSError, DataError) as error:
            texts = _from_hugging_face(error)
        _write(texts, target)
    except (OSError, DataError, zipfile.BadZipFile, KeyError) as error:
        raise DataError(
            f"SST-2 could not be downloaded to {target} ({reason(error)}); check the network and "
            f"the disk and try again. Without it the labs run on the offline stand-in."
        ) from error
    return target


def _from_glue() -> list[bytes]:
    """The two files with labels, from GLUE's zip."""
    packed = _fetch(URL)
    if hashlib.md5(packed, usedforsecurity=False).hexdigest() != MD5:
        raise DataError("the file is not the one that is known; its MD5 differs")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return [archive.read(f"{FOLDERS[1]}/{name}") for name in FILES]


def _from_hugging_face(error: Exception) -> list[bytes]:
    """The two files with labels, from Hugging Face; the first error again without pyarrow."""
    import pandas as pd

    texts = []
    for name, count in zip(COPIES, FULL_COUNTS, strict=True):
        try:
            frame = pd.read_parquet(
                io.BytesIO(_fetch(f"{COPY_URL}/{name}")), columns=["sentence", "label"]
            )
        except ImportError:
            raise error from None
        if len(frame) != count:
            raise DataError(f"{name} has {len(frame):,} sentences, not {count:,}")
        rows = zip(frame["sentence"], frame["label"], strict=True)
        lines = [HEADER, *(f"{sentence}\t{label}" for sentence, label in rows)]
        texts.append(("\n".join(lines) + "\n").encode())
    return texts


def _fetch(url: str) -> bytes:
    """Read a file from the network, with a progress bar."""
    from tqdm.auto import tqdm

    content = io.BytesIO()
    with urlopen(url, timeout=TIMEOUT_S) as answer:
        total = int(answer.headers.get("Content-Length") or 0) or None
        name = url.rpartition("/")[2]
        with tqdm(total=total, unit="B", unit_scale=True, desc=name) as bar:
            while part := answer.read(1 << 16):
                content.write(part)
                bar.update(len(part))
    return content.getvalue()


def _write(texts: list[bytes], target: Path) -> None:
    """Write the two files, each by way of a temporary one beside it that can be read."""
    for name, text in zip(FILES, texts, strict=True):
        part = target / f"{name}.part"
        try:
            part.write_bytes(text)
            read_tsv(part)
            part.replace(target / name)
        finally:
            part.unlink(missing_ok=True)
