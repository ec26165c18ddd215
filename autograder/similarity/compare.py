"""Who shares rare fingerprints: an index of them, and the pairs of students that it shows.

A fingerprint that a third of the class has is the obvious solution and counts nothing; one that
only two have counts 1; between the two its weight falls with the logarithm of how many have it.
Pairs come from the index alone, so no two texts are ever compared that share nothing rare.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.similarity.documents import Document
from autograder.similarity.fingerprints import Prints

COMMON_SHARE = 1 / 3
COMMON_FEWEST = 4  # in a tiny class, two or three who share something are never "everybody"
RARE = 40  # only what at most so many share leads to pairs; it keeps large classes quick
LEAST_SHARE = 0.5  # of what the smaller text has of its own
LEAST_IN_CELL = 3.0  # less evidence than this in a cell is chance
LEAST_IN_ALL = 8.0  # a pair with less evidence in all cells together is not reported


@dataclass(frozen=True)
class Match:
    """Two students' texts in one cell that share rare fingerprints.

    Attributes:
        first: One student's document.
        second: The other's.
        shared: How many fingerprints both have that not everybody has.
        evidence: The sum of the weights of these; 1 for each that nobody else has.
        share: Of the weight of all fingerprints of the text that has less, from 0 to 1.
        first_lines: Lines of the first that shared fingerprints stand on.
        second_lines: Lines of the second.
        parsed: Whether syntax trees were compared, instead of plain tokens.
    """

    first: Document
    second: Document
    shared: int
    evidence: float
    share: float
    first_lines: frozenset[int]
    second_lines: frozenset[int]
    parsed: bool

    @property
    def notable(self) -> bool:
        """Whether it adds to what speaks against a pair."""
        return self.share >= LEAST_SHARE and self.evidence >= LEAST_IN_CELL


@dataclass(frozen=True)
class Pair:
    """Two students and all of their notable matches.

    Attributes:
        first: One student.
        second: The other.
        matches: The matches, the strongest first.
    """

    first: str
    second: str
    matches: tuple[Match, ...]

    @property
    def evidence(self) -> float:
        """The evidence of all its matches together."""
        return sum(match.evidence for match in self.matches)

    @property
    def share(self) -> float:
        """The share of the strongest match."""
        return max(match.share for match in self.matches)


def find_pairs(documents: Iterable[Document]) -> list[Pair]:
    """Pairs of students to look at, those with most evidence first."""
    places: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for document in documents:
        places[document.place].append(document)
    pairs: dict[tuple[str, str], list[Match]] = defaultdict(list)
    for here in places.values():
        for match in _matches(here):
            pairs[match.first.student, match.second.student].append(match)
    found = [
        Pair(*students, tuple(sorted(matches, key=lambda match: -match.evidence)))
        for students, matches in pairs.items()
    ]
    worth_a_look = (pair for pair in found if pair.evidence >= LEAST_IN_ALL)
    return sorted(worth_a_look, key=lambda pair: (-pair.evidence, pair.first, pair.second))


def groups(pairs: Sequence[Pair]) -> list[list[str]]:
    """Students who hang together by pairs, the largest group first."""
    home: dict[str, set[str]] = {}
    for pair in pairs:
        together = home.get(pair.first, {pair.first}) | home.get(pair.second, {pair.second})
        home |= dict.fromkeys(together, together)
    distinct = {id(group): sorted(group) for group in home.values()}
    return sorted(distinct.values(), key=lambda group: (-len(group), group))


def _matches(documents: list[Document]) -> list[Match]:
    """Notable matches in one cell: of trees where both parse, of tokens where one does not."""
    trees = [(d, d.shape) for d in documents if d.shape is not None]
    found = _compare(trees, parsed=True)
    if len(trees) < len(documents):
        tokens = _compare([(d, d.tokens) for d in documents], parsed=False)
        found += [m for m in tokens if m.first.shape is None or m.second.shape is None]
    return [match for match in found if match.notable]


def _compare(documents: list[tuple[Document, Prints]], parsed: bool) -> list[Match]:
    owners: dict[int, list[int]] = defaultdict(list)
    written = [(d, prints) for d, prints in documents if prints]
    for number, (_, prints) in enumerate(written):
        for value in prints:
            owners[value].append(number)
    most = max(COMMON_FEWEST, COMMON_SHARE * len(written))
    weights = {value: _weight(len(who), most) for value, who in owners.items()}
    totals = [sum(weights[value] for value in prints) for _, prints in written]
    return [
        _match(written[one], written[other], weights, min(totals[one], totals[other]), parsed)
        for one, other in _candidates(owners)
    ]


def _weight(owners: int, most: float) -> float:
    """What a fingerprint counts: 1 for one or two owners, 0 from `most` on."""
    if owners <= 2:
        return 1.0
    return max(0.0, math.log(most / owners) / math.log(most / 2))


def _candidates(owners: dict[int, list[int]]) -> list[tuple[int, int]]:
    """Who shares at least two rare fingerprints."""
    together: Counter[tuple[int, int]] = Counter()
    for who in owners.values():
        if 2 <= len(who) <= RARE:
            together.update(itertools.combinations(who, 2))
    return sorted(two for two, times in together.items() if times >= 2)


def _match(
    one: tuple[Document, Prints],
    other: tuple[Document, Prints],
    weights: dict[int, float],
    least: float,
    parsed: bool,
) -> Match:
    """What two documents share; `least` is the weight of all that the smaller one has."""
    shared = [value for value in one[1].keys() & other[1].keys() if weights[value] > 0]
    evidence = sum(weights[value] for value in shared)
    return Match(
        one[0],
        other[0],
        len(shared),
        evidence,
        min(1.0, evidence / least) if least else 0.0,
        frozenset(line for value in shared for line in one[1][value]),
        frozenset(line for value in shared for line in other[1][value]),
        parsed,
    )
