"""The class report: what it says, that hostile text stays text, and that it needs nothing else."""

import csv
import datetime as dt
import random
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.report import ClassData, StudentRow, TaskRow, TestRow, write_report
from autograder.report.facts import distribution, hardest_tests, level, task_facts
from autograder.report.page import code_spans, render

E1, E2 = "ex1_base_model", "ex2_magnitude_pruning"
TASKS = [
    TaskRow("ex1-hardware-check", "1.1 Your machine (0.5 points)", 0.5, E1),
    TaskRow("ex1-baseline-check", "1.2 Save the start, train, report (0.5 points)", 0.5, E1),
    TaskRow("ex2-prune-check", "2.1 One pruning step (0.5 points)", 0.5, E2),
    TaskRow("ex2-sparsity-check", "2.2 Sparsity (1 point)", 1.0, E2),
    TaskRow("ex2-size-check", "2.3 Size on disk (1 point)", 1.0, E2),
    TaskRow("ex2-repeated-check", "2.4 Prune again and again (1 point)", 1.0, E2),
    TaskRow("ex2-imp-check", "2.5 Iterative pruning with rewinding (1 point)", 1.0, E2),
    TaskRow("ex2-plot-check", "2.7 The trade-off, drawn (0.5 points)", 0.5, E2),
    TaskRow("ex2-trends-written", "2.7 The trade-off, in words (0.5 points)", 0.5, E2, True),
]
MAX = 6.5
SENTENCES = (
    "At 33 % the overall sparsity must count masked weights; yours counts `weight_orig`.",
    "`calculate_sparsity_model` is not written yet.",
    "After the call the model had lost its masks: measure on a copy.",
)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "{{ 7 * 7 }}",
    "Jörg Müller",
    "javascript:alert(1)",
    "x" * 90,
]


def student(name: str, scores: dict[str, float | None], **more: object) -> StudentRow:
    total = sum(score or 0.0 for score in scores.values())
    return StudentRow(name, scores, **{"total": total, **more})


def class_of(students: list[StudentRow], **more: object) -> ClassData:
    values: dict = {
        "lab": "lab1_magnitude",
        "tasks": TASKS,
        "students": students,
        "max_score": MAX,
        "generated_at": dt.datetime(2026, 3, 5, 14, 30),
        "seed": 4711,
        "isolation": "none: notebooks ran as an ordinary process",
        "course": "Efficient deep learning",
    }
    return ClassData(**values | more)


