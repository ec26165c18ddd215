"""Gradescope's format of results.json, and how it reads one."""

from autograder.exports.gradescope.options import VISIBILITIES

FORMATS = {"text", "html", "simple_format", "md", "ansi"}
TOP = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": str,
    "test_output_format": str,
    "test_name_format": str,
    "visibility": str,
    "stdout_visibility": str,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
CASE = {
    "score": (int, float),
    "max_score": (int, float),
    "status": str,
    "name": str,
    "name_format": str,
    "number": str,
    "output": str,
    "output_format": str,
    "tags": list,
    "visibility": str,
    "extra_data": dict,
}


def insist_on_format(content: dict) -> None:
    """What Gradescope's specification asks of a results.json."""
    for table, known in [(content, TOP), *((case, CASE) for case in content.get("tests", []))]:
        assert set(table) <= set(known)
        for key, value in table.items():
            assert isinstance(value, known[key]) and not isinstance(value, bool), key
        assert table.get("visibility", "visible") in VISIBILITIES
        assert table.get("stdout_visibility", "hidden") in VISIBILITIES
        assert table.get("output_format", "text") in FORMATS
        assert table.get("status", "passed") in ("passed", "failed")
    assert "score" in content or all("score" in case for case in content["tests"])
    assert content["stdout_visibility"] == "hidden"
    for case in content["tests"]:
        assert 0 <= case["score"] <= case["max_score"]


def shown(content: dict) -> list[dict]:
    """The test cases that a student may see."""
    return [case for case in content["tests"] if case["visibility"] != "hidden"]


def hidden_text(content: dict) -> str:
    (case,) = [case for case in content["tests"] if case["visibility"] == "hidden"]
    assert case["score"] == case["max_score"] == 0
    return str(case["output"])


def total(content: dict) -> float:
    """The score as Gradescope adds it up."""
    return float(content.get("score", sum(case["score"] for case in content["tests"])))
