"""SST-2: sentences of film reviews, positive or negative, as bags of words.

Does: find GLUE's TSV files, read them, choose the vocabulary, say which data it is. Does not:
download (see `labkit.data.download_sst2`), or read GLUE's test file, which has no labels.
Source: Socher et al. 2013, "Recursive deep models for semantic compositionality over a sentiment
treebank"; Wang et al. 2019, "GLUE".
"""

import os
from pathlib import Path

import torch
from torch import Tensor

from labkit.data.bag_of_words import BagOfWords, build_vocabulary
from labkit.data.loader import TensorLoader
from labkit.data.own_part import own_rows
from labkit.data.places import STAND_IN_REVIEWS, find_folder, is_stand_in
from labkit.errors import DataError

FULL_COUNTS = (67_349, 872)
VOCABULARY_SIZE = 5_000
FOLDERS = ("sst2", "SST-2")  # the labs' name and GLUE's own
FILES = ("train.tsv", "dev.tsv")
HEADER = "sentence\tlabel"


def load_sst2(
    batch_size: int = 64,
    seed: int = 0,
    data_dir: str | os.PathLike[str] | None = None,
    verbose: bool = True,
) -> tuple[TensorLoader, TensorLoader]:
    """Load SST-2 as batches of bags of words: 5,000 columns, 1 where the sentence has the word.

    The columns are the most frequent words of the training sentences. Files are searched where
    `load_mnist` searches; without them the course's offline stand-in takes their place. GLUE's dev
    set is the test set here, since the labels of GLUE's own test set are not public. Where a
    `variant.json` lies beside the notebook, its part of the training sentences is left out.

    Args:
        batch_size: Sentences in a batch.
        seed: Seed of the training loader's order.
        data_dir: Folder that holds `sst2` or `SST-2`.
        verbose: Whether to print one line that says which data this is.

    Returns:
        The training loader (shuffled anew in each pass) and the test loader (in order).

    Raises:
        DataError: The named folder has no SST-2, there is no data at all, or a file is damaged.
        VariantError: `variant.json` is damaged.
    """
    root = find_sst2(data_dir)
    (train_texts, train_labels), (test_texts, test_labels) = map(read_tsv, _files(root))
    source = _describe(root, len(train_texts), len(test_texts))
    if verbose:
        print(f"labkit: {source}")
    rows = own_rows(len(train_texts), verbose)
    if rows is not None:
        train_texts, train_labels = [train_texts[row] for row in rows], train_labels[rows]
    vocabulary = build_vocabulary(train_texts, VOCABULARY_SIZE)
    train_bags, test_bags = (
        BagOfWords(texts, vocabulary, VOCABULARY_SIZE) for texts in (train_texts, test_texts)
    )
    return (
        TensorLoader(train_bags, train_labels, batch_size, shuffle=True, seed=seed, source=source),
        TensorLoader(test_bags, test_labels, batch_size, source=source),
    )


def find_sst2(data_dir: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder below which `sst2` or `SST-2` lies, see `load_sst2`."""
    return find_folder(
        has_sst2, "SST-2", STAND_IN_REVIEWS, f"sst2/{FILES[0]} and {FILES[1]}", "sst2", data_dir
    )


def has_sst2(root: Path) -> bool:
    """Whether the training and the dev file lie below `root`."""
    return bool(_files(root))


def read_tsv(path: Path) -> tuple[list[str], Tensor]:
    """Read sentences and labels [N], int64, from GLUE's tab-separated values.

    Raises:
        DataError: The file cannot be read, has no header, no sentence, or a line without a label.
    """
    try:
        return _parse(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:  # a wrong encoding is a ValueError, too
        said = str(error).splitlines()[0][:100]
        raise DataError(
            f"SST-2 in {path.parent} is damaged ({path.name}: {said}); delete that folder and "
            f"fetch it again with `labkit data download --what sst2`."
        ) from error


def _parse(text: str) -> tuple[list[str], Tensor]:
    lines = text.removesuffix("\n").split("\n")
    if lines[0].rstrip("\r") != HEADER:
        raise ValueError("the first line is not `sentence<TAB>label`")
    texts, labels = [], []
    for number, line in enumerate(lines[1:], start=2):
        sentence, tab, label = line.rstrip("\r").rpartition("\t")
        if not tab or label not in ("0", "1"):
            raise ValueError(f"line {number} does not end in a tab and the label 0 or 1")
        texts.append(sentence.strip())
        labels.append(int(label))
    if not texts:
        raise ValueError("it has no sentence")
    return texts, torch.tensor(labels)


def _files(root: Path) -> list[Path]:
    """The two files below `root`; an empty list where one is missing."""
    for folder in FOLDERS:
        found = [root / folder / name for name in FILES]
        if all(path.is_file() for path in found):
            return found
    return []


def _describe(root: Path, train: int, test: int) -> str:
    counts = f"{train:,} training and {test:,} test sentences, {root}"
    if is_stand_in(_files(root)[0].parent, STAND_IN_REVIEWS):
        return (
            f"OFFLINE STAND-IN, not SST-2: review sentences from templates, {counts}. "
            f"`labkit data download --what sst2` fetches the real one."
        )
    size = "the full SST-2" if (train, test) == FULL_COUNTS else "a SUBSET of SST-2"
    return f"{size}, {counts}"
