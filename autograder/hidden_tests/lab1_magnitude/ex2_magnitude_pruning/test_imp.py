"""Hidden tests of 2.5: rewinding, and iterative magnitude pruning.

Expected values come from `weight_orig * weight_mask` on the trusted side; what the handout leaves
open is accepted.
"""

import torch

from autograder.boundary.views import same_bits, view
from autograder.testing import (
    COLUMNS,
    Evaluator,
    Trainer,
    between,
    check_rows,
    check_schedule,
    check_seen_models,
    check_sizes,
    check_table,
    fail,
    ffn,
    is_alive,
    mask_randomly_,
    masked_names,
    models_of_rows,
    noise,
    pairs_of,
    share,
    table,
    task,
    weight_names,
)


def trained_and_masked(rng):
    """A model with masks on all layers but one, and initial values unlike its own."""
    model = ffn(rng, num_layers=3)
    start = {name: noise(rng, *value.shape) for name, value in model.state_dict().items()}
    for module in (model.layers[0], model.layers[2], model.out):
        mask_randomly_(rng, module, share(rng, 0.3, 0.6))
    return model, start


@task("ex2-imp-check", points=0.2)
def test_rewind_survivors(student, rng):
    """Rewinding sets the surviving weights back and keeps the masks."""
    model, start = trained_and_masked(rng)
    before = view(model)
    student.rewind(model, start)
    after = student.last.args[0]
    for name, mask in before.masks.items():
        if name not in after.masks or not torch.equal(after.masks[name], mask):
            fail("Rewinding must leave the masks as they are.")
        now = after.effective.get(name)
        if now is None:
            fail("A layer's weight is gone after rewinding.")
        if same_bits(now, before.effective[name]):
            fail("Masked layers keep their trained weights: their parameter is called "
                 "`weight_orig`, in `init_state` it is `weight`.")  # fmt: skip
        assert torch.equal(now, start[name] * mask), (
            "After rewinding, the effective weight should be the initial one under the mask."
        )


@task("ex2-imp-check", points=0.15)
def test_rewind_biases_and_unmasked(student, rng):
    """Rewinding sets biases and layers without masks back, too."""
    model, start = trained_and_masked(rng)
    plain = ffn(rng)
    plain_start = {name: noise(rng, *value.shape) for name, value in plain.state_dict().items()}
    for module, state in ((model, start), (plain, plain_start)):
        student.rewind(module, state)
        after = student.last.args[0].effective
        masked = masked_names(module)
        for name, value in state.items():
            if name in masked:
                continue
            what = "Biases are" if name.endswith("bias") else "A weight without a mask is"
            assert name in after, "A parameter is gone after rewinding."
            assert torch.equal(after[name], value), f"{what} not set back to `init_state`."


@task("ex2-imp-check", points=0.1)
def test_rewind_keeps_init_state(student, rng):
    """`init_state` is neither changed nor shared with the model."""
    model, start = trained_and_masked(rng)
    student.rewind(model, start)
    after, state = student.last.args
    shared = [
        pair for pair in student.last.shared if {p[:7] for p in pair} == {"args[0]", "args[1]"}
    ]
    assert not shared, (
        "The model shares tensors with `init_state`, so training will change it: copy the values."
    )
    kept = isinstance(state, dict) and set(state) == set(start)
    kept = kept and all(isinstance(state[name], torch.Tensor) for name in start)
    kept = kept and all(same_bits(state[name], start[name]) for name in start)
    assert kept, "Rewinding changed `init_state`: only read it."
    rewound = after.effective.get("layers.0.bias")
    biased = rewound is not None and torch.equal(rewound, start["layers.0.bias"])
    weighed = torch.equal(after.effective["layers.1.weight"], start["layers.1.weight"])
    assert biased or weighed, "`rewind` sets nothing back to `init_state`."


class Run:
    """One run of the student's IMP on a small model, with everything that was recorded."""

    def __init__(self, student, rng, rounds=3, amount=0.4, defaults=False, **shape):
        self.model = ffn(rng, **shape)
        self.names = weight_names(self.model)
        self.start = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.trainer, self.evaluator = Trainer(rng), Evaluator(rng)
        self.rounds, self.amount = (5, 0.33) if defaults else (rounds, amount)
        settings = {} if defaults else {"rounds": rounds, "amount": amount}
        state = {name: value.clone() for name, value in self.start.items()}
        self.frame = student.iterative_magnitude_pruning(
            self.model, state, pairs_of(self.model), self.trainer, self.evaluator, **settings
        )

    def alive(self):
        """Which weights each training started with."""
        return [is_alive(model, self.names) for model in self.trainer.starts]

    def flat(self, state):
        """All weights of a state in one vector."""
        return torch.cat([state[name].reshape(-1) for name in self.names])


