"""When something was said: the words beside the cue that name a day, and the day they mean, counted from the article's own date."""

from __future__ import annotations

import re
from datetime import date, timedelta

from kg.annotate.rules.words import Word
from kg.model import Span

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
TODAY = ["today", "tonight", "this morning", "this evening"]
_DAY = rf"(?:{'|'.join(WEEKDAYS)})"
_MONTH = rf"(?:{'|'.join(MONTHS)}|jan\.|feb\.|aug\.|sept\.|oct\.|nov\.|dec\.)"
_DATE = re.compile(
    rf"\b(?:(?P<rel>{'|'.join(TODAY)}|yesterday)|(?P<last>last|this|earlier this) (?P<unit>week|month|year|{_DAY})"
    rf"|(?P<month>{_MONTH}) (?P<md>\d{{1,2}})\b(?!\d)(?:, (?P<my>\d{{4}}))?|(?P<dm>\d{{1,2}}) (?P<month2>{_MONTH})(?: (?P<dy>\d{{4}}))?"
    rf"|(?P<day>{_DAY}))",
    re.IGNORECASE,
)
NEAR = 12  # words from the cue


def date_near(text: str, words: list[Word], first: int, last: int, pieces: list[tuple[int, int]]) -> Span | None:
    """The words that name a day right after or before a cue, outside of what is said: *said on Tuesday that*.

    >>> from kg.annotate.rules.words import read_words
    >>> text = "Merz said on Tuesday that he will go on Friday."
    >>> date_near(text, read_words(text, 0, len(text)), 1, 1, [(5, 10)]).text
    'Tuesday'
    """
    start, stop = first, last + 1
    inside = {i for a, b in pieces for i in range(a, b)}
    while stop < len(words) and stop - last < NEAR and stop not in inside and words[stop].low not in (".", ";") and not words[stop].quoted:
        stop += 1
    if stop > last + 1 and (found := _DATE.search(text, words[last].end, words[stop - 1].end)):
        return Span.of(text, *found.span())
    while (
        start
        and first - start < NEAR
        and start - 1 not in inside
        and words[start - 1].low not in (".", ";")
        and not words[start - 1].quoted
    ):
        start -= 1
    found = (
        _DATE.match(text, words[start].start)
        or (re.compile("on ", re.IGNORECASE).match(text, words[start].start) and _DATE.match(text, words[start].start + 3))
        or None
    )
    return Span.of(text, *found.span()) if found and found.end() <= words[first].start else None


def resolve(words: str, published: str | None) -> str:
    """The ISO date (partial where the words are) that the words mean in an article of that date; "" where nothing dates them.

    A weekday is the last one up to the article's own day.

    >>> resolve("Tuesday", "2026-01-08"), resolve("last month", "2026-01-08"), resolve("6 January", "2026-01-08"), resolve("Tuesday", None)
    ('2026-01-06', '2025-12', '2026-01-06', '')
    """
    found = _DATE.fullmatch(words.strip())
    if not found:
        return ""
    year = found["my"] or found["dy"]
    if found["month"] or found["month2"]:
        return _dated(found["month"] or found["month2"], int(found["md"] or found["dm"]), year, published)
    day = _day(published)
    if day is None:
        return ""
    name = (found["rel"] or found["day"] or found["unit"]).lower()
    try:
        return _counted(name, (found["last"] or "").lower() == "last", day)
    except OverflowError:  # before the year 1
        return ""


def _dated(month: str, day: int, year: str | None, published: str | None) -> str:
    number = next(i for i, name in enumerate(MONTHS, 1) if name.startswith(month.lower().rstrip(".")[:3]))
    base = _day(published)
    try:
        if year:
            return date(int(year), number, day).isoformat()
        if base is None:
            return ""
        made = date(base.year, number, day)
        return (made if made <= base else date(base.year - 1, number, day)).isoformat()
    except ValueError:  # 31 June
        return ""


def _counted(unit: str, last: bool, day: date) -> str:
    """The date that a word means which counts back from a day: `today`, `tuesday`, `month`."""
    if unit in TODAY:
        return day.isoformat()
    if unit == "yesterday":
        return (day - timedelta(days=1)).isoformat()
    if unit in WEEKDAYS:
        back = (day.weekday() - WEEKDAYS.index(unit)) % 7
        return (day - timedelta(days=back or (7 if last else 0))).isoformat()
    if unit == "year":
        return f"{day.year - last:04}" if day.year > last else ""
    if unit == "month":
        first = day.replace(day=1)
        return (first - timedelta(days=1) if last else first).isoformat()[:7]
    return ""  # a week is no ISO date a graph can hold


def _day(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published) if published else None
    except ValueError:
        return None
