"""Hidden tests of 2.3: size on disk with sparse weights.

Expected values come from `weight_orig * weight_mask` on the trusted side; what the handout leaves
open is accepted.
"""

from itertools import chain

from autograder.boundary.views import view
from autograder.testing import (
    between,
    coo_size_mb,
    dense_sizes_mb,
    drawn_once,
    effective_state,
    fail,
    ffn,
    is_size,
    mask_randomly_,
    masked_names,
    number,
    pairs_of,
    share,
    sparse_sizes_mb,
    task,
    weight_names,
)


def wide_ffn(rng):
    """An FFN whose files differ by more than the tolerance when something is forgotten."""
    return ffn(rng, hidden=between(rng, 150, 170), inputs=between(rng, 200, 230))


@drawn_once
def pruned_ffn(rng, layers, low, high):
    """An FFN with so many pruned layers, drawn until no known mistake has an accepted size."""
    for _ in range(50):
        model = wide_ffn(rng)
        for module, _ in pairs_of(model)[:layers]:
            mask_randomly_(rng, module, share(rng, low, high))
        right = list(sparse_sizes_mb(effective_state(model), masked_names(model)))
        wrong = [coo_size_mb(state, sparse) for state, sparse, _ in size_mistakes(model)]
        wrong += [right[0] / 2**20 * 1e6, right[3] / 2**20 * 1e6]
        if not any(is_size(size, right) for size in wrong):
            return model
    raise RuntimeError("no model was found on which mistakes can be told from right answers")


def size_mistakes(model):
    """What known mistakes write, which of it sparse, with a sentence for each."""
    state, pruned = effective_state(model), masked_names(model)
    raw = {key: tensor.detach().clone() for key, tensor in model.state_dict().items()}
    originals = {key for key in raw if key.endswith("_orig")}
    masks = {key: tensor for key, tensor in raw.items() if key.endswith("_mask")}
    only = {key: tensor for key, tensor in state.items() if key in pruned}
    mistakes = [
        (state, set(), "That is a dense file: the zeros are written like other numbers."),
        (raw, set(), "That is the size with masks: remove the reparameterization first."),
        (raw, originals, "`weight_orig` has no new zeros, so sparse it is larger; "
                         "remove the reparameterization, on a copy, first."),
        (raw, originals | set(masks), "Masks are still in the file."),
        (state | masks, pruned, "Masks are still in the file."),
    ]  # fmt: skip
    if len(pruned) < len(weight_names(model)):
        sentence = "The biases and unpruned weights have to be written, too."
        mistakes.append((only, pruned, sentence))
    return mistakes


def check_size(size, model, name):
    """Fail unless it is the size of the model's sparse file; recognise known mistakes."""
    state, pruned = effective_state(model), masked_names(model)
    size = number(size, name)
    if is_size(size, sparse_sizes_mb(state, pruned)):
        return
    right = list(sparse_sizes_mb(state, pruned))
    units = ((1e6, "in bytes"), (1e3, "in kB"), (1e6 / 2**20, "in MiB (2²⁰ bytes)"))
    for factor, unit in units:
        if is_size(size / factor, right):
            fail(f"The size is {unit}: 1 MB is 10⁶ bytes.")
    for written, sparse, sentence in size_mistakes(model):
        sizes = sparse_sizes_mb(written, sparse) if sparse else dense_sizes_mb(written)
        if is_size(size, sizes):
            fail(sentence)
    values = sum(int((tensor != 0).sum()) for tensor in state.values()) * 4 / 1e6
    if abs(size - values) <= 0.01 * values:
        fail("That counts the values only: a sparse tensor has to write their positions, too.")
    high = "large" if size > max(right) else "small"
    fail(f"{name} is too {high} for a file without masks and with sparse weights, in MB.")


@task("ex2-size-check", points=0.4)
def test_size_of_sparse_file(student, rng):
    """The size is that of a file with sparse weights, in MB."""
    model = pruned_ffn(rng, 3, 0.88, 0.93)
    check_size(student.calculate_sparse_model_size(model), model, "The size")


@task("ex2-size-check", points=0.2)
def test_size_where_one_layer_is_pruned(student, rng):
    """Layers without a mask are written as well."""
    model = pruned_ffn(rng, 1, 0.9, 0.95)
    name = "The size of a model where only one layer is pruned"
    check_size(student.calculate_sparse_model_size(model), model, name)


@task("ex2-size-check", points=0.1)
def test_size_of_unpruned_model(student, rng):
    """A model that is not pruned has a size, too."""
    model = wide_ffn(rng)
    size = number(student.calculate_sparse_model_size(model), "The size of an unpruned model")
    state = effective_state(model)
    sizes = chain(dense_sizes_mb(state), sparse_sizes_mb(state, set(weight_names(model))))
    assert is_size(size, sizes), "The size of a model without masks should be that of its file."


def shrinking_calls(student, rng):
    """Two calls on models of the same shape, the second much sparser, with what they started as."""
    shape = {"hidden": between(rng, 60, 80), "inputs": between(rng, 90, 110)}
    calls, sizes = [], []
    for masked in (0.5, 0.97):
        model = ffn(rng, **shape).train(masked > 0.9)
        for module, _ in pairs_of(model):
            mask_randomly_(rng, module, masked)
        before = view(model)
        call = student.call("calculate_sparse_model_size", model)
        calls.append((before, call))
        sizes.append(number(call.value, "The size"))
    assert sizes[1] < 0.8 * sizes[0], "The size does not shrink when far more weights are pruned."
    return calls


@task("ex2-size-check", points=0.2)
def test_size_changes_nothing(student, rng):
    """Measuring the size leaves the model as it is."""
    for before, call in shrinking_calls(student, rng):
        after = call.args[0]
        if not after.masks:
            fail("Your function removed the masks of the model itself: work on a copy.")
        changed = before.differences(after)
        assert not changed, f"Your function changed the model: its {', '.join(changed)}."


@task("ex2-size-check", points=0.1)
def test_size_leaves_no_file(student, rng):
    """Measuring the size leaves no file behind."""
    for _, call in shrinking_calls(student, rng):
        assert not call.files, "Your function left a file behind: remove it, or write to memory."
