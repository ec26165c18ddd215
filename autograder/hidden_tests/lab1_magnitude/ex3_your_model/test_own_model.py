"""Hidden tests of Lab 1, Exercise 3.1: a model and data of the student's own, pruned as in 2.4.

What the student chose is not known here, so these tests ask for consistency, never for accuracy.
"""

import pandas as pd
import torch
from torch import nn

from autograder.boundary.errors import StudentFault
from autograder.boundary.views import ModuleView
from autograder.testing import between, column, fail, ffn, kind, number, task
from labkit import quick
from labkit.data import model_settings
from labkit.models.ffn import FFN

CHECK = "ex3-own-check"
COLUMNS = ["iteration", "sparsity", "accuracy", "latency_s", "disk_mb"]
AMOUNT = 0.33
MOST_PARAMETERS = 20_000_000


def own_model(student, probe=()):
    """What `build_model` returns, once the notebook has trained and pruned one."""
    model = student.call("build_model", probe=probe).value
    if not isinstance(model, ModuleView):
        fail(f"`build_model` should return a model, but returned {kind(model)}.")
    if model.masks:
        fail("`build_model` returns a model that is pruned: build a new one each time.")
    return model


def weights_of(model):
    """The weights that `own_parameters` should list, by name."""
    kinds = {"Linear", "Conv2d", "NonDynamicallyQuantizableLinear"}
    return {
        name: tensor
        for name, tensor in model.parameters.items()
        if name.endswith("weight")
        and model.classes.get(name.removesuffix("weight").removesuffix(".")) in kinds
    }


def check_table(student, check):
    """Check the student's table; made again, in case a function of Exercise 2 was to blame.

    Hidden tests have the reference answers in the place of those.
    """
    try:
        return check(own_table(student["own_df"]))
    except (AssertionError, StudentFault) as error:
        first = error
    try:
        again = student.own_run()
    except StudentFault:
        raise first from None
    return check(own_table(again))


def own_table(frame):
    """The student's table, with its columns and rows."""
    if not isinstance(frame, pd.DataFrame):
        fail(f"`own_results` should return a DataFrame, but returned {kind(frame)}.")
    names = [name for name in frame.columns if isinstance(name, str)]
    missing = [name for name in COLUMNS if names.count(name) != 1]
    if missing:
        fail(f"The table of `own_results` has no column {missing[0]}.")
    if len(frame) < 4:
        fail("The table of `own_results` should have at least 4 rows: row 0 and 3 rounds.")
    return frame


def shapes(model):
    """The shapes of the weights, sorted."""
    return sorted(tuple(weight.shape) for weight in weights_of(model).values())


@task(CHECK, points=0.15)
def test_model_is_new_and_own(student):
    """`build_model` builds a new model, other than that of Exercise 2."""
    model = own_model(student)
    weights = weights_of(model)
    if not weights:
        fail("The model has no linear layer and no convolution whose weights could be pruned.")
    for name in ("mnist", "sst2"):
        settings = model_settings(name)
        for width in (settings["hidden_size"], quick.WIDTH):
            given = FFN(**settings | {"hidden_size": width})
            if shapes(model) == sorted(tuple(p.shape) for p in given.parameters() if p.dim() == 2):
                fail("That is the network of Exercise 2: choose a model of your own.")
    if sum(tensor.numel() for tensor in model.parameters.values()) > MOST_PARAMETERS:
        fail("The model should have at most 20 million parameters.")


@task(CHECK, points=0.2)
def test_data_fit_the_model(student):
    """The model takes the batches of `load_data`, and its logits have room for the labels."""
    batch = student["own_batch"]
    inputs, labels = batch
    if not isinstance(inputs, torch.Tensor) or not isinstance(labels, torch.Tensor):
        fail("The loaders should give batches (inputs, labels) of tensors.")
    if labels.is_floating_point() or labels.shape != (len(inputs),):
        fail("`labels` should be [B] whole numbers, one class for each input.")
    own_model(student, [inputs])
    logits = student.last.outputs[0]
    if not isinstance(logits, torch.Tensor):
        fail("A new model fails on the first batch of the test data: do they fit?")
    if logits.dim() != 2 or len(logits) != len(inputs):
        fail("The model should give logits [B, C]: one row for each input of the batch.")
    if labels.min() < 0 or labels.max() >= max(2, logits.shape[1]):
        fail("The labels should be from 0 to C - 1, with C the number of the model's outputs.")


@task(CHECK, points=0.1)
def test_test_data_are_held_out(student):
    """The test data are not among the training data."""
    found = number(student["own_overlap"], "`own_overlap`")
    assert found < 0.5, "The test data are in the training data: nothing of them may be trained on."


