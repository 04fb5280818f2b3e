"""Counted things: lowest and highest value, unit, and what is counted."""

from __future__ import annotations

import pytest

from kg.annotate.rules.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He met 27 heads of state.", ("27 heads of state", "heads of state", 27, 27, None)),
        ("It names almost 30 countries.", ("almost 30 countries", "countries", 30, 30, None)),
        ("A force of 15,000-20,000 troops.", ("15,000-20,000 troops", "troops", 15000, 20000, None)),
        ("More than 40 states came.", ("More than 40 states", "states", 40, None, None)),
        ("It takes up to 5 brigades.", ("up to 5 brigades", "brigades", None, 5, None)),
        ("It covers 90 percent of the plan.", ("90 percent of the plan", "of the plan", 90, 90, "percent")),
        ("It costs $3.5 billion.", ("$3.5 billion", None, 3500000000, 3500000000, "$")),
        ("Between 10 and 12 ships left.", ("Between 10 and 12 ships", "ships", 10, 12, None)),
        ("Twelve ships left.", ("Twelve ships", "ships", 12, 12, None)),
    ],
)
def test_quantities(text: str, expected: tuple[object, ...]) -> None:
    """The words, what they count, both bounds and the unit."""
    assert [(q.text.text, q.about, q.lowest, q.highest, q.unit) for q in find_quantities(text, 0, len(text))] == [expected]


@pytest.mark.parametrize(
    "text", ["It began in 2014 elections.", "On 6 January he left.", "At 10 a.m. he left.", "The G-7 met.", "On January 6 ministers met."]
)
def test_no_quantity(text: str) -> None:
    """Years, dates, clock times and names count nothing."""
    assert find_quantities(text, 0, len(text)) == []
