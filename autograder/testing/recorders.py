"""`train` and `evaluate` as hidden tests hand them to students: they record what they are given.

They run on the trusted side. A student's code gives a model, these see a `ModuleView` of it.
"""

from __future__ import annotations

from typing import Any

import torch

from autograder.boundary.snapshot import Update
from autograder.boundary.views import ModuleView
from autograder.testing.nets import noise
from autograder.testing.values import fail


class Evaluator:
    """Stands for `evaluate(copy)`: a pair of numbers of its own for every call.

    Attributes:
        seen: The models that it was given, in order.
        answers: The (accuracy, latency) that it returned, in order.
    """

    is_callback = True

    def __init__(self, rng: torch.Generator) -> None:
        self._rng = rng
        self._odd = False
        self.seen: list[ModuleView] = []
        self.answers: list[tuple[float, float]] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Record the model; say that evaluating sets the mode."""
        draw = torch.rand(2, generator=self._rng, dtype=torch.float64).tolist()
        answer = 10 + 89 * draw[0], 0.001 + 0.9 * draw[1]
        model = _only_model(args, kwargs)
        if model is None:
            self._odd = True
            return answer
        self.seen.append(model)
        self.answers.append(answer)
        return Update(answer, training=False)

    def check(self, at_least: int) -> None:
        """Fail unless it was called properly and so many times."""
        if self._odd:
            fail("Call `evaluate` with one argument: a copy of the model without masks.")
        if not self.seen:
            fail("`evaluate` was never called: call `evaluate(copy)` for each row.")
        if len(self.seen) < at_least:
            fail("`evaluate` was called too rarely: evaluate once for each row, row 0 included.")


class Trainer:
    """Stands for `train(model)`: gives the parameters new random values.

    Attributes:
        starts: The models as training found them, in order.
        results: What each training made of them: values by plain name.
    """

    is_callback = True

    def __init__(self, rng: torch.Generator) -> None:
        self._rng = rng
        self._odd = False
        self.starts: list[ModuleView] = []
        self.results: list[dict[str, torch.Tensor]] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Record where training starts, and train."""
        model = _only_model(args, kwargs)
        if model is None:
            self._odd = True
            return None
        scales = torch.rand(len(model.effective), generator=self._rng) + 0.2
        trained = {
            name: noise(self._rng, *tensor.shape, scale=float(scale))
            for (name, tensor), scale in zip(model.effective.items(), scales, strict=True)
        }
        self.starts.append(model)
        self.results.append(trained)
        return Update(None, tensors=trained, training=True)

    def check(self, calls: int) -> None:
        """Fail unless it was called properly and exactly so many times."""
        if self._odd:
            fail("Call `train` with one argument: the model itself.")
        if len(self.starts) != calls:
            few = "too few" if len(self.starts) < calls else "too many"
            fail(
                f"`train` was called {few} times: `rounds + 1` are wanted, "
                "once before row 0 and once after each pruning step."
            )


def _only_model(args: tuple[Any, ...], kwargs: dict[str, Any]) -> ModuleView | None:
    if len(args) == 1 and not kwargs and isinstance(args[0], ModuleView):
        return args[0]
    return None
