"""Hidden tests of 2.4: repeated pruning.

Expected values come from `weight_orig * weight_mask` on the trusted side; what the handout leaves
open is accepted.
"""

import itertools

import torch

from autograder.boundary.views import view
from autograder.testing import (
    COLUMNS,
    Evaluator,
    between,
    check_rows,
    check_schedule,
    check_seen_models,
    check_sizes,
    check_table,
    ffn,
    is_alive,
    pairs_of,
    share,
    table,
    task,
    weight_names,
)


@task("ex2-repeated-check", points=0.15)
def test_repeated_table(student, rng):
    """The table has the five columns and a row for each state."""
    for rounds in (between(rng, 1, 2), between(rng, 3, 4)):
        model = ffn(rng)
        frame = student.repeated_pruning(
            model, pairs_of(model), Evaluator(rng), rounds=rounds, amount=0.3
        )
        check_table(frame, rounds, "`repeated_pruning`")


@task("ex2-repeated-check", points=0.25)
def test_repeated_schedule(student, rng):
    """Each round prunes `amount` of what remains in `params_to_prune`."""
    for settings in ({}, {"rounds": between(rng, 3, 4), "amount": share(rng, 0.4, 0.5)}):
        model = ffn(rng)
        pairs = [(module, "weight") for module in model.layers]
        frame = student.repeated_pruning(model, pairs, Evaluator(rng), **settings)
        rounds = settings.get("rounds", 5)
        frame = table(
            frame, COLUMNS, rounds + 1, f"`repeated_pruning` with {rounds} rounds", exact=False
        )
        total = sum(module.weight.numel() for module, _ in pairs)
        check_schedule(frame, total, settings.get("amount", 0.33))


@task("ex2-repeated-check", points=0.25)
def test_repeated_gives_copies_without_masks(student, rng):
    """`evaluate` is given copies without masks, with the surviving weights unchanged."""
    model, rounds = ffn(rng), between(rng, 2, 3)
    names, start = weight_names(model), view(model).effective
    evaluator = Evaluator(rng)
    student.repeated_pruning(model, pairs_of(model), evaluator, rounds=rounds, amount=0.4)
    check_seen_models(evaluator, rounds + 1)
    alive = [is_alive(seen, names) for seen in evaluator.seen]
    assert alive[0].all(), "The first model that `evaluate` sees should not be pruned yet (row 0)."
    assert not alive[-1].all(), "`evaluate` never sees a pruned model: copy it after pruning."
    for one, other in itertools.pairwise(alive):
        assert not (other & ~one).any(), "A weight that was pruned came back in a later round."
    for seen in evaluator.seen:
        for name, value in start.items():
            now = seen.effective.get(name)
            same = now is not None and now.shape == value.shape
            same = same and torch.equal(now, value * (now != 0))
            assert same, "`evaluate` saw values that the model does not have: only prune it."


@task("ex2-repeated-check", points=0.2)
def test_repeated_rows_describe_one_model(student, rng):
    """Each row describes the model that `evaluate` saw."""
    model, rounds = ffn(rng), between(rng, 2, 4)
    evaluator = Evaluator(rng)
    frame = student.repeated_pruning(model, pairs_of(model), evaluator, rounds=rounds, amount=0.4)
    frame = table(frame, COLUMNS, rounds + 1, "`repeated_pruning`", exact=False)
    check_rows(frame, evaluator, weight_names(model))


@task("ex2-repeated-check", points=0.15)
def test_repeated_sizes(student, rng):
    """`disk_mb` is the size of each row's model as a sparse file."""
    model, rounds = ffn(rng, hidden=between(rng, 60, 70), inputs=between(rng, 55, 75)), 4
    evaluator = Evaluator(rng)
    frame = student.repeated_pruning(model, pairs_of(model), evaluator, rounds=rounds, amount=0.45)
    frame = table(frame, COLUMNS, rounds + 1, "`repeated_pruning`", exact=False)
    check_sizes(frame, evaluator, weight_names(model))
