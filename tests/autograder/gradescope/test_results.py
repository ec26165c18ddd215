"""What Gradescope says of a submission, and what it is told in results.json."""

import json
from pathlib import Path

from autograder.exports.gradescope.metadata import read_metadata
from autograder.exports.gradescope.options import Options
from autograder.exports.gradescope.results import Graded, our_fault, to_gradescope
from autograder.grading.result import NotebookResult, TestResult
from tests.autograder.conftest import LAB
from tests.autograder.gradescope.handing_in import E1
from tests.autograder.gradescope.specification import insist_on_format


def test_metadata_tells_lateness_and_is_never_trusted_to_be_whole(tmp_path):
    path = tmp_path / "submission_metadata.json"
    facts = {"created_at": "2026-12-03T00:00:00+01:00", "previous_submissions": [{}, {}]}
    due = {"assignment": {"due_date": "2026-12-01T23:59:00-08:00"}}
    path.write_text(json.dumps(facts | due))
    metadata, warning = read_metadata(tmp_path)
    assert metadata.late and metadata.earlier == 2 and not warning
    longer = {"users": [{"assignment": {"due_date": "2026-12-09T23:59:00-08:00"}}]}
    path.write_text(json.dumps(facts | due | longer))
    assert not read_metadata(tmp_path)[0].late
    for odd in ("[]", '{"users": 3, "id": "x", "created_at": [], "assignment": null}'):
        path.write_text(odd)
        assert not read_metadata(tmp_path)[0].late
    for unreadable in ("{", "[" * 100_000):
        path.write_text(unreadable)
        assert "cannot be read" in read_metadata(tmp_path)[1]


def graded_with(exercise, message: str, passed: bool = False) -> Graded:
    task = next(task for task in exercise.tasks if not task.manual)
    test = TestResult("t", task.grade_id, "Counts zeros", task.points, passed, message)
    result = NotebookResult(exercise.student_edition, [test], {task.grade_id: task.points})
    return Graded(results={exercise.name: result})


def test_what_comes_from_students_is_escaped_cut_and_printable(exercises):
    message = "your `f` raised <script>alert(1)</script>\x00\ud800\x1b[31m" + "x" * 10_000
    exercise = exercises[E1]
    graded = graded_with(exercise, message)
    graded.notes.append("<img src=x>")
    content = to_gradescope([exercise], graded, Options(LAB, 1), read_metadata(Path("/none"))[0])
    insist_on_format(content)
    text = json.dumps(content, ensure_ascii=False)
    text.encode("utf-8")
    assert "<script>" not in text and "<img" not in text and "<code>f</code>" in text
    assert "\\u0000" not in text and "\\u001b" not in text and len(text) < 10_000


def test_a_cap_becomes_the_score_and_is_explained(exercises):
    graded = graded_with(exercises[E1], "", passed=True)
    nothing = read_metadata(Path("/none"))[0]
    content = to_gradescope([exercises[E1]], graded, Options(LAB, 1), nothing, at_most=0.25)
    assert content["score"] == 0.25 and "the most that counts is 0.25" in content["output"]
    content = to_gradescope([exercises[E1]], graded, Options(LAB, 1), nothing, at_most=9)
    assert "score" not in content


def test_an_option_that_was_not_checked_is_told(exercises):
    exercise = exercises[E1]
    graded = graded_with(exercise, "", passed=True)
    (result,) = graded.results.values()
    (task,) = {test.task for test in result.tests}
    result.unchecked[task] = ["C"]
    nothing = read_metadata(Path("/none"))[0]
    content = to_gradescope([exercise], graded, Options(LAB, 1), nothing)
    insist_on_format(content)
    (case,) = [case for case in content["tests"] if case["name"].endswith("option C")]
    assert case["output"].startswith("<p>Option C was not checked: your other options already")
    assert (case["score"], case["max_score"], case["status"]) == (0.0, 0.0, "passed")
    assert case["number"].endswith(".2")


def test_the_report_of_our_own_fault_fits_the_format():
    insist_on_format(our_fault("Traceback …"))
