"""The student boundary: only plain data comes back, and a snapshot costs one test at most."""

from __future__ import annotations

import pickle
import time

import numpy as np
import pandas as pd
import psutil
import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from autograder.boundary.errors import Died, Missing, NotebookLost, Raised, TookTooLong
from autograder.boundary.notebook import NotebookSession
from autograder.boundary.session import WarmProcess
from autograder.boundary.snapshot import Update
from autograder.boundary.student import Student
from autograder.boundary.views import BadClaim, ModuleView, Opaque, decode, same_bits, view
from autograder.grading.limits import Limits

LIMIT_S = 20.0


def run(notebook: NotebookSession, source: str) -> None:
    result = notebook.execute(source, LIMIT_S)
    assert result.ok, result.outputs


def test_cells_record_streams_results_pictures_and_errors(notebook: NotebookSession) -> None:
    run(notebook, "import sys; print('out'); print('err', file=sys.stderr); 1 + 1")
    result = notebook.execute("import matplotlib.pyplot as plt\nplt.plot([1, 2]);", LIMIT_S)
    assert "image/png" in result.outputs[-1]["data"]
    result = notebook.execute("print('before')\n1 / 0", LIMIT_S)
    assert not result.ok
    assert [o["output_type"] for o in result.outputs] == ["stream", "error"]
    assert result.outputs[1]["ename"] == "ZeroDivisionError"


def test_an_endless_cell_is_interrupted_and_the_notebook_goes_on(
    notebook: NotebookSession,
) -> None:
    run(notebook, "x = 1")
    assert notebook.execute("while True: pass", 0.5).timed_out
    run(notebook, "assert x == 1")


def test_a_cell_that_ignores_the_interrupt_loses_the_notebook(notebook: NotebookSession) -> None:
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    with pytest.raises(NotebookLost):
        notebook.execute(source, 0.5)


def test_an_exit_loses_the_notebook_but_not_the_next_one(warm: WarmProcess) -> None:
    with warm.submission(Limits().allowance) as submission:
        with pytest.raises(NotebookLost):
            submission.notebook("one", 1).execute("import os; os._exit(0)", LIMIT_S)
        run(submission.notebook("two", 1), "1 + 1")


def test_nothing_survives_a_submission(warm: WarmProcess) -> None:
    with warm.submission(Limits().allowance) as submission:
        notebook = submission.notebook("one", 1)
        marker = "pruning-labs-survivor"
        run(
            notebook,
            "import subprocess, sys\n"
            f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', '{marker}'],"
            " start_new_session=True)",
        )
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _running(marker):
        time.sleep(0.05)
    assert not _running(marker)


def _running(marker: str) -> list[int]:
    return [p.pid for p in psutil.process_iter(["cmdline"]) if marker in (p.info["cmdline"] or [])]


VALUES = [
    None, True, 3, -1.5, "text", [1, (2, "x")], {"a": [1.0], 2: None}, np.float64(2.5),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_values_come_back_as_they_are(value: object) -> None:
    assert view(value) == value


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64, torch.bool])
def test_tensors_come_back_bit_equal(dtype: torch.dtype) -> None:
    tensor = torch.tensor([[0.0, 1.5, -2.0]]).to(dtype)
    assert same_bits(view(tensor), tensor)


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")
def test_sparse_tensors_stay_sparse() -> None:
    tensor = torch.tensor([[0.0, 2.0], [0.0, 0.0]])
    for sparse in (tensor.to_sparse(), tensor.to_sparse_csr()):
        back = view(sparse)
        assert back.layout == sparse.layout and torch.equal(back.to_dense(), tensor)


def test_tables_come_back_with_columns_and_values() -> None:
    frame = pd.DataFrame({"iteration": [0, 1], "accuracy": [97.5, float("nan")]})
    back = view(frame)
    assert list(back.columns) == ["iteration", "accuracy"]
    assert back["iteration"].tolist() == [0, 1] and np.isnan(back["accuracy"][1])


def test_a_module_view_shows_masks_hooks_and_effective_weights() -> None:
    model = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2)).eval()
    prune.l1_unstructured(model[0], "weight", amount=5)
    seen = view(model)
    assert isinstance(seen, ModuleView)
    assert int((seen.masks["0.weight"] == 0).sum()) == 5
    assert torch.equal(seen.effective["0.weight"], model[0].weight_orig * model[0].weight_mask)
    assert seen.hooks["0"] == 1 and seen.training == {"": False, "0": False, "1": False}
    assert not seen.differences(view(model))
    model[1].bias.data += 1
    model.train()
    assert seen.differences(view(model)) == ["parameters", "training mode"]


def test_what_has_no_plain_form_is_opaque() -> None:
    assert view(object()) == Opaque("object", None)

    class Liar(float):
        def __eq__(self, other: object) -> bool:
            return True

    assert view(Liar(3.0)) == Opaque("Liar", 3.0)


@pytest.mark.parametrize(
    "claim",
    [
        {"t": "tensor"},
        {"t": "unknown"},
        {"no": "type"},
        [1],
        b"bytes",
        {"t": "array", "v": {"dtype": "float32", "shape": [2], "data": b"123"}},
        {"t": "array", "v": {"dtype": "float32", "shape": [-1], "data": b""}},
        {"t": "array", "v": {"dtype": "O", "shape": [1], "data": b"12345678"}},
        {"t": "array", "v": {"dtype": "float32", "shape": [True], "data": b"1234"}},
    ],
    ids=repr,
)
def test_claims_that_are_not_plain_data_are_refused(claim: object) -> None:
    with pytest.raises(BadClaim):
        decode(claim)


