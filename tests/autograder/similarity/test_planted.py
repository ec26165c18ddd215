"""Planted copies are found, disguised or in a class that has the same idea."""

from __future__ import annotations

import itertools
import random
import time

import pytest

from autograder.similarity.compare import find_pairs, groups
from tests.autograder.similarity.copies import (
    HANDOUT,
    STYLES,
    disguised,
    document,
    pairs_of,
    written,
)


@pytest.mark.parametrize("number", range(4))
def test_a_disguised_copy_of_all_answers_is_found(number: int) -> None:
    honest = written("ada", number)
    pair = find_pairs([*honest, *written("zoe", number, disguised)])[0]
    assert (pair.first, pair.second) == ("ada", "zoe")
    assert pair.share > 0.95 and pair.evidence > 100
    assert len(pair.matches) >= len(STYLES) - 2  # what is as the reference says nothing


def test_nearly_every_single_answer_is_found_when_copied() -> None:
    missed = [
        f"{place[1]} {number}"
        for place, styles in STYLES.items()
        for number, source in enumerate(styles)
        if not find_pairs(
            [document("ada", place, source), document("zoe", place, disguised(source))]
        )
    ]
    # Two of 52: one is the reference, line by line; one makes the call that the handout names.
    assert sum(map(len, STYLES.values())) >= 50
    assert len(missed) <= 2, missed


def test_a_copy_is_found_in_a_class_that_has_the_same_idea() -> None:
    place, styles = next((p, s) for p, s in STYLES.items() if p[1] == "ex2-prune")
    common = [document(f"s{number}", place, styles[0]) for number in range(9)]
    rare = [document("ada", place, styles[1]), document("zoe", place, disguised(styles[1]))]
    others = [document(f"t{number}", place, "x = 1") for number in range(9)]
    pairs = {(pair.first, pair.second) for pair in find_pairs([*common, *rare, *others])}
    assert ("ada", "zoe") in pairs
    assert not pairs - {("ada", "zoe")}  # what a third of the class wrote is the obvious


def test_code_that_does_not_parse_is_compared_by_its_words() -> None:
    place, styles = next((p, s) for p, s in STYLES.items() if p[1] == "ex2-imp")
    broken = document("zoe", place, styles[1].replace("def ", "# def\ndef ", 1) + "\n)")
    assert broken.shape is None
    match = find_pairs([document("ada", place, styles[1]), broken])[0].matches[0]
    assert not match.parsed and match.share > 0.9
    other = document("ada", place, styles[0])
    assert find_pairs([other, broken]) == []


def test_copied_written_answers_are_found() -> None:
    text = (
        "The accuracy stays where it was until four fifths of the weights are gone, since the "
        "network has far more of them than ten digits need; then it drops within two rounds."
    )
    place = ("ex2_magnitude_pruning", "ex2-trends")
    one = HANDOUT.document("ada", *place, text, prose=True)
    two = HANDOUT.document("zoe", *place, f"I saw this. {text.upper()}", prose=True)
    assert pairs_of([one], [two]) == [("ada", "zoe")]


def test_a_ring_is_one_group() -> None:
    ring = [written(name, 1) for name in ("ada", "bob", "eve")]
    assert groups(find_pairs(itertools.chain.from_iterable(ring))) == [["ada", "bob", "eve"]]


def test_a_thousand_texts_in_seconds() -> None:
    place = ("ex2_magnitude_pruning", "ex2-imp")
    names = [f"name{number}" for number in range(400)]
    draw = random.Random(5)

    def own(number: int) -> str:
        lines = [f"    v{i} = {draw.choice(names)}({draw.choice(names)}.{draw.choice(names)})"
                 for i in range(25)]  # fmt: skip
        return f"def imp(model):\n{chr(10).join(lines)}\n    return v{number % 25}\n"

    texts = [document(f"s{number:04}", place, own(number)) for number in range(1000)]
    copied = document("zoe", place, disguised(texts[7].source))
    started = time.monotonic()
    pairs = find_pairs([*texts, copied])
    assert time.monotonic() - started < 20
    assert [(pair.first, pair.second) for pair in pairs] == [("s0007", "zoe")]
