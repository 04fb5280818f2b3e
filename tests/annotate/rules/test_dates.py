"""When something was said, counted from the article's own date."""

from __future__ import annotations

import pytest

from kg.annotate.rules.dates import resolve
from kg.annotate.rules.statements import find_statements


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Tuesday", "2026-01-06"),
        ("Thursday", "2026-01-08"),
        ("last Thursday", "2026-01-01"),
        ("yesterday", "2026-01-07"),
        ("last month", "2025-12"),
        ("last year", "2025"),
        ("January 6", "2026-01-06"),
        ("6 December 2024", "2024-12-06"),
        ("December 30", "2025-12-30"),
        ("June 31", ""),
        ("last week", ""),
        ("soon", ""),
    ],
)
def test_days_are_counted_back_from_the_articles_own(words: str, day: str) -> None:
    """A day named without its year is the last one up to Thursday, 8 January 2026; what is no day is none."""
    assert resolve(words, "2026-01-08") == day


def test_without_a_date_nothing_dates_a_weekday() -> None:
    """An article without a date, or with a partial one, dates no weekday, but a full date still dates itself."""
    assert [resolve("Tuesday", None), resolve("Tuesday", "2026-01"), resolve("6 December 2024", None)] == ["", "", "2024-12-06"]


@pytest.mark.parametrize("words", ["yesterday", "Sunday", "last Monday", "last month", "last year", "December 30"])
def test_what_would_be_before_the_year_1_is_no_date(words: str) -> None:
    """Nor is it a fault."""
    assert resolve(words, "0001-01-01") == "" and resolve("this evening", "0001-01-01") == "0001-01-01"
    assert resolve("last year", "0002-01-01") == "0001"


def test_the_day_beside_the_cue_is_when_it_was_said_and_not_the_one_told_of() -> None:
    """*said on Tuesday that he will go on Friday* was said on Tuesday."""
    found = [said.said_on for said in find_statements("Merz said on Tuesday that he will go on Friday. Lee says it ends on Friday.")]
    assert [span and span.text for span in found] == ["Tuesday", None]
