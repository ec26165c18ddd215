"""What is drawn once for a class is drawn as if it were drawn each time."""

import torch
from torch import nn

from autograder.testing.drawing import MOST, drawn_once


def net(rng, width):
    """A layer with random weights."""
    calls.append(width)
    layer = nn.Linear(width, 2)
    layer.weight.data = torch.randn(2, width, generator=rng)
    return layer


calls: list[int] = []


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def test_the_same_seed_gives_the_same_and_leaves_the_generator_where_drawing_does():
    calls.clear()
    kept, results = drawn_once(net), []
    for draw in (net, kept, kept):
        rng = seeded(3)
        results.append((draw(rng, 4).weight, torch.rand(5, generator=rng)))
    for weight, later in results[1:]:
        assert torch.equal(weight, results[0][0]) and torch.equal(later, results[0][1])
    assert len(calls) == 2, "once by itself, once for both others"


def test_each_caller_has_a_copy_of_its_own():
    kept = drawn_once(net)
    first = kept(seeded(3), 4)
    first.weight.data.zero_()
    assert (kept(seeded(3), 4).weight != 0).all()


def test_another_seed_place_or_argument_is_another_drawing():
    kept, rng = drawn_once(net), seeded(3)
    nets = [kept(rng, 4), kept(rng, 4), kept(seeded(4), 4)]
    assert not any(torch.equal(nets[0].weight, other.weight) for other in nets[1:])
    assert kept(seeded(3), 5).in_features == 5


def test_what_is_kept_is_bounded():
    calls.clear()
    kept = drawn_once(net)
    for seed in range(MOST + 1):
        kept(seeded(seed), 1)
    kept(seeded(MOST), 1)
    assert len(calls) == MOST + 1
    kept(seeded(0), 1)
    assert len(calls) == MOST + 2
