"""A pattern that takes time by the square, of any kind, is found by the row about patterns, and near-misses are made of its parts."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench.faults.patterns import near_misses, patterns, uses
from bench.faults.scorecard import Trial
from bench.trust import run

BLANKS = r"import re, kg.annotate.rules.conditionals as c; c._STOP = re.compile(r'\s*(?:,(?=\s)|[;:])')"


@pytest.mark.slow
def test_the_row_fails_with_a_slow_pattern() -> None:
    """What was seen names the pattern and shows the blanks."""
    result = run(patterns, patch=BLANKS)
    assert result.passed == result.tried - 1 and "conditionals._STOP" in result.seen, result


@pytest.mark.parametrize(("pattern", "text"), [(r"(?:ab)+!", "ababab"), (r"q\s*,", "q  "), (r"(?:[ab]c)+$", "c")])
def test_near_misses_are_made_of_the_pattern(pattern: str, text: str, tmp_path: Path) -> None:
    """Ten thousand characters with the repeat as often as fits."""
    made = list(near_misses(pattern, 0, Trial(tmp_path, 1, 1, chance=random.Random(3))))
    assert any(text in one for one in made) and {len(one) for one in made} <= {9999, 10_000}


def test_patterns_are_found_where_they_stand() -> None:
    """By their names in modules, in maps, and written out where they are used; with the method."""
    found = {name.rpartition(" ")[0] if ":" not in name else name: method for name, (_, method) in uses().items()}
    assert any(name.startswith("kg.text._STOP finditer") for name in found)
    assert any(name.startswith("kg.annotate.document:") for name in found)