def synthetic_class(size: int) -> ClassData:
    """A plausible class: skills differ, tasks differ, some ids and warnings are hostile."""
    rng = random.Random(0)
    names = HOSTILE + [f"student{number:03d}" for number in range(size)]
    students = []
    for name in names[:size]:
        skill = rng.betavariate(4, 1.6)
        tests, scores = [], {}
        for number, task in enumerate(TASKS):
            if task.by_hand:
                scores[task.grade_id] = rng.choice([None, 0.5, 0.4, 0.25])
                continue
            parts = 4 if task.max_score == 1 else 2
            worth = task.max_score / parts
            scores[task.grade_id] = 0.0
            for part in range(parts):
                passed = rng.random() < skill * (1.25 - 0.05 * number - 0.06 * part)
                sentence = "" if passed else rng.choice(SENTENCES)
                title = f"Property {part + 1} of {task.grade_id} holds on layers of unequal size"
                tests.append(TestRow(f"test_{part}", task.grade_id, title, worth, passed, sentence))
                scores[task.grade_id] += worth * passed
        late = 0.25 if rng.random() < 0.05 else 0.0
        warnings = [f"{E2}: cell ex2-{name} stopped after 20 s"] if rng.random() < 0.06 else []
        students.append(
            student(
                name,
                scores,
                total=max(0.0, sum(score or 0 for score in scores.values()) - late),
                late_penalty=late,
                needs_manual=scores["ex2-trends-written"] is None,
                warnings=warnings,
                tests=tests,
                feedback_links={E: f"../../feedback/{name}/lab1/{E}.html" for E in (E1, E2)},
            )
        )
    missing = {
        f"absent{number}": "on the roster, nothing handed in" for number in range(size // 20)
    }
    return class_of(students, missing=missing, warnings=["2 notebooks were graded again."])


class Page(HTMLParser):
    """What a browser would make of the page: tags with attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page_of(data: ClassData, folder: Path) -> Page:
    return Page(write_report(data, folder).read_text("utf-8"))


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    data = synthetic_class(200)
    return data, page_of(data, folder), folder


def test_page_needs_nothing_from_elsewhere(big):
    _, page, _ = big
    assert not [tag for tag, _ in page.tags if tag in ("link", "iframe", "object", "base", "img")]
    for _tag, attributes in page.tags:
        assert "src" not in attributes
        assert not re.match(r"\w+:|//", attributes.get("href") or "#")
    assert "url(" not in (big[2] / "index.html").read_text("utf-8")


def test_hostile_text_stays_text(big):
    _, page, _ = big
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [key for _, attrs in page.tags for key in attrs if key.startswith("on")]
    for name in HOSTILE:
        assert " ".join(name.split()) in page.text


def test_links_are_relative_and_quoted(big):
    _, page, _ = big
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    assert f"../../feedback/J%C3%B6rg%20M%C3%BCller/lab1/{E1}.html" in links
    data = class_of([student("a", {}, feedback_links={"ex1": "javascript:alert(1)"})])
    assert "javascript:" not in render(data)


def test_policy_allows_only_the_page_s_own_script(big):
    _, page, _ = big
    policy = next(attrs["content"] for _, attrs in page.tags if "http-equiv" in attrs)
    assert policy.startswith("default-src 'none';")
    assert re.search(r"script-src 'sha256-[\w+/]{43}='$", policy)


def test_every_student_has_a_row_and_every_absent_one_a_line(big):
    data, page, _ = big
    assert [tag for tag, _ in page.tags].count("bdi") == (
        len(data.students) + len(data.missing) + sum(len(s.warnings) for s in data.students)
    )
    assert "Isolation none: notebooks ran as an ordinary process" in page.text
    assert "absent3 on the roster, nothing handed in" in page.text
    assert "2 notebooks were graded again." in page.text


def test_csv_has_a_line_per_student_and_task(big):
    data, _, folder = big
    with (folder / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == (len(data.students) + len(data.missing)) * len(TASKS)
    graded = sum(float(line["score"]) for line in lines if line["status"] == "graded")
    assert graded == pytest.approx(sum(s.total + s.late_penalty for s in data.students))
    assert all(line["score"] == "" for line in lines if line["status"] != "graded")
    assert not [line for line in lines if line["student"].startswith(("=", "+", "-", "@"))]


def test_figures_of_a_small_class(tmp_path):
    full = {task.grade_id: task.max_score for task in TASKS}
    half = {**full, "ex2-size-check": 0.5, "ex2-trends-written": None}
    data = class_of([student("ada", full), student("linus", half, needs_manual=True)])
    page = page_of(data, tmp_path)
    assert "6 mean of 6.5 points" in page.text
    assert "6 median 1 with full marks 1 to grade by hand 0 missing" in page.text
    facts = {fact.task.grade_id: fact for fact in task_facts(data)}
    assert facts["ex2-size-check"].mean == 75
    assert facts["ex2-size-check"].shares == {"full": 50, "part": 50, "zero": 0, "waiting": 0}
    assert facts["ex2-trends-written"].mean == 100
    assert facts["ex2-trends-written"].title == "2.7 The trade-off, in words"


def test_distribution_counts_everybody_once_in_round_bars():
    bars = distribution([0, 0.49, 0.5, 6.49, 6.5, 7.0, -1], 6.5)
    assert [bar.count for bar in bars] == [3, 1, *[0] * 10, 3]
    assert (bars[0].low, bars[-1].high) == (0, 6.5)
    assert sum(bar.count for bar in distribution([0.1 + 0.2, 0.3], 0.3)) == 2
    assert [bar.count for bar in distribution([], 0)] == [0]


def test_hardest_tests_come_first_with_the_commonest_sentence():
    def said(passed: bool, message: str, name: str = "test_a") -> TestRow:
        return TestRow(name, "ex2-size-check", f"Title {name}", 0.5, passed, message)

    students = [
        student("a", {}, tests=[said(False, "Use a copy."), said(True, "", "test_b")]),
        student("b", {}, tests=[said(False, "Use a copy."), said(False, "MB!", "test_b")]),
        student("c", {}, tests=[said(False, "Not written."), said(True, "", "test_c")]),
    ]
    first, second = hardest_tests(class_of(students))
    assert (first.title, first.passed, first.total) == ("Title test_a", 0, 3)
    assert (first.sentence, first.times) == ("Use a copy.", 2)
    assert (second.share, second.task) == (50, "2.3 Size on disk")


@pytest.mark.parametrize(
    ("score", "wanted"),
    [(None, "waiting"), (0.0, "zero"), (0.3, "part"), (0.1 + 0.2 + 0.2, "full")],
)
def test_level(score, wanted):
    assert level(score, 0.5) == wanted


def test_an_empty_class_is_a_page_too(tmp_path):
    page = page_of(class_of([], missing={"vint": "handed in an empty folder"}), tmp_path)
    assert "Nobody handed in anything that could be graded." in page.text
    assert "vint handed in an empty folder" in page.text


def test_code_in_a_sentence_is_escaped_too():
    assert code_spans("use `a<b>` & go") == "use <code>a&lt;b&gt;</code> &amp; go"
