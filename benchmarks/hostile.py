"""Grade the hostile corpus with this autograder, with stock nbgrader and with Otter; print a table.

Each sample goes to each of them for real. Stock nbgrader and Otter run students' code as the user
who started them, so here `hostile_box` holds each of their runs. The visible checks are their
tests, since those are all that they can score.

    python benchmarks/hostile.py --listed --otter /tmp/otter-venv/bin/python

Otter wants an environment of its own (`otter-grader`, which this course does not install); where
none is named, its column stays empty. This script boxes; it does not build samples or judge them.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

import nbformat
from arguments import script_parser
from hostile_box import REPOSITORY, box

from autograder.course import Course, put_scripts_on_path
from autograder.demo import make_demo_course
from autograder.grade import grade_lab
from autograder.hostile.samples import HOSTILE, HostileSample, build_hostile, load_hostile
from autograder.hostile.verdict import Outcome, judge
from autograder.lab import Exercise, read_lab
from autograder.release.build import generate_assignment
from autograder.report.collect import collect

LAB = "lab1_magnitude"
MARK = "HOSTILE-SCORES "
STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.root = "/course"
c.CourseDirectory.course_id = "stock"
c.Execute.timeout = 60
"""
READ_GRADES = f"""
import json, sqlite3
rows = sqlite3.connect("/course/gradebook.db").execute(
    "SELECT base_cell.name, grade.auto_score, grade.manual_score, grade.needs_manual_grade "
    "FROM grade JOIN base_cell ON base_cell.id = grade.cell_id")
print({MARK!r} + json.dumps({{n: None if wait else m if m is not None else a or 0.0
                              for n, a, m, wait in rows}}))
"""
READ_RESULTS = f"""
import glob, json
scores = {{}}
for path in glob.glob("/course/out/*/results.json"):
    for test in json.load(open(path))["tests"]:
        scores[test["name"].split(" - ")[0]] = test.get("score", 0.0)
print({MARK!r} + json.dumps(scores))
"""
OTTER_TEST = """
from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}
CODE = {code!r}


@test_case()
def test_check(env):
    exec(CODE, env)
"""


class NoProgress:
    """Says nothing."""

    start = step = lambda self, *args: None


def _scores(printed: str, why: str) -> Outcome:
    lines = [line for line in printed.splitlines() if line.startswith(MARK)]
    if not lines:
        return Outcome({}, [], why or "no grade")
    try:
        found = dict(json.loads(lines[-1].removeprefix(MARK)))
        scores = {str(n): None if v is None else float(v) for n, v in found.items()}
    except (ValueError, TypeError):  # what stands there may be the sample's
        scores = {}
    return Outcome(scores, [], why or ("" if scores else "no grade"))


def make_data(folder: Path) -> None:
    """The small data, as loaders look for them."""
    for name, place in {"MNIST": "digits/MNIST", "sst2": "reviews/sst2"}.items():
        shutil.copytree(REPOSITORY / "data" / place, folder / "data" / name)


def by_nbgrader(sample: HostileSample, exercises: dict[str, Exercise], folder: Path) -> Outcome:
    """Grade a sample with stock nbgrader, from releasing to the gradebook."""
    make_data(folder)
    (folder / "source" / LAB).mkdir(parents=True)
    for name in sample.handed_in:
        nbformat.write(exercises[name].source, folder / "source" / LAB / f"{name}.ipynb")
    (folder / "nbgrader_config.py").write_text(STOCK_CONFIG)
    _hand_in(sample, exercises, folder / "submitted")
    (folder / "read.py").write_text(READ_GRADES)
    python = Path(sys.executable)
    script = (
        f"nbgrader generate_assignment {LAB} --force && "
        f"{{ nbgrader autograde {LAB}; python /in/read.py; }}"
    )
    return _scores(*box(folder, python, script))


def by_otter(
    sample: HostileSample, exercises: dict[str, Exercise], folder: Path, python: Path
) -> Outcome:
    """Grade a sample with Otter; its tests are the visible checks."""
    make_data(folder)
    for name in sample.handed_in:
        _write_otter_tests(exercises[name], folder / "tests" / name)
    _hand_in(sample, exercises, folder / "submitted")
    (folder / "read.py").write_text(READ_RESULTS)
    (place,) = (folder / "submitted").glob(f"*/{LAB}")
    script = "".join(
        f"cd /course/tests/{name} && otter generate -t . -o /course/{name}.zip --no-environment; "
        f"mkdir -p /course/out/{name}; cd /course; cp '/in/submitted/{place.parent.name}/{LAB}/"
        f"{name}.ipynb' {name}.ipynb; "
        f"otter run -a {name}.zip -o out/{name} --no-logo {name}.ipynb; "
        for name in sample.handed_in
    )
    return _scores(*box(folder, python, f"{script} python /in/read.py"))


