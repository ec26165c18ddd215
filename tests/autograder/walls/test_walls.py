"""The walls, attacked for real: everything here runs hostile code behind them."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

import psutil
import pytest
import torch
from onnx import TensorProto, helper

from autograder.boundary.errors import NotebookLost, TookTooLong
from autograder.boundary.notebook import NotebookSession
from autograder.boundary.session import WarmProcess
from autograder.testing.onnx_files import OnnxFile
from autograder.walls.probing import describe, probe_level
from tests.autograder.walls.attacks import ALLOWANCE, REPOSITORY, is_bubblewrap, shown


@pytest.mark.parametrize("level", ["bubblewrap", "container", "landlock"])
def test_a_level_that_is_offered_stops_every_attempt(level: str) -> None:
    probe = probe_level(level)
    assert probe.holds or probe.problem, describe(probe)


def test_the_probe_tells_a_hole_when_there_is_one() -> None:
    probe = probe_level("none")
    assert {"read a file of the grader's", "connect by TCP"} <= set(probe.got_through)
    assert not probe.holds


def test_students_code_sees_nothing_of_the_course(
    walled: WarmProcess, notebook: NotebookSession, tmp_path: Path
) -> None:
    secret = tmp_path / "gradebook.db"
    secret.write_text("secret")
    hidden_tests = REPOSITORY / "autograder" / "hidden_tests"
    for path in (tmp_path, hidden_tests, REPOSITORY / "labs", Path.home() / ".ssh"):
        source = f"import os\nprint(os.listdir({str(path)!r}))"
        assert shown(notebook, source) in ("FileNotFoundError", "PermissionError"), path
    assert shown(notebook, f"open({str(secret)!r})") in ("FileNotFoundError", "PermissionError")
    if is_bubblewrap(walled):
        assert "True" in shown(notebook, "import os; print(os.getuid() != 0 and os.getpid() < 9)")
        assert shown(notebook, "print([n for n in os.listdir('/proc') if n.isdigit()])") == (
            "['1', '2']\n"
        ), "its first process and itself"


@pytest.mark.parametrize(
    ("attack", "error"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 22), 1)", "PermissionError"),
        ("import socket; socket.getaddrinfo('example.org', 80)", "gaierror"),
        ("import socket; socket.socket(40, socket.SOCK_STREAM)", "PermissionError"),
        ("open('/usr/mine', 'w')", "OSError PermissionError"),
        ("open('/dev/mine', 'w')", "OSError PermissionError"),
        ("import os; os.kill(os.getppid(), 9); os.kill(1, 9)", "PermissionError"),
        ("open('/proc/1/mem')", "FileNotFoundError PermissionError"),
        ("open('/proc/self/mem', 'r+b')", "OSError PermissionError"),
        ("import os; os.setuid(0); open('/usr/mine', 'w')", "PermissionError OSError"),
    ],
)
def test_what_is_closed_raises_in_the_cell(
    walled: WarmProcess, notebook: NotebookSession, attack: str, error: str
) -> None:
    if "getppid" in attack and is_bubblewrap(walled):
        error = ""  # process 1 of a namespace takes no signal from inside
    assert shown(notebook, attack) in error.split(" ")
    assert "2" in notebook.execute("1 + 1", 5.0).outputs[0]["data"]["text/plain"]


def test_libraries_learn_from_proc_what_a_file_is_called(notebook: NotebookSession) -> None:
    source = (
        "import os\nfile = open('mine', 'w')\nprint(os.readlink(f'/proc/self/fd/{file.fileno()}'))"
    )
    assert shown(notebook, source).endswith("/attack/work/mine\n"), "ONNX Runtime asks for this"


WORKERS = (
    "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\n"
    "loader = DataLoader(TensorDataset(torch.ones(8)), batch_size=2, num_workers=2)\n"
    "print(sum(batch.sum().item() for batch, in loader))"
)
THREADS = "import torch\ntorch.set_num_interop_threads(1)\ntorch.set_num_threads(2)\nprint('set')"


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("number = 3\n!echo {number}; echo to stderr >&2", "3\nto stderr\n"),
        ("!python -c 'import torch'; echo $?", "0\n"),
        ("!sleep 60 &", "OSError"),
        ("words = !echo a; echo b\nprint(words)", "['a', 'b']\n"),
        (THREADS, "set\n"),
        (WORKERS, "8.0\n"),
    ],
)
def test_what_honest_notebooks_do_works(
    walled: WarmProcess, notebook: NotebookSession, source: str, printed: str
) -> None:
    if source == WORKERS and walled.isolation.level == "landlock":
        printed = "PermissionError"  # no shared memory of its own; see docs/instructor.md
    assert shown(notebook, source, 30.0) == printed


@pytest.mark.parametrize(
    "attack",
    [
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "import threading as t, time\nwhile True: t.Thread(target=time.sleep, args=(99,)).start()",
    ],
)
def test_processes_and_threads_are_bounded(
    walled: WarmProcess, notebook: NotebookSession, attack: str
) -> None:
    most = 0
    try:
        notebook.execute(attack, 1.0)
        most = len(psutil.Process().children(recursive=True))
    except NotebookLost:
        pass  # ended by its guard
    assert most < 200


def test_a_swarm_is_gone_when_its_submission_is(walled: WarmProcess) -> None:
    attack = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    before = len(alive(psutil.Process().children(recursive=True)))
    with walled.submission(ALLOWANCE) as submission:
        notebook = submission.notebook("swarm", 1)
        with contextlib.suppress(NotebookLost):
            notebook.execute(attack, 4.0)
    deadline = time.monotonic() + 10
    while len(left := alive(psutil.Process().children(recursive=True))) > before:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def test_what_can_be_written_is_bounded(walled: WarmProcess, notebook: NotebookSession) -> None:
    attack = "f = open('big', 'wb')\nwhile True: f.write(bytes(10_000_000))"
    before = shutil.disk_usage("/tmp").free
    try:
        assert shown(notebook, attack) == "OSError"
    except NotebookLost:
        assert not is_bubblewrap(walled)  # a file over its size limit ends a process
    assert before - shutil.disk_usage("/tmp").free < 1_000_000_000


def test_output_without_end_ends_the_notebook(notebook: NotebookSession) -> None:
    with pytest.raises(NotebookLost):
        notebook.execute("while True: print('x' * 1_000_000)", 20.0)


@pytest.mark.parametrize(
    "attack",
    [
        "import os; os._exit(0)",
        "import ctypes; ctypes.string_at(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
    ],
)
def test_what_is_held_survives_the_notebook(
    walled: WarmProcess, notebook: NotebookSession, attack: str
) -> None:
    assert notebook.execute("earned = 1", 5.0).ok
    held = notebook.hold()
    if "os.kill" in attack and walled.isolation.inner == "landlock":
        assert shown(notebook, attack) == "PermissionError"
    else:
        with pytest.raises(NotebookLost):
            notebook.execute(attack, 0.5)
    notebook.leave()
    assert held.alive
    assert held.usable
    with held.snapshot(5.0) as snapshot:
        assert snapshot.value("earned") == 1


def test_a_cell_without_end_is_interrupted_and_the_next_one_runs(
    notebook: NotebookSession,
) -> None:
    run = notebook.execute("while True: pass", 0.5)
    assert run.timed_out
    assert run.outputs[-1]["ename"] == "KeyboardInterrupt"
    assert notebook.execute("1 + 1", 5.0).ok


def test_a_call_without_end_is_ended_and_the_next_test_gets_its_copy(
    notebook: NotebookSession,
) -> None:
    name = f"hangs-{time.monotonic_ns() % 10**8}"
    hang = (
        "import ctypes, signal\ndef hang():\n    signal.signal(2, signal.SIG_IGN)\n"
        f"    ctypes.CDLL(None).prctl(15, {name.encode()!r})\n    while True: pass"
    )
    assert notebook.execute(hang, 5.0).ok
    held = notebook.hold()
    for _ in range(2):
        with held.snapshot(0.5) as snapshot:
            with pytest.raises(TookTooLong):
                snapshot.call("hang", (), {})
            assert running(name), "it hangs, where this test looks for it"
    with held.snapshot(5.0) as snapshot:
        assert snapshot.value("__name__") == "__main__"
    deadline = time.monotonic() + 5
    while running(name):
        assert time.monotonic() < deadline, "what hung is still running"
        time.sleep(0.05)


def running(name: str) -> list[psutil.Process]:
    """Processes that gave themselves this name, in containers too."""
    return [p for p in alive(psutil.process_iter(["name"])) if p.info["name"] == name]


def alive(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those that are no more than an entry in a table left out."""
    found = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            found += [process] if process.status() != psutil.STATUS_ZOMBIE else []
    return found