def test_calls_change_the_argument_in_their_snapshot_only(notebook: NotebookSession) -> None:
    run(
        notebook,
        "import torch\nstate = []\n"
        "def double_(x):\n    state.append(1)\n    x *= 2\n    return len(state)",
    )
    mine = torch.ones(2)
    for _ in range(2):
        with notebook.snapshot(LIMIT_S) as snapshot:
            student = Student(lambda: snapshot)
            assert student.double_(mine) == 1
            assert student.last is not None
            assert torch.equal(student.last.args[0], torch.full((2,), 2.0))
    assert torch.equal(mine, torch.ones(2))


def test_faults_become_sentences_and_cost_one_snapshot(notebook: NotebookSession) -> None:
    run(
        notebook,
        "import os\n"
        "def typo(x): return x + undefined_name\n"
        "def leaks(x): raise ValueError(f'the input was {x}')\n"
        "def leaves(x): os._exit(0)\n"
        "def loops(x):\n    while True: pass\n",
    )
    expected = {
        "typo": Raised,
        "leaks": Raised,
        "leaves": Died,
        "loops": TookTooLong,
        "no": Missing,
    }
    for name, kind in expected.items():
        with notebook.snapshot(1.0) as snapshot, pytest.raises(kind) as caught:
            Student(lambda: snapshot).call(name, 123456.75)
        assert name in str(caught.value)
        assert "123456" not in str(caught.value)
    run(notebook, "1 + 1")


def test_what_has_seen_a_reference_cannot_talk(notebook: NotebookSession) -> None:
    run(
        notebook,
        "def tells(x):\n    e = type('Secret' * 9, (Exception,), {})\n    raise e('the answer')\n"
        "def index(x): return [1][5]",
    )
    source = "def tells(x):\n    raise e('the answer')"
    with notebook.snapshot(5.0, source) as snapshot:
        snapshot.define("answer = 42")
        with pytest.raises(Raised) as caught:
            Student(lambda: snapshot).tells(1)
        place = " at your line `raise e('the answer')`."
        assert str(caught.value) == f"`tells` raised an exception{place}"
        with pytest.raises(Raised) as caught:
            Student(lambda: snapshot).index(1)
        assert str(caught.value) == "`index` raised IndexError."
    explained = r"IndexError \(list index out of range\) at your line"
    with (
        notebook.snapshot(5.0, "def index(x): return [1][5]") as snapshot,
        pytest.raises(Raised, match=explained),
    ):
        Student(lambda: snapshot).index(1)


def test_callbacks_see_views_and_can_train_the_model(notebook: NotebookSession) -> None:
    run(notebook, "def improve(model, train):\n    return train(model)")
    model = nn.Linear(2, 2)
    prune.custom_from_mask(model, "weight", torch.tensor([[1.0, 0.0], [1.0, 1.0]]))
    new = torch.full((2, 2), 7.0)

    def train(seen: ModuleView) -> Update:
        assert seen.class_name == "Linear"
        return Update("done", {"weight": new}, training=False)

    with notebook.snapshot(LIMIT_S) as snapshot:
        call = Student(lambda: snapshot).call("improve", model, train)
    assert call.value == "done"
    after = call.args[0]
    assert torch.equal(after.parameters["weight_orig"], new)
    assert torch.equal(after.effective["weight"], new * model.weight_mask)
    assert after.training == {"": False}


def test_shared_memory_and_left_files_are_seen(notebook: NotebookSession) -> None:
    run(
        notebook,
        "import torch\n"
        "def alias(model): return dict(model.state_dict())\n"
        "def copy(model): return {k: v.clone() for k, v in model.state_dict().items()}\n"
        "def litter(model): torch.save(model.state_dict(), 'left.pt')",
    )
    model = nn.Linear(2, 2)
    with notebook.snapshot(LIMIT_S) as snapshot:
        student = Student(lambda: snapshot)
        assert len(student.call("alias", model).shared) == 2
        assert student.call("copy", model).shared == []
        assert student.call("litter", model).files == ["left.pt"]


def test_nothing_from_a_student_is_unpickled(notebook: NotebookSession) -> None:
    run(
        notebook,
        "class Bomb:\n"
        "    def __reduce__(self):\n        return (print, ('executed on the trusted side',))\n"
        "def give(x): return [Bomb(), {'x': Bomb()}]",
    )
    with notebook.snapshot(LIMIT_S) as snapshot, pytest.MonkeyPatch.context() as patch:
        student = Student(lambda: snapshot)
        patch.setattr(pickle, "loads", None)
        patch.setattr(pickle, "Unpickler", None)
        assert student.give(1) == [Opaque("Bomb", None), {"x": Opaque("Bomb", None)}]


def test_notebooks_are_seeded_and_single_threaded(warm: WarmProcess) -> None:
    seen = []
    for seed in (1, 1, 2):
        with warm.submission(Limits().allowance) as submission:
            notebook = submission.notebook("n", seed)
            run(notebook, "import torch, numpy, random\nassert torch.get_num_threads() == 1")
            run(notebook, "draw = [float(torch.rand(())), numpy.random.rand(), random.random()]")
            with notebook.snapshot(LIMIT_S) as snapshot:
                seen.append(Student(lambda: snapshot)["draw"])
    assert seen[0] == seen[1] != seen[2]
