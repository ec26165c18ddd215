"""Which cells of each exercise take long, as counts of trainings and evaluations.

A training is the data set's own: two epochs of its network. A training that an earlier cell has
kept counts nothing. What does neither train nor evaluate is given in seconds of a machine whose
training step takes `STEP_S`.
"""

from __future__ import annotations

from dataclasses import dataclass

STEP_S = {"mnist": 0.006, "sst2": 0.006}
EPOCHS = 2


@dataclass(frozen=True)
class LongCell:
    """One cell that may take longer than two seconds.

    Attributes:
        name: The cell's id.
        task: The number of the task that it belongs to, or what it is about.
        what: What it does, in a few words.
        trainings: Full trainings of the data set's network.
        masked: Full trainings of it with masks, which cost more.
        evaluations: Passes over its test set, with the measurement of the latency.
        seconds: Other work, on the machine described above.
    """

    name: str
    task: str
    what: str
    trainings: float = 0.0
    masked: float = 0.0
    evaluations: float = 0.0
    seconds: float = 0.0


LONG_CELLS = {
    "ex1": (LongCell("ex1-train", "1.2", "train the base model", trainings=1),),
    "ex2": (
        LongCell("ex2-base-train", "base", "train the dense network", trainings=1, evaluations=1),
        LongCell("ex2-repeated-see", "2.4", "prune and measure, five rounds", 0, 0, 6, 0.6),
        LongCell("ex2-imp-see", "2.5", "prune, rewind and train, five rounds", 0, 5, 6, 0.6),
    ),
    # With the models of the examples: a model of your own takes what it takes.
    "ex3": (
        LongCell("ex3-own-see", "3.1", "train and prune your model (the example's)", 1.2, 0, 8),
        LongCell("ex3-base-train", "3.2", "train the network for the options", 1, 0, 1),
        LongCell("ex3-structured-see", "3.2A", "prune to three sizes, train one epoch", 0.6, 0, 6),
        LongCell("ex3-sensitivity-see", "3.2B", "measure each layer at five ratios", 0, 0, 18),
    ),
    "ex4": (
        LongCell("ex4-base-train", "base", "train the dense network", trainings=1, evaluations=1),
        LongCell("ex4-method-see", "4.1", "two methods, three rounds each", 0, 6, 28),
        LongCell("ex4-quantize-see", "4.2", "prune and quantize, three rounds", 0, 3, 8, 1.0),
    ),
}
