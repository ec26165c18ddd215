"""2:4 masks: two of each four neighbours stay, the larger ones."""

import copy

import pytest
import torch
from torch import nn

from labkit.errors import PruningError
from labkit.pruning.semi_structured import prune_two_of_four, two_of_four_mask


def test_each_group_of_four_keeps_its_two_highest():
    scores = torch.rand(7, 24, generator=torch.Generator().manual_seed(0))
    mask = two_of_four_mask(scores).reshape(7, 6, 4)
    assert (mask.sum(2) == 2).all()
    groups = scores.reshape(7, 6, 4)
    kept = groups.masked_fill(mask == 0, torch.inf).amin(2)
    gone = groups.masked_fill(mask == 1, -torch.inf).amax(2)
    assert (kept >= gone).all()


def test_equal_scores_still_keep_two():
    assert two_of_four_mask(torch.zeros(2, 8)).sum(1).tolist() == [4, 4]


def test_what_is_left_over_after_the_last_group_stays():
    mask = two_of_four_mask(torch.rand(3, 6))
    assert (mask[:, 4:] == 1).all()
    assert mask[:, :4].sum(1).tolist() == [2, 2, 2]


def test_pruning_is_by_magnitude_in_place_and_can_be_repeated():
    layer = nn.Linear(4, 1)
    layer.weight.data = torch.tensor([[0.1, -3.0, 2.0, -0.5]])
    for _ in range(2):
        prune_two_of_four([(layer, "weight")])
        assert layer.weight_mask.tolist() == [[0, 1, 1, 0]]
    assert layer.weight_orig[0, 0].item() == pytest.approx(0.1)
    copy.deepcopy(layer)


def test_only_matrices_have_rows():
    with pytest.raises(PruningError, match="matrix"):
        two_of_four_mask(torch.ones(4))
