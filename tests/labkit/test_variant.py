"""`variant.json` beside a notebook: read, checked and used; without it nothing changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from labkit.data import load
from labkit.data.own_part import kept_rows
from labkit.errors import VariantError
from labkit.guide.submission import gather
from labkit.variant import FILE_NAME, Variant, read_variant, target_sparsities

DATA = Path(__file__).parents[2] / "data"
ADA = Variant("lab1", "ada", "0123456789ab", 7, (0.3, 0.6, 0.9), 2.0)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The notebook's folder, with the course's data and no variant yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LABKIT_DATA", raising=False)
    (tmp_path / "data").symlink_to(DATA)
    return tmp_path


def test_what_is_written_is_read(here: Path) -> None:
    assert read_variant() is None
    (here / FILE_NAME).write_text(ADA.to_json(), encoding="utf-8")
    assert read_variant() == read_variant(here) == ADA


def test_targets_are_the_variants_or_the_usual_ones(here: Path) -> None:
    assert target_sparsities((0.5, 0.7)) == [0.5, 0.7]
    (here / FILE_NAME).write_text(ADA.to_json(), encoding="utf-8")
    assert target_sparsities((0.5, 0.7)) == [0.3, 0.6, 0.9]


@pytest.mark.parametrize(
    "change",
    [
        {"mark": "0123456789AB"},
        {"mark": "0123456789abc"},
        {"seed": -1},
        {"seed": True},
        {"seed": 2**31},
        {"sparsities": []},
        {"sparsities": [0.9, 0.3]},
        {"sparsities": [0.3, 1.0]},
        {"sparsities": ["0.3"]},
        {"left_out_percent": 51},
        {"left_out_percent": float("nan")},
        {"student": ""},
        {"lab": 1},
        {"more": 1},
    ],
)
def test_a_damaged_value_is_named(here: Path, change: dict[str, Any]) -> None:
    content = json.loads(ADA.to_json()) | change
    (here / FILE_NAME).write_text(json.dumps(content), encoding="utf-8")
    name = "nothing else" if "more" in change else next(iter(change))
    with pytest.raises(VariantError, match=f"{FILE_NAME} is damaged: .*{name}"):
        read_variant()


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 9_999, "\x00", '{"lab": "lab1"}'])
def test_what_is_no_variant_is_called_damaged(here: Path, text: str) -> None:
    (here / FILE_NAME).write_text(text)
    with pytest.raises(VariantError, match="is damaged"):
        read_variant()


def test_a_folder_in_its_place_is_one_sentence(here: Path) -> None:
    (here / FILE_NAME).mkdir()
    with pytest.raises(VariantError, match="cannot be read"):
        read_variant()


def test_kept_rows_are_most_of_them_and_the_seeds_own() -> None:
    rows = kept_rows(ADA, 1_000)
    assert len(rows) == len(set(rows.tolist())) == 980
    assert torch.equal(rows, rows.sort().values) and rows.max() < 1_000
    other = Variant("lab1", "bob", "ab" * 6, 8, (0.3,), 2.0)
    assert torch.equal(rows, kept_rows(ADA, 1_000))
    assert not torch.equal(rows, kept_rows(other, 1_000))
    everything = Variant("lab1", "cy", "ab" * 6, 8, (0.3,), 0.0)
    assert kept_rows(everything, 10).tolist() == list(range(10))


@pytest.mark.parametrize("name", ["mnist", "sst2"])
def test_loaders_leave_the_variants_part_out(
    here: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    whole, whole_test = load(name)
    assert "labkit: variant" not in capsys.readouterr().out
    (here / FILE_NAME).write_text(ADA.to_json(), encoding="utf-8")
    own, own_test = load(name)
    said = capsys.readouterr().out.splitlines()
    rows = kept_rows(ADA, len(whole.labels))
    assert torch.equal(own.labels, whole.labels[rows]) and len(rows) < len(whole.labels)
    assert torch.equal(own_test.labels, whole_test.labels)
    assert own.source == whole.source
    count = len(whole.labels)
    assert said[1] == (
        "labkit: variant 0123456789ab of ada, which leaves out "
        f"{count - len(rows):,} of the {count:,} training inputs"
    )
    load(name, verbose=False)
    assert capsys.readouterr().out == ""


def test_a_damaged_variant_stops_the_loader(here: Path) -> None:
    (here / FILE_NAME).write_text("{}")
    with pytest.raises(VariantError):
        load("mnist", verbose=False)


def test_submit_packs_it(here: Path) -> None:
    assert gather(here, [])[0] == {}
    (here / FILE_NAME).write_text(ADA.to_json(), encoding="utf-8")
    assert gather(here, [])[0] == {FILE_NAME: ADA.to_json().encode()}
