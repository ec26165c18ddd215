"""A Hugging Face text classifier, and sentences as word numbers.

Does: wrap a classifier so that it takes word numbers and gives logits, like the labs' models; read
sentences from a table. Does not: import transformers unless a classifier is built.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from labkit.adapters.batches import Loaders, split
from labkit.adapters.errors import AdapterError, require
from labkit.adapters.tables import read_table

PAD, UNKNOWN = 0, 1
TINY = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 128,
}


class TextClassifier(nn.Module):
    """Word numbers in, logits out, around a classifier of transformers.

    Args:
        net: A `...ForSequenceClassification` model.
        pad: The number that fills short sentences up; those places are not attended to.
    """

    def __init__(self, net: nn.Module, pad: int = PAD) -> None:
        super().__init__()
        self.net = net
        self.pad = pad

    def forward(self, ids: Tensor) -> Tensor:
        """Turn word numbers [B, L] into logits [B, C]."""
        logits: Tensor = self.net(input_ids=ids, attention_mask=(ids != self.pad).long()).logits
        return logits


def text_classifier(
    name: str | None = None, num_classes: int = 2, vocabulary: int = 5000, seed: int = 0
) -> TextClassifier:
    """Build a text classifier of Hugging Face transformers.

    Args:
        name: None for a small BERT with random weights (2 layers, 64 wide), which needs no network;
            or a name at Hugging Face or a folder, such as "prajjwal1/bert-tiny". For those use
            their own tokenizer in `text_data`.
        num_classes: Number of classes C.
        vocabulary: Number of words of the small BERT.
        seed: Of random weights; the global generator stays as it was.

    Returns:
        A model from word numbers [B, L] to logits [B, C].

    Raises:
        AdapterError: transformers is not installed, or the model cannot be loaded.
    """
    hf: Any = require("transformers", "text_classifier")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if name is None:
            config = hf.BertConfig(vocab_size=vocabulary, num_labels=num_classes, **TINY)
            return TextClassifier(hf.BertForSequenceClassification(config))
        auto = hf.AutoModelForSequenceClassification
        try:
            net = auto.from_pretrained(name, num_labels=num_classes)
        except (OSError, ValueError) as error:
            raise AdapterError(
                f"The text classifier {name!r} could not be loaded: "
                f"{str(error).splitlines()[0]} Without a network use name=None."
            ) from error
    return TextClassifier(net, net.config.pad_token_id or PAD)


def text_data(
    path: str | Path,
    text: str = "sentence",
    label: str = "label",
    length: int = 32,
    vocabulary: int = 5000,
    batch_size: int = 64,
    seed: int = 0,
    tokenizer: Any = None,
) -> Loaders:
    """Read sentences and their classes from a CSV or TSV file, as word numbers.

    Args:
        path: The file, with a header line.
        text: The column of sentences.
        label: The column of classes.
        length: Words L in a sentence; longer ones are cut, shorter ones filled up with 0.
        vocabulary: How many of the most frequent words get a number of their own.
        batch_size: Sentences in a batch.
        seed: Of the split.
        tokenizer: One of transformers, for a model that was trained with it.

    Returns:
        Training loader and test loader, batches [B, L] and [B].

    Raises:
        AdapterError: The file or a column is missing.
    """
    frame = read_table(path, [text, label])
    sentences = frame[text].astype(str).tolist()
    if tokenizer is None:
        ids = word_numbers(sentences, length, vocabulary)
    else:
        ids = tokenizer(
            sentences, padding="max_length", truncation=True, max_length=length, return_tensors="pt"
        )["input_ids"]
    classes = torch.tensor(frame[label].astype("category").cat.codes.to_numpy().astype("int64"))
    return split(ids, classes, batch_size, seed, source=Path(path).name)


def word_numbers(sentences: Sequence[str], length: int, vocabulary: int) -> Tensor:
    """Number the most frequent words from 2 on: 0 is padding, 1 any other word.

    Returns:
        [N, length], int64.
    """
    words = [_words(sentence) for sentence in sentences]
    common = Counter(word for one in words for word in one).most_common(vocabulary - 2)
    numbers = {word: number for number, (word, _) in enumerate(common, start=2)}
    rows = [[numbers.get(word, UNKNOWN) for word in one[:length]] for one in words]
    return torch.tensor([row + [PAD] * (length - len(row)) for row in rows])


def _words(sentence: Iterable[str] | str) -> list[str]:
    return re.findall(r"[a-z0-9']+", str(sentence).lower())
