"""Hidden tests of Lab 1, Exercise 4.2: symmetric 8-bit weights in the pruning loop."""

import torch

from autograder.boundary.views import ModuleView, same_bits
from autograder.testing import (
    Evaluator,
    Trainer,
    between,
    check_schedule,
    check_sizes,
    column,
    effective_state,
    fail,
    ffn,
    is_alive,
    is_size,
    noise,
    pairs_of,
    percent_zero,
    table,
    task,
)
from autograder.testing.quantization import models_of, packed_mb, quantized, step_of

COLUMNS = ["iteration", "sparsity", "accuracy", "accuracy_int8", "disk_mb", "disk_int8_mb"]


def uneven_weight(rng):
    """A weight whose largest magnitude is negative, twice the largest positive value."""
    weight = noise(rng, between(rng, 12, 18), between(rng, 20, 30))
    weight = weight * (0.01 + 5 * float(torch.rand((), generator=rng)))
    weight[between(rng, 0, 11), between(rng, 0, 19)] = -2 * weight.abs().max()
    return weight


@task("ex4-quantize-check", points=0.2)
def test_quantizes_to_nearest_step(student, rng):
    """`quantize_weight` gives int8 values, at most half a step from the weight."""
    for sign in (1, -1):
        weight = sign * uneven_weight(rng)
        q, scale = quantized(student.quantize_weight(weight))
        if q.shape != weight.shape:
            fail("`q` should have the shape of the weight.")
        right = step_of(weight)
        if abs(scale / right - 1) > 1e-3:
            largest = abs(float(weight.max())) / 127
            if abs(scale / largest - 1) < 1e-3:
                fail("`scale` follows the largest value: take the largest magnitude |w|.")
            fail("`scale` should be max|w| / 127.")
        error = (q.double() * scale - weight.double()).abs().max()
        if int(q.min()) < -127:
            fail("`q` should lie between -127 and 127.")
        assert error <= 0.502 * right, (
            "`q * scale` is more than half a step away from the weight: round to the nearest "
            "whole number, do not cut off."
        )
        after = student.last.args[0]
        unchanged = isinstance(after, torch.Tensor) and same_bits(after, weight)
        assert unchanged, "`quantize_weight` changed the weight that it was given."


@task("ex4-quantize-check", points=0.2)
def test_zeros_stay_zero(student, rng):
    """Zeros stay exactly zero, in a weight of zeros, too."""
    weight = uneven_weight(rng) + 0.1
    gone = torch.rand(weight.shape, generator=rng) < 0.5
    gone[weight.abs() == weight.abs().max()] = False
    weight[gone] = 0.0
    for given in (weight, torch.zeros(between(rng, 2, 5), between(rng, 3, 6))):
        q, _ = quantized(student.quantize_weight(given))
        if q.shape != given.shape:
            fail("`q` should have the shape of the weight.")
        assert not q[given == 0].any(), (
            "A zero does not stay zero: the scale is symmetric, without a zero point."
        )


class Run:
    """One run of the student's loop on a small model, with everything that was recorded."""

    def __init__(self, student, rng, rounds=2, amount=0.4, defaults=False, **shape):
        self.model = ffn(rng, **shape)
        self.names = [n for n, t in effective_state(self.model).items() if t.dim() == 2]
        self.start = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.trainer, self.evaluator = Trainer(rng), Evaluator(rng)
        self.rounds = 3 if defaults else rounds
        self.amount = 0.33 if defaults else amount
        settings = {} if defaults else {"rounds": rounds, "amount": amount}
        state = {name: value.clone() for name, value in self.model.state_dict().items()}
        frame = student.prune_and_quantize(
            self.model, state, pairs_of(self.model), self.trainer, self.evaluator, **settings
        )
        what = f"`prune_and_quantize` with {self.rounds} rounds"
        self.frame = table(frame, COLUMNS, self.rounds + 1, what, exact=False)
        self.after = student.last.args[0]

    def weights(self, view):
        """The named effective weights of a model that was seen."""
        if any(name not in view.effective for name in self.names):
            fail("A layer is missing in a model: quantize a copy, with every layer.")
        return [view.effective[name] for name in self.names]

    def trained(self, row):
        """The float values that training gave for a row, under that row's mask."""
        alive = is_alive(self.trainer.starts[row], self.names)
        values, at = dict(self.trainer.results[row]), 0
        for name in self.names:
            size = values[name].numel()
            values[name] = values[name] * alive[at : at + size].view(values[name].shape)
            at += size
        return values


@task("ex4-quantize-check", points=0.1)
def test_int8_table(student, rng):
    """The table has a row for each training, and each round prunes what remains."""
    for defaults in (False, True):
        run = Run(student, rng, rounds=2, amount=0.45, defaults=defaults)
        table(run.frame, COLUMNS, run.rounds + 1, "`prune_and_quantize`")
        rows = column(run.frame, "iteration")
        assert rows == list(range(run.rounds + 1)), "`iteration` should count from 0 to `rounds`."
        run.trainer.check(calls=run.rounds + 1)
        check_schedule(run.frame, sum(run.start[name].numel() for name in run.names), run.amount)


