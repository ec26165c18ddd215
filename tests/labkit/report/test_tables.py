"""The report's tables: units, sensible digits, headers, spans, and cuts."""

import pytest

from labkit.report.columns import column, header
from labkit.report.tables import tables_in
from tests.labkit.report.notebooks import FRAME


def test_a_table_has_units_and_sensible_digits_and_no_counting_index():
    (table,) = tables_in([FRAME])
    assert table.headers == ["Round", "Latency (ms)", "Parameters"]
    assert table.rows == [["0", "1.23", "1\u2009470\u2009474"], ["1", "12.34", "1024"]]
    assert table.numeric == [True, True, True]


def test_tables_with_the_same_header_become_one_and_words_stay():
    small = "<table><thead><tr><th></th><th>dense</th></tr><tr><th>sparsity in %</th><th></th></tr>"
    small += "</thead><tbody><tr><th>out</th><td>{}</td></tr></tbody></table>"
    (table,) = tables_in([small.format("0.0"), small.format("32.954")])
    assert table.headers == ["sparsity in %".capitalize(), "Dense"]
    assert table.rows == [["out", "0.00"], ["out", "32.95"]]


def test_headers_of_two_levels_keep_both():
    html = """<table><thead><tr><th></th><th colspan="2">magnitude</th></tr>
    <tr><th></th><th>accuracy</th><th>latency_s</th></tr></thead>
    <tbody><tr><th>0</th><td>97.5</td><td>0.001</td></tr></tbody></table>"""
    (table,) = tables_in([html])
    assert table.headers == ["Magnitude\nAccuracy (%)", "Magnitude\nLatency (ms)"]
    assert table.rows == [["97.5", "1"]]
    data = table.as_data()
    assert data["groups"] == [{"text": "Magnitude", "span": 2}]
    assert data["headers"] == ["Accuracy (%)", "Latency (ms)"]


def test_spans_keep_columns_in_step():
    html = """<table><thead><tr><th>a</th><th>b</th><th colspan="2">c</th></tr></thead>
    <tr><th rowspan="2">x</th><td>1</td><td>2</td><td>3</td></tr><tr><td>4</td><td>5</td></tr>
    <tr><th colspan="9999999999">y</th></tr></table>"""
    (table,) = tables_in([html.replace('colspan="9999999999"', 'rowspan="oops"')])
    assert table.rows == [["x", "1", "2", "3"], ["", "4", "5", "–"], ["y", "–", "–", "–"]]


def test_a_large_table_is_cut_with_a_word():
    row = "<tr>" + "<td>1</td>" * 20 + "</tr>"
    (table,) = tables_in(["<table><tr>" + "<th>n</th>" * 20 + "</tr>" + row * 50 + "</table>"])
    assert (len(table.rows), len(table.headers)) == (40, 12)
    assert table.left_out == "In the notebook: 10 more rows and 8 more columns."


@pytest.mark.parametrize(
    ("name", "cells", "printed"),
    [
        ("loss", ["0.123456", "12.3"], ["0.12", "12.30"]),
        ("loss", ["1e-05", "2.5e-05"], ["0.000010", "0.000025"]),
        ("gain", ["-0.001", "NaN"], None),
        ("gain", ["-1.5", ""], ["−1.5", "–"]),
        ("accuracy", ["97.47000", "98.3"], ["97.47", "98.30"]),
        ("n", ["12345", "999"], ["12\u2009345", "999"]),
        ("n", ["1,234,567"], ["1\u2009234\u2009567"]),
        ("what", ["one", "2"], None),
    ],
)
def test_columns(name, cells, printed):
    assert column(name, cells) == ((printed, True) if printed else (cells, False))


@pytest.mark.parametrize(
    ("name", "shown_as"),
    [
        ("disk_mb", "Size (MB)"),
        ("load_time_s", "Load time (s)"),
        ("p50_ms", "P50 (ms)"),
        ("fine_tuned", "Fine-tuned (%)"),
        ("GPU", "GPU"),
        ("size (MB)", "size (MB)"),
    ],
)
def test_headers(name, shown_as):
    assert header(name) == shown_as