def test_killing_everything_is_noticed(walled: WarmProcess, notebook: NotebookSession) -> None:
    held = notebook.hold()
    notebook.execute("import os; os.kill(-1, 9)", 5.0)
    deadline = time.monotonic() + 5
    while held.alive and time.monotonic() < deadline and is_bubblewrap(walled):
        time.sleep(0.01)
    assert held.alive != is_bubblewrap(walled), "elsewhere signals are refused"


def test_one_submission_finds_nothing_of_the_one_before(walled: WarmProcess) -> None:
    leave = (
        "import subprocess, sys\n"
        "for place in ('/tmp/mine', '/dev/shm/mine'):\n"
        "    try: open(place, 'w').write('x')\n    except PermissionError: pass\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', 'left-behind'],"
        " start_new_session=True)"
    )
    with walled.submission(ALLOWANCE) as one:
        one.notebook("one", 1).execute(leave, 20.0)
    left = [
        p for p in psutil.process_iter(["cmdline"]) if "left-behind" in (p.info["cmdline"] or [])
    ]
    assert not left
    with walled.submission(ALLOWANCE) as two:
        look = (
            "import os; print([os.path.exists(f'{place}/mine') for place in ('/tmp', '/dev/shm')])"
        )
        found = shown(two.notebook("two", 1), look)
    assert found == "[False, False]\n"