def random_net(rng):
    """Convolutions and linear layers, nested and used twice, among layers that are not pruned."""
    channels = between(rng, 2, 4)
    shared = nn.Linear(channels, channels)
    return nn.Sequential(
        nn.Conv2d(1, channels, 3),
        nn.BatchNorm2d(channels),
        nn.ModuleList([shared, nn.Embedding(5, channels), nn.LayerNorm(channels)]),
        nn.Sequential(nn.Conv2d(channels, channels, 1, bias=False), nn.Sequential(shared)),
        nn.Linear(channels, 3),
    )


@task(CHECK, points=0.25)
def test_own_parameters_lists_weights(student, rng):
    """`own_parameters` lists each linear layer and each convolution once, without biases."""
    for model, wanted in (
        (random_net(rng), {"0", "2.0", "3.0", "4"}),
        (ffn(rng), {"layers.0", "layers.1", "out"}),
    ):
        pairs = student.own_parameters(model)
        if not isinstance(pairs, (list, tuple)):
            fail(f"`own_parameters` should return a list, but returned {kind(pairs)}.")
        for pair in pairs:
            proper = isinstance(pair, (list, tuple)) and len(pair) == 2
            if not proper or not isinstance(pair[0], ModuleView):
                fail('Each item of the list should be a pair (module, "weight").')
            if pair[1] == "bias":
                fail("Biases are not pruned.")
            if pair[1] != "weight":
                fail('The second value of each pair should be the text "weight".')
        kinds = [pair[0].class_name for pair in pairs]
        if "Conv2d" not in kinds and "0" in wanted:
            fail("Convolutions (nn.Conv2d) belong to the list, too.")
        if not {"Linear", "Conv2d"} >= set(kinds):
            fail("Only nn.Linear and nn.Conv2d belong to the list, not BatchNorm and the like.")
        if len(kinds) < len(wanted):
            fail("A linear layer or a convolution is missing in the list, perhaps a nested one.")
        if len(kinds) > len(wanted):
            fail("A module that is used twice should be listed once.")


@task(CHECK, points=0.1)
def test_own_table_has_its_rows(student):
    """The table has the columns of 2.4, and rows from 0 on."""
    check_table(student, check_rows)


def check_rows(frame):
    """Fail unless columns, iterations and ranges are right."""
    if list(frame.columns) != COLUMNS:
        fail(f"The columns should be {', '.join(COLUMNS)}, in this order.")
    if column(frame, "iteration") != list(range(len(frame))):
        fail("`iteration` should count from 0, the dense model.")
    if not all(0 <= value <= 100 for value in column(frame, "accuracy")):
        fail("`accuracy` should be in percent, from 0 to 100.")
    if not all(0 < value < 100 for value in column(frame, "latency_s")):
        fail("`latency_s` should be seconds, above 0.")


@task(CHECK, points=0.1)
def test_own_table_follows_the_schedule(student):
    """Sparsity is 0, 33.0, 55.1, … percent, of all weights in `own_parameters`."""
    check_table(student, check_sparsity)


def check_sparsity(frame):
    """Fail unless each round pruned 33 % of what was left."""
    for iteration, value in enumerate(column(frame, "sparsity")):
        wanted = 100 * (1 - (1 - AMOUNT) ** iteration)
        if abs(value - wanted) <= 0.5:
            continue
        if abs(value - wanted / 100) <= 0.005:
            fail("`sparsity` should be in percent.")
        if iteration == 0:
            fail("Row 0 should describe the dense model: sparsity 0.")
        fail("Each round should prune 33 % of the weights that remain: 0, 33.0, 55.1, 69.9, …")


@task(CHECK, points=0.1)
def test_own_sizes_are_those_of_the_model(student):
    """The sizes are those of the model, which itself stays dense."""
    model = own_model(student)
    dense_mb = sum(t.numel() * t.element_size() for t in model.parameters.values()) / 1e6

    def check_sizes(frame):
        sizes = column(frame, "disk_mb")
        if not 0.9 * dense_mb <= sizes[0] <= 12 * dense_mb + 0.1:
            fail("`disk_mb` in row 0 is not the size in MB of a model that `build_model` returns.")
        if len(set(sizes[1:])) < len(sizes) - 1:
            fail("`disk_mb` should fall from round to round: it is that of the sparse file.")

    check_table(student, check_sizes)
    trained = student["own_model"]
    if not isinstance(trained, ModuleView) or trained.masks:
        fail("`own_results` should prune a copy of `model`: it has masks now.")
