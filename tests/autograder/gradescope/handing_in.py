"""The notebooks of the sample class, handed in to Gradescope."""

import nbformat

from autograder.sample_class import fill_in, load_samples
from tests.autograder.conftest import LAB
from tests.autograder.gradescope.container import Container

E1, E2, E4, E5 = (
    "ex1_base_model",
    "ex2_magnitude_pruning",
    "ex4_extra_credit",
    "ex5_contributions",
)
SAMPLES = {sample.student: sample for sample in load_samples(LAB)}


def notebook_of(student: str, exercise) -> bytes:
    notebook = fill_in(SAMPLES[student], exercise.name, exercise.student_edition, exercise.source)
    return nbformat.writes(notebook).encode()


def submit(container: Container, student: str, exercises, *names: str) -> None:
    for name in names or exercises:
        content = notebook_of(student, exercises[name])
        (container.submission / f"{name}.ipynb").write_bytes(content)


def expected(student: str, *notebooks: str, exercises) -> float:
    """What a sample earns from hidden tests in some notebooks."""
    tasks = [task for name in notebooks for task in exercises[name].tasks if not task.manual]
    return sum(SAMPLES[student].expected.get(task.grade_id) or 0.0 for task in tasks)
