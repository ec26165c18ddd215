"""Hidden tests of Lab 1, Exercise 1: the hardware table, the initial state, the first row."""

import os
import platform

import pandas as pd
import psutil
import torch

from autograder.boundary.views import same_bits, view
from autograder.testing import (
    Evaluator,
    between,
    dense_sizes_mb,
    effective_state,
    expect,
    fail,
    ffn,
    is_size,
    kind,
    number,
    table,
    task,
    tied_ffn,
)

ITEMS = ["CPU", "Cores", "Memory (GB)", "Operating system", "Python", "PyTorch"]
ROW = ["sparsity", "accuracy", "latency_s", "disk_mb", "parameters"]


def hardware(student):
    """The student's table as a dict from item to value, as far as it goes."""
    frame = student.hardware_table()
    if not isinstance(frame, pd.DataFrame):
        fail(f"`hardware_table` should return a DataFrame, but returned {kind(frame)}.")
    columns = [name if isinstance(name, str) else None for name in frame.columns]
    if not {"item", "value"} <= set(columns) or len(set(columns)) < len(columns):
        fail("The columns of the hardware table should be item, value.")
    return {str(item): value for item, value in zip(frame["item"], frame["value"], strict=True)}


def _from_text(value):
    """A figure of a table, which may hold it as text."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


@task("ex1-hardware-check", points=0.15)
def test_hardware_rows(student):
    """The table has the two columns and the six rows."""
    frame = table(student.hardware_table(), ["item", "value"], len(ITEMS), "`hardware_table`")
    items = [str(item) for item in frame["item"]]
    if set(items) != set(ITEMS):
        missing = [item for item in ITEMS if item not in items]
        fail(f"These items are missing in the hardware table, spelled so: {', '.join(missing)}.")
    assert items == ITEMS, f"The items should stand in this order: {', '.join(ITEMS)}."
    cpu = dict(zip(items, frame["value"], strict=True))["CPU"]
    named = isinstance(cpu, str) and any(letter.isalpha() for letter in cpu)
    assert named, "The name of the CPU is empty: use the given `cpu_name()`."


@task("ex1-hardware-check", points=0.2)
def test_hardware_numbers(student):
    """Cores and memory are numbers, read from this machine."""
    values = hardware(student)
    cores, bytes_ = os.cpu_count(), psutil.virtual_memory().total
    expect(
        _from_text(values.get("Cores")),
        cores,
        "The number of cores (logical ones: `os.cpu_count()`)",
        [(bytes_ / 1e9, "The row Cores holds the memory.")],
    )
    expect(
        _from_text(values.get("Memory (GB)")),
        bytes_ / 1e9,
        "The memory (all of the RAM, not only what is free)",
        [
            (bytes_ / 2**30, "The memory is in GiB: 1 GB is 10⁹ bytes here, not 2³⁰."),
            (bytes_, "The memory is in bytes: divide by 10⁹."),
            (bytes_ / 1e6, "The memory is in MB: divide the bytes by 10⁹."),
        ],
        tolerance=0.051 + 0.01 * bytes_ / 1e9,
    )


@task("ex1-hardware-check", points=0.15)
def test_hardware_versions(student):
    """The operating system and the versions are those of this machine."""
    values = {item: str(value) for item, value in hardware(student).items()}
    system = platform.system().lower() in values.get("Operating system", "").lower()
    assert system, "`Operating system` should name this system: see `platform.system()`."
    python = platform.python_version() in values.get("Python", "")
    assert python, "`Python` is not the full version of the Python that runs the notebook."
    pytorch = torch.__version__.split("+")[0] in values.get("PyTorch", "")
    assert pytorch, "`PyTorch` is not the version of the torch that is imported."


def saved_state(student, model):
    """The student's copy of a model's state, with the right names."""
    state = student.save_initial_state(model)
    if not isinstance(state, dict):
        fail(f"`save_initial_state` should return a dict, but returned {kind(state)}.")
    wanted = set(model.state_dict())
    if set(state) != wanted:
        lost = "some are missing" if wanted - set(state) else "there are others, too"
        fail(f"The names in the saved state should be those of `model.state_dict()`; {lost}.")
    if not all(isinstance(value, torch.Tensor) for value in state.values()):
        fail("The saved state should hold tensors.")
    return state


@task("ex1-baseline-check", points=0.1)
def test_state_holds_all_values(student, rng):
    """The saved state holds every weight and bias as it was."""
    model = ffn(rng, num_layers=between(rng, 1, 3))
    state = saved_state(student, model)
    wrong = [n for n, value in model.state_dict().items() if not same_bits(value, state[n])]
    if wrong and all(name.endswith("bias") for name in wrong):
        fail("The biases in the saved state are not those of the model.")
    assert not wrong, "The values in the saved state are not those of the model when you saved it."


@task("ex1-baseline-check", points=0.15)
def test_state_is_a_copy(student, rng):
    """Training the model does not change the saved state."""
    model = ffn(rng)
    before = view(model)
    saved_state(student, model)
    shared = [pair for pair in student.last.shared if any(p.startswith("value") for p in pair)]
    crossing = [pair for pair in shared if any(p.startswith("args") for p in pair)]
    assert not crossing, (
        "The saved tensors are the model's own, so training will change them: "
        "copy each tensor (`clone`), not only the dict."
    )
    changed = before.differences(student.last.args[0])
    assert not changed, f"Saving the state changed the model: its {', '.join(changed)}."


def row_of(student, rng, model, exact=False):
    """The student's row, and the evaluator that was asked."""
    evaluator = Evaluator(rng)
    frame = student.baseline_row(model, evaluator)
    frame = table(frame, ROW, 1, "`baseline_row`", exact=exact)
    return {name: frame[name].iloc[0] for name in ROW}, evaluator