def _write_otter_tests(exercise: Exercise, folder: Path) -> None:
    folder.mkdir(parents=True)
    points = exercise.full_marks
    for cell in exercise.source.cells:
        if cell.id.endswith("-check"):
            text = OTTER_TEST.format(name=cell.id, points=points[cell.id], code=cell.source)
            (folder / f"{cell.id}.py").write_text(text)


def _hand_in(sample: HostileSample, exercises: dict[str, Exercise], submitted: Path) -> None:
    others = submitted.parent / "others" / "neighbour" / LAB
    others.mkdir(parents=True)
    (others / "ex1_base_model.ipynb").write_text("{}")
    gradebook = submitted.parent / "others" / "grades.db"
    gradebook.write_text("grades")
    neighbour = others / "ex1_base_model.ipynb"
    build_hostile([sample], exercises, submitted, gradebook, neighbour)


def by_ours(
    samples: list[HostileSample], exercises: dict[str, Exercise], folder: Path
) -> dict[str, Outcome]:
    """Grade all samples in one batch with this autograder, in its own sandbox."""
    real = folder / "real"
    real.mkdir()
    for path in REPOSITORY.iterdir():
        if path.name not in ("build", ".git", ".venv"):
            (real / path.name).symlink_to(path)
    course = make_demo_course(Course(real))
    generate_assignment(course, LAB)
    neighbour = folder / "neighbour" / LAB / "ex1_base_model.ipynb"
    neighbour.parent.mkdir(parents=True)
    neighbour.write_text("{}")
    gradebook = course.build / "gradebook.db"
    build_hostile(samples, exercises, course.submitted, gradebook, neighbour)
    run = grade_lab(course, LAB, NoProgress())
    data = collect(course, LAB)
    graded = {
        row.student_id: Outcome(row.scores, row.warnings, run.failed.get(row.student_id, ""))
        for row in data.students
    }
    missing = {name: Outcome({}, [why]) for name, why in data.missing.items()}
    return {s.name: (graded | missing).get(s.student_id, Outcome({})) for s in samples}


def one_a_line() -> set[str]:
    """The first sample of each line of the list of threats."""
    lines = tomllib.loads((HOSTILE / "coverage.toml").read_text("utf-8"))
    return {names[0] for group in lines.values() for names in group.values()}


def verdict(
    sample: HostileSample, exercises: dict[str, Exercise], outcome: Outcome | None, warn: bool
) -> str:
    """What stands in the table: `as due`, or the first difference."""
    if outcome is None:
        return ""
    due = sample.expected(exercises)
    differences = judge(due, outcome)
    if not warn:  # the others' warnings are not asked for
        differences = [text for text in differences if "warn" not in text]
    return differences[0].replace("|", "/")[:90] if differences else "as due"


def main() -> None:
    """Grade and print one line for each sample, in Markdown."""
    parser = script_parser(__doc__)
    parser.add_argument("--samples", default="", help="names, with commas (default: all)")
    parser.add_argument("--groups", default="", help="groups, with commas (default: all)")
    parser.add_argument("--listed", action="store_true", help="one sample a line of the threats")
    parser.add_argument("--tools", default="ours,nbgrader,otter", help="which of the three")
    parser.add_argument("--otter", type=Path, help="the Python of an environment with otter-grader")
    options = parser.parse_args()
    put_scripts_on_path()
    groups = [group for group in options.groups.split(",") if group]
    samples = load_hostile([name for name in options.samples.split(",") if name])
    samples = [sample for sample in samples if not groups or sample.group in groups]
    if options.listed:
        samples = [sample for sample in samples if sample.name in one_a_line()]
    tools = options.tools.split(",")
    exercises = {e.name: e for e in read_lab(REPOSITORY / "labs", LAB)}
    ours: dict[str, Outcome] = {}
    if "ours" in tools:
        with tempfile.TemporaryDirectory() as folder:
            ours = by_ours(samples, exercises, Path(folder))
    print("| sample | group | due | ours | stock nbgrader | Otter |\n|---|---|---|---|---|---|")
    for sample in samples:
        stock = otter = None
        if "nbgrader" in tools:
            with tempfile.TemporaryDirectory() as folder:
                stock = by_nbgrader(sample, exercises, Path(folder))
        if "otter" in tools and options.otter:
            with tempfile.TemporaryDirectory() as folder:
                otter = by_otter(sample, exercises, Path(folder), options.otter)
        cells = (
            verdict(sample, exercises, ours.get(sample.name), warn=True),
            verdict(sample, exercises, stock, warn=False),
            verdict(sample, exercises, otter, warn=False),
        )
        print(f"| {sample.name} | {sample.group} | {sample.verdict} | {' | '.join(cells)} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
