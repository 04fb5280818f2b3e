"""Text in boxes: measured conservatively, broken without losing a letter."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.view.palette import PALETTE, contrast
from kg.view.shapes import curve, cut, number, text_width, wrap


@given(st.text(max_size=200), st.integers(40, 300))
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    """Every letter is in the lines, in order, whatever the text."""
    assert "".join("".join(line.split()) for line in wrap(text, width)) == "".join(text.split())


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Z")), max_size=200), st.integers(40, 300))
def test_no_line_is_wider_than_its_box(text: str, width: int) -> None:
    """Where no marks pile up on one letter, a line fits, even if a word must be cut."""
    for line in wrap(text, width):
        assert text_width(line) <= width + 1e-6 or len([c for c in line if unicodedata.category(c) not in ("Mn", "Me", "Cf")]) == 1


def test_a_joined_emoji_is_not_cut() -> None:
    """A family stays a family, an accent stays on its letter."""
    family = "👩\u200d👩\u200d👧"
    assert all(line.count("\u200d") == 2 * line.count("👧") for line in wrap(family * 30, 60))
    assert all(not unicodedata.combining(line[0]) for line in wrap("e\u0301" * 60, 60))


@pytest.mark.parametrize(("lines", "most", "expected"), [(("a",), 2, ("a",)), (("a,", "b"), 1, ("a…",))])
def test_cut(lines: tuple[str, ...], most: int, expected: tuple[str, ...]) -> None:
    """Only what is too much goes, and an ellipsis says so."""
    assert cut(lines, most) == expected


def test_numbers_are_short_and_have_no_negative_zero() -> None:
    """The same length is written the same way on every machine."""
    assert [number(v) for v in (-0.001, 1.005, 10, -2.5)] == ["0", "1", "10", "-2.5"]
    assert curve(((0, 0), (10, 5)), straight=True) == "M0 0L10 5"


def test_text_can_be_read_by_day_and_by_night() -> None:
    """Ink on every box, and each symbol on its own box, has at least 4.5 : 1; outlines 3 : 1 against the ground."""
    ink, ground = PALETTE["ink"], PALETTE["ground"]
    for name in (
        "ground",
        "plain",
        "actor",
        "pledged",
        "open",
        "refused",
        "withdrawn",
        "mixed",
        "unstated",
        "gate",
        "condition",
        "decider",
    ):
        colour = PALETTE[name]
        for text, fill in (
            (ink.fill, colour.fill),
            (ink.line, colour.fill),
            (ink.dark_fill, colour.dark_fill),
            (ink.dark_line, colour.dark_fill),
        ):
            assert contrast(text, fill) >= 4.5, name
        if name in ("pledged", "open", "refused", "withdrawn", "mixed"):
            assert min(contrast(colour.line, colour.fill), contrast(colour.dark_line, colour.dark_fill)) >= 4.5, name
        if name != "ground":
            assert min(contrast(colour.line, ground.fill), contrast(colour.dark_line, ground.dark_fill)) >= 3, name