@task("ex2-imp-check", points=0.15)
def test_imp_table(student, rng):
    """The table has a row for each training, and each round prunes what remains."""
    for defaults in (False, True):
        run = Run(student, rng, rounds=between(rng, 2, 4), amount=share(rng, 0.4, 0.5),
                  defaults=defaults)  # fmt: skip
        name = f"`iterative_magnitude_pruning` with {run.rounds} rounds"
        frame = check_table(run.frame, run.rounds, name)
        run.trainer.check(calls=run.rounds + 1)
        check_schedule(frame, len(run.flat(run.start)), run.amount)


@task("ex2-imp-check", points=0.15)
def test_imp_trains_from_initial_values(student, rng):
    """Every training starts at the initial values under the masks."""
    run = Run(student, rng)
    run.trainer.check(calls=run.rounds + 1)
    for turn, (model, alive) in enumerate(zip(run.trainer.starts, run.alive(), strict=True)):
        if turn == 0:
            assert alive.all(), "The first training is of the unpruned model: prune after it."
        else:
            assert not alive.all(), "After pruning, training starts without masks: keep them."
        weights = run.flat(model.effective)
        trained = run.flat(run.trainer.results[turn - 1]) if turn else None
        if trained is not None and torch.equal(weights, trained * alive):
            fail("After pruning, training goes on with the trained weights: rewind the survivors.")
        initial = run.flat(run.start) * alive
        assert torch.equal(weights, initial), (
            "Training does not start at the initial weights under the mask: prune, then rewind."
        )
        biases = [name for name in run.start if name.endswith("bias")]
        same = all(torch.equal(model.effective[name], run.start[name]) for name in biases)
        assert same, "Training does not start at the initial biases: rewind them, too."


@task("ex2-imp-check", points=0.15)
def test_imp_ranks_trained_weights(student, rng):
    """Pruning ranks the trained weights, and masks only shrink."""
    run = Run(student, rng)
    alive = run.alive()
    if len(alive) < 2:
        run.trainer.check(calls=run.rounds + 1)
    for turn in range(1, len(alive)):
        before, after = alive[turn - 1], alive[turn]
        assert not (after & ~before).any(), "A weight that was pruned came back in a later round."
        gone = before & ~after
        assert gone.any(), "Between two trainings nothing was pruned."
        assert after.any(), "All weights were pruned."
        for state, wrong in ((run.trainer.results[turn - 1], False), (run.start, True)):
            size = run.flat(state).abs()
            if size[gone].max() <= size[after].min():
                assert not wrong, (
                    "Pruning ranks the initial weights: train, then prune, then rewind."
                )
                break
        else:
            fail("Pruning does not remove the smallest trained weights of all layers together.")


@task("ex2-imp-check", points=0.1)
def test_imp_rows_describe_trained_models(student, rng):
    """Each row describes the trained model of its round, without masks."""
    run = Run(student, rng)
    frame = table(run.frame, COLUMNS, run.rounds + 1, "`iterative_magnitude_pruning`", exact=False)
    check_seen_models(run.evaluator, run.rounds + 1)
    run.trainer.check(calls=run.rounds + 1)
    alive = run.alive()
    for row, model in enumerate(models_of_rows(frame, run.evaluator)):
        is_alive(model, run.names)
        weights = run.flat(model.effective)
        if torch.equal(weights, run.flat(run.trainer.results[row]) * alive[row]):
            continue
        if torch.equal(weights, run.flat(run.start) * (weights != 0)):
            fail(f"Row {row} describes a model before training: train first, then evaluate.")
        fail(f"Row {row} does not describe the model that training number {row + 1} gave.")
    check_rows(frame, run.evaluator, run.names)
    run_of_sizes = Run(student, rng, rounds=3, amount=0.45, hidden=60, inputs=between(rng, 55, 75))
    frame = table(run_of_sizes.frame, COLUMNS, 4, "`iterative_magnitude_pruning`", exact=False)
    check_sizes(frame, run_of_sizes.evaluator, run_of_sizes.names)
