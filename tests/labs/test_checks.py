"""The visible checks pass the solution, and tell a wrong answer what is wrong.

A wrong answer is the solution with one piece replaced. The hidden tests have many more.
"""

from typing import Any

import matplotlib as mpl
import pytest

from tests.labs.execution import NOTEBOOKS, read

REWIND = "            rewind(model, init_state)\n"
STEP = "            prune_step(model, params_to_prune, amount)\n"
WRONG = {
    "dict copied, tensors shared": ("ex1-baseline", ".detach().clone()", "", "copy the tensors"),
    "memory in bytes": ("ex1-hardware", "/ 1e9", "* 1.0", r"10\*\*9"),
    "biases missing": ("ex1-baseline", "model.parameters())", "[*model.parameters()][::2])", "155"),
    "random": ("ex2-prune", "L1Unstructured", "RandomUnstructured", "rank all layers|magnitude"),
    "signed": (
        "ex2-prune",
        "effective_weight(*pair)",
        "effective_weight(*pair).exp()",
        "rank|magn",
    ),
    "one weight": ("ex2-prune", "amount=float(amount)", "amount=1", "18 of 78"),
    "output forgotten": ("ex2-prune", "model.modules() if", "model.layers if", "3 pairs"),
    "density": ("ex2-sparsity", "(param == 0).sum()) / param", "(param != 0).sum()) / param", "25"),
    "of weight_orig": (
        "ex2-sparsity",
        "effective_weight(module, name) for",
        'getattr(module, name + "_orig", module.weight) for',
        "weight_orig",
    ),
    "masks ignored": ("ex2-sparsity", "effective_copy(model).parameters", "model.parameters", "14"),
    "bytes": ("ex2-size", "/ 1e6", "/ 1", "not MB"),
    "dense": ("ex2-size", "t.to_sparse()", "t.clone()", "sparse"),
    "masked model": ("ex2-repeated", "evaluate(effective_copy(model))", "evaluate(model)", "copy"),
    "last row missing": ("ex2-repeated", "range(rounds + 1)", "range(rounds)", "iterations"),
    "amount ignored": ("ex2-repeated", "to_prune, amount)", "to_prune)", "sparsity"),
    "no rewind": ("ex2-imp", REWIND, "", "initial values"),
    "ranked by the start": ("ex2-imp", STEP + REWIND, REWIND + STEP, "trained weights"),
    "shared": ("ex2-imp", "param.copy_(", "param.set_(", "init_state"),
    "weights only": ("ex2-imp", "param.copy_(", '"bias" in name or param.copy_(', "biases"),
    "no label": ("ex2-plot", "IMP with rewinding", "rewinding", "IMP"),
    "row 0 not drawn": ("ex2-plot", "data=imp_df", "data=imp_df[1:]", "all 3 rows"),
}


@pytest.fixture(autouse=True)
def no_window() -> None:
    mpl.use("Agg")


def run_until_check(task: str, old: str = "", new: str = "") -> None:
    """Run set-up and tasks up to one check in a fresh namespace, with one piece replaced."""
    notebook = read(next(name for name in NOTEBOOKS if name.startswith(task.split("-")[0])))
    namespace: dict[str, Any] = {}
    for cell in notebook.cells:
        source = cell.source
        if cell.id == f"{task}-task" and old:
            assert old in source, f"the solution of {task} has changed: no {old!r}"
            source = source.replace(old, new)
        if cell.id.endswith(("-setup", "-task")) or cell.id == f"{task}-check":
            exec(compile(source, cell.id, "exec"), namespace)
        if cell.id == f"{task}-check":
            return


TASKS = sorted({task for task, *_ in WRONG.values()})


@pytest.mark.parametrize("task", TASKS)
def test_check_passes_the_solution(task: str) -> None:
    run_until_check(task)


@pytest.mark.parametrize("mistake", WRONG)
def test_check_says_what_is_wrong(mistake: str) -> None:
    task, old, new, words = WRONG[mistake]
    with pytest.raises(AssertionError, match=words):
        run_until_check(task, old, new)