def test_notebooks_of_one_student_share_a_wall_of_namespaces_only(walled: WarmProcess) -> None:
    sessions = []
    with walled.one_student():
        for _ in range(2):
            with walled.submission(ALLOWANCE) as session:
                assert session.notebook("notebook", 1).execute("1", 20.0).ok
            sessions.append(session)
    assert (sessions[0] is sessions[1]) == is_bubblewrap(walled)


def test_what_a_submission_wrote_is_cleared_away(walled: WarmProcess) -> None:
    deep = (
        "import os\nprint(os.getcwd())\nfor _ in range(1500): os.mkdir('d'); os.chdir('d')\n"
        "open('closed', 'w'); os.chmod('.', 0)"
    )
    with walled.submission(ALLOWANCE) as submission:
        folder = Path(shown(submission.notebook("deep", 1), deep).strip())
    assert folder.name == "work"
    assert not folder.parents[1].exists()


def test_files_are_looked_at_behind_the_same_walls(
    walled: WarmProcess, notebook: NotebookSession
) -> None:
    ends = [helper.make_tensor_value_info(end, TensorProto.FLOAT, ["batch", 2]) for end in "xy"]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", ends[:1], ends[1:])
    opsets = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString()
    run = OnnxFile("m.onnx", model, None).run(walled.examine, torch.tensor([[-1.0, 2.0]]))
    assert run.outputs[0] is not None
    assert run.outputs[0].tolist() == [[0.0, 2.0]]
    assert notebook.execute("1 + 1", 5.0).ok, "beside a submission, which goes on"
