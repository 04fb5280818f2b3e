"""The annotator reads no worse than it did: floors on the gold, pinned with its digest."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import quality
from kg.evaluate import Report, Row, compare_files
from kg.model import Registry


def test_the_floors_are_of_this_gold() -> None:
    """Other items or labels are other floors: `bench/quality.py --pin --lower` measures anew."""
    of, _ = quality.read_floors()
    assert of == quality.digest()


def test_no_figure_lies_below_its_floor() -> None:
    """There are floors for every figure, of the seen part, the held-out one and newspaper prose."""
    _, floors = quality.read_floors()
    assert {part: set(those) for part, those in floors.items()} == {
        part: set(quality.FIGURES) for part in ("seen", "held out", "newspaper")
    }
    measured = {part: quality.figures(report) for part, report in quality.reports().items()}
    assert quality.below(floors, measured) == []


def test_every_figure_of_the_gold_against_itself_is_one() -> None:
    """So every figure is of a layer that the gold speaks of."""
    assert set(quality.figures(compare_files(quality.GOLD, quality.GOLD, Registry())).values()) == {1}


def test_nothing_found_is_nought() -> None:
    """A figure that cannot be measured does not pass for good."""
    rows = tuple(Row(layer, gold=3, predicted=0, matched=0, overlapping=0, n=0, agreed=0) for layer, _ in quality.FIGURES.values())
    assert set(quality.figures(Report(rows, (), 1)).values()) == {0}


def test_a_floor_is_lowered_only_by_the_flag(tmp_path: Path) -> None:
    """What is measured higher is pinned, rounded down; what is lower is refused, with the figure, and nothing is written."""
    path = tmp_path / "floors.toml"
    path.write_text(f'digest = "{quality.digest()}"\n["seen"]\nforce = 0.8\n', "utf-8")
    assert quality.pin({"seen": {"force": 0.79999}}, path) == ["seen: force 0.800 is below 0.800"]
    assert quality.read_floors(path)[1] == {"seen": {"force": 0.8}}
    assert quality.pin({"seen": {"force": 0.85678}}, path) == []
    assert quality.read_floors(path) == (quality.digest(), {"seen": {"force": 0.856}})
    assert quality.pin({"seen": {"force": 0.5}}, path, lower=True) == []
    assert quality.read_floors(path)[1] == {"seen": {"force": 0.5}}


def test_floors_of_another_gold_are_not_overwritten(tmp_path: Path) -> None:
    """Figures of two golds cannot be compared."""
    path = tmp_path / "floors.toml"
    path.write_text('digest = "0"\n', "utf-8")
    assert quality.pin({"seen": {"force": 0.9}}, path) == ["the gold is another one than the floors are of"]


@pytest.mark.parametrize("held", [True, False])
def test_both_parts_of_the_gold_have_items(held: bool) -> None:
    """A quarter or so is held out, by the last digit of the id."""
    ids = [line[8:20] for line in quality.GOLD.read_text("utf-8").splitlines()]
    assert sum(quality.is_held_out(id) is held for id in ids) == (51 if held else 149)