@task("ex1-baseline-check", points=0.1)
def test_row_holds_what_evaluate_returned(student, rng):
    """The row starts with sparsity 0.0 and what `evaluate` returned."""
    row, evaluator = row_of(student, rng, ffn(rng), exact=True)
    evaluator.check(at_least=1)
    expect(row["sparsity"], 0.0, "Sparsity in percent of a model without any zeros", [
        (100.0, "Nothing is pruned yet: sparsity is 0, density is 100.")])  # fmt: skip
    accuracy, latency_s = evaluator.answers[-1]
    accuracies, latencies = zip(*evaluator.answers, strict=True)
    swapped = "Accuracy and latency are swapped: `evaluate` returns accuracy first."
    if number(row["accuracy"], "`accuracy`") not in accuracies:
        expect(row["accuracy"], accuracy, "`accuracy`", [
            (latency_s, swapped), (accuracy / 100, "`accuracy` is in percent, as returned."),
        ], tolerance=1e-6)  # fmt: skip
    if number(row["latency_s"], "`latency_s`") not in latencies:
        expect(row["latency_s"], latency_s, "`latency_s`", [
            (accuracy, swapped), (1000 * latency_s, "`latency_s` is in seconds, as returned."),
        ], tolerance=1e-6)  # fmt: skip


@task("ex1-baseline-check", points=0.05)
def test_row_size(student, rng):
    """The row's `disk_mb` is the size of the saved model in MB."""
    model = ffn(rng, hidden=between(rng, 150, 190), inputs=between(rng, 180, 220))
    row, _ = row_of(student, rng, model)
    size = number(row["disk_mb"], "`disk_mb`")
    right = dense_sizes_mb(effective_state(model))
    for factor, unit in ((1e6, "in bytes"), (1e3, "in kB"), (1e6 / 2**20, "in MiB (2²⁰ bytes)")):
        if is_size(size / factor, right) and not is_size(size, right):
            fail(f"`disk_mb` is {unit}: 1 MB is 10⁶ bytes.")
    assert is_size(size, right), "`disk_mb` is not the size of the saved model: see `disk_size_mb`."


@task("ex1-baseline-check", points=0.1)
def test_row_counts_parameters(student, rng):
    """The row counts every weight and bias once."""
    for model, twice in ((ffn(rng), False), (tied_ffn(rng), True)):
        row, _ = row_of(student, rng, model)
        params = list(model.parameters())
        every = sum(p.numel() for _, p in model.named_parameters(remove_duplicate=False))
        mistakes = [
            (sum(p.numel() for p in params if p.dim() > 1), "`parameters` leaves out the biases."),
            (len(params), "`parameters` counts tensors: count their entries (`numel`)."),
        ]
        if twice:
            mistakes.append((every, "A layer that is used twice counts once in `parameters`."))
        right = sum(p.numel() for p in params)
        expect(row["parameters"], right, "The number of parameters", mistakes)
