"""Write review sentences in SST-2's file format: how `data/reviews` was made.

Does: fill templates from word lists with a fixed seed. Praise and blame may be negated ("never
dull") or mixed ("the plot is thin, but the acting is superb"), where a bag of words cannot always
tell which side wins. Does not: run in the labs; the files are committed. Run it again with
`python -m labkit.data.stand_in_reviews data/reviews`.
"""

import random
import re
import sys
from pathlib import Path

from labkit.data.sst2 import FILES, FOLDERS, HEADER

COUNTS = (2_000, 300)
SEED = 0

GOOD = (
    "absorbing affecting amusing assured beautiful bold brilliant captivating charming clever "
    "compelling delightful dazzling elegant engaging enjoyable exciting exhilarating fascinating "
    "fresh funny generous gentle graceful gripping heartfelt honest imaginative ingenious inspired "
    "intelligent inventive joyful lively lovely luminous memorable moving original perceptive "
    "playful poignant powerful refreshing remarkable rewarding rich satisfying sharp sincere "
    "sparkling stirring stunning subtle superb surprising tender thoughtful thrilling touching "
    "unforgettable uplifting vivid warm winning wise witty wonderful"
).split()
BAD = (
    "amateurish annoying awful awkward bland bleak boring cheap clichéd clumsy cold confused "
    "contrived crude cynical derivative disappointing disjointed dreadful dreary dull empty "
    "excruciating exhausting false flat forced forgettable formulaic frustrating gloomy hollow "
    "incoherent inept irritating joyless laborious lazy lifeless ludicrous manipulative mechanical "
    "messy monotonous muddled numbing obvious overlong painful plodding pointless predictable "
    "pretentious repetitive ridiculous shallow sloppy stale stiff stupid tedious tiresome trite "
    "uninspired unfunny unpleasant vapid weak wearisome"
).split()
THINGS = (
    "acting camera cast comedy dialogue direction documentary drama editing ending film finale "
    "humour lead movie mystery music opening pacing performance picture plot premise remake "
    "romance satire scenery score screenplay script sequel soundtrack story thriller writing"
).split()
KINDS = (
    "comedy documentary drama fable film mystery movie picture remake romance satire sequel "
    "thriller western adventure biography cartoon"
).split()
PEOPLE = (
    "audience children critics director ensemble family fans leads makers newcomer star viewers "
    "writer"
).split()
DEGREES = ["", "", "", "very", "rather", "often", "quite", "simply", "truly", "utterly", "somewhat"]
NEGATIONS = ["never", "not", "hardly ever", "far from", "anything but", "not at all"]
CLOSINGS = [
    "",
    "",
    "",
    "from start to finish",
    "in every scene",
    "for two hours",
    "despite the {thing2}",
    "even without the {thing}",
    "as the {people} will notice",
    "and that is what the {people} will remember",
    "long after the ending",
]
PLAIN = [
    "the {thing} is {x}",
    "a {x} {kind} with a {x2} {thing}",
    "{x} and {x2} , this {kind} knows its {people}",
    "what a {x} {thing}",
    "its {thing} feels {x} and its {thing2} {x2}",
    "the {people} will find it {x}",
    "it is a {x} {kind} about a {people} and a {thing}",
    "this {kind} makes a {x} {thing} look easy",
]
# The second half decides; which words stand in which half, a bag of words does not see.
MIXED = [
    "the {thing} is {y} , but the {kind} is {x}",
    "although the {thing} is {y} , it stays {x}",
    "a {y} {thing} , and still a {x} {kind}",
    "it is {x} , no matter how {y} the {thing} is",
    "some find it {y} ; the {people} were right to call it {x} and {x2}",
]


def write_stand_in(root: Path) -> None:
    """Write the two files below `root/sst2`."""
    draw = random.Random(SEED)
    folder = root / FOLDERS[0]
    folder.mkdir(parents=True, exist_ok=True)
    seen: set[str] = set()
    for name, count in zip(FILES, COUNTS, strict=True):
        lines = [HEADER]
        while len(lines) <= count:
            text, label = sentence(draw)
            if text not in seen:
                seen.add(text)
                lines.append(f"{text} \t{label}")
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def sentence(draw: random.Random) -> tuple[str, int]:
    """Draw a sentence and its label: 1 for praise, 0 for blame."""
    label = draw.randrange(2)
    sides = (BAD, GOOD)
    template = draw.choice(MIXED) if draw.random() < 0.1 else draw.choice(PLAIN)
    closing = draw.choice(CLOSINGS)
    if closing:
        template = f"{template} {closing}"
    thing, thing2 = draw.sample(THINGS, 2)
    text = template.format(
        x=_opinion(draw, label),
        x2=draw.choice(sides[label]),
        y=draw.choice(sides[1 - label]),
        thing=thing,
        thing2=thing2,
        kind=draw.choice(KINDS),
        people=draw.choice(PEOPLE),
    )
    return re.sub(r"\ba (?=[aeiou])", "an ", text) + " .", label


def _opinion(draw: random.Random, label: int) -> str:
    """A word of the label's side, with a degree, or a negated word of the other side."""
    if draw.random() < 0.08:
        return f"{draw.choice(NEGATIONS)} {draw.choice((BAD, GOOD)[1 - label])}"
    return f"{draw.choice(DEGREES)} {draw.choice((BAD, GOOD)[label])}".strip()


if __name__ == "__main__":
    write_stand_in(Path(sys.argv[1]))
