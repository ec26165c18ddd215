"""Sentences as bags of words: which words of a fixed vocabulary occur, in no order.

Does: choose the vocabulary, keep each sentence as a few word numbers, make dense rows of a batch on
request. Does not: hold the dense matrix, which would take 1.3 GB for the full SST-2.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

NONE = -1  # fills the rows of short sentences


def words(text: str) -> list[str]:
    """Split at white space, in lower case; SST-2 comes with its punctuation set apart."""
    return text.lower().split()


def build_vocabulary(texts: Iterable[str], size: int) -> list[str]:
    """Return the most frequent words, the most frequent one first, equal ones by the alphabet.

    Example:
        >>> build_vocabulary(["b a", "b c"], size=2)
        ['b', 'a']

    Args:
        texts: Training sentences.
        size: How many words to keep at most.

    Returns:
        At most `size` words.
    """
    counts = Counter(word for text in texts for word in words(text))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return ranked[:size]


class BagOfWords:
    """Sentences that give dense rows of zeros and ones when they are indexed.

    Each column stands for a word of the vocabulary: 1 where the sentence has it, however often.
    Words outside the vocabulary are left out, so a row may be empty.

    Args:
        texts: N sentences.
        vocabulary: The words, column by column.
        width: Number of columns V, at least that of the vocabulary; those that are over stay zero.
    """

    def __init__(self, texts: Sequence[str], vocabulary: Sequence[str], width: int) -> None:
        column = {word: number for number, word in enumerate(vocabulary)}
        known = [sorted({column[w] for w in words(text) if w in column}) for text in texts]
        longest = max(map(len, known), default=0)
        self.texts = list(texts)
        self.vocabulary = list(vocabulary)
        self.width = width
        self.columns = torch.tensor(  # [N, L]
            [row + [NONE] * (longest - len(row)) for row in known], dtype=torch.int32
        ).reshape(len(known), longest)

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, index: Tensor) -> Tensor:
        """Return the rows [B, V], float32, of the sentences with these numbers [B]."""
        columns = self.columns[index].long()  # [B, L]
        row, place = (columns != NONE).nonzero(as_tuple=True)
        dense = torch.zeros(len(columns), self.width)
        dense[row, columns[row, place]] = 1.0
        return dense