@task("ex4-quantize-check", points=0.2)
def test_model_stays_float(student, rng):
    """Training starts at the initial values, and the model itself is never quantized."""
    run = Run(student, rng, rounds=between(rng, 2, 3))
    run.trainer.check(calls=run.rounds + 1)
    previous = None
    for row, begun in enumerate(run.trainer.starts):
        alive = is_alive(begun, run.names)
        for name in run.start:
            if name not in begun.effective:
                fail("A parameter is missing in the model that is trained.")
            now = begun.effective[name]
            wanted = run.start[name] * (now != 0) if name in run.names else run.start[name]
            if not torch.equal(now, wanted):
                fail("Training does not start at the initial values: prune, rewind, then train "
                     "the float model.")  # fmt: skip
        if row == 0:
            assert alive.all(), "The first training is of the unpruned model: prune after it."
        elif previous is not None:
            assert not (alive & ~previous).any(), "A weight that was pruned came back."
            values = torch.cat([run.trainer.results[row - 1][n].reshape(-1) for n in run.names])
            gone = previous & ~alive
            if gone.any() and alive.any() and values.abs()[gone].max() > values.abs()[alive].min():
                fail("Pruning does not rank the trained float weights of all layers together: "
                     "quantize a copy, not the model.")  # fmt: skip
        previous = alive
    if not isinstance(run.after, ModuleView) or not run.after.masks:
        fail("At the end the model should be pruned, with its masks.")
    last = run.trained(run.rounds)
    for name, value in last.items():
        now = run.after.effective.get(name)
        same = now is not None and now.shape == value.shape and torch.equal(now, value)
        assert same, "At the end the model does not hold its trained float values: use a copy."


@task("ex4-quantize-check", points=0.2)
def test_int8_accuracy_is_of_quantized_copy(student, rng):
    """`accuracy` describes the float model, `accuracy_int8` a copy with the weights q * scale."""
    run = Run(student, rng, rounds=between(rng, 1, 2), hidden=between(rng, 30, 36))
    run.trainer.check(calls=run.rounds + 1)
    for seen in run.evaluator.seen:
        if seen.masks or any(name.endswith("_orig") for name in seen.parameters):
            fail("`evaluate` was given a model with masks: give it a copy without them.")
    in_float = models_of(run.frame, "accuracy", run.evaluator)
    in_int8 = models_of(run.frame, "accuracy_int8", run.evaluator)
    for row, (one, other) in enumerate(zip(in_float, in_int8, strict=True)):
        trained = run.trained(row)
        pairs = zip(run.weights(one), [trained[name] for name in run.names], strict=True)
        if not all(torch.equal(weight, wanted) for weight, wanted in pairs):
            fail("`accuracy` is not that of the trained float model of its row.")
        for name, weight in zip(run.names, run.weights(other), strict=True):
            wanted = trained[name]
            if torch.equal(weight, wanted):
                fail("`accuracy_int8` is that of a float model: its weights are not q * scale.")
            if (weight[wanted == 0] != 0).any():
                fail("A pruned weight is not zero in the 8-bit copy: zeros stay zero.")
            near = (weight - wanted).abs().max() <= 0.502 * step_of(wanted)
            if weight.shape != wanted.shape or len(weight.unique()) > 255 or not near:
                fail("The weights that `accuracy_int8` describes are not q * scale of its row.")
        for name in set(trained) - set(run.names):
            same = name in other.effective and torch.equal(other.effective[name], trained[name])
            assert same, "Biases stay as they are: only weights in `params_to_prune` are quantized."
    sparsity = column(run.frame, "sparsity")
    for row, one in enumerate(in_float):
        if abs(percent_zero(run.weights(one)) - sparsity[row]) > 0.01:
            fail("`sparsity` and `accuracy` of a row belong to different models.")


@task("ex4-quantize-check", points=0.1)
def test_int8_sizes(student, rng):
    """Both sizes are those of the row's model."""
    hidden, inputs = between(rng, 110, 130), between(rng, 120, 140)
    run = Run(student, rng, rounds=2, amount=0.55, hidden=hidden, inputs=inputs)
    check_sizes(run.frame, run.evaluator, run.names)
    run.trainer.check(calls=run.rounds + 1)
    for row, size_mb in enumerate(column(run.frame, "disk_int8_mb")):
        state = run.trained(row)
        if is_size(size_mb, [packed_mb(state, run.names)]):
            continue
        if is_size(size_mb, column(run.frame, "disk_mb")):
            fail("`disk_int8_mb` is the size of the float model.")
        high = "large" if size_mb > packed_mb(state, run.names) else "small"
        fail(f"`disk_int8_mb` is too {high}: give `quantized_size_mb` a pair (q, scale) for each "
             "weight in `params_to_prune`, and all else as floats.")  # fmt: skip
