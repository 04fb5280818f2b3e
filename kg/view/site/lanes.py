"""Statements in time: a lane for each commitment, a dot for each statement, as numbers that a template draws."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kg.analyse.timeline import Moment

LEFT, WIDTH = 20, 1040  # px: where the lanes begin, how long they are
APART = 13  # px between dots of one day


@dataclass(frozen=True, slots=True)
class Dot:
    """A statement at its date; `x` is where the day is, or beside it; `width` how long a partial date lasts; in px."""

    x: float
    width: float
    moment: Moment


@dataclass(frozen=True, slots=True)
class Axis:
    """The time the lanes cover: its first and last day, and labelled places on it."""

    first: date
    last: date
    ticks: tuple[tuple[float, str], ...]


def axis_of(dates: Sequence[str]) -> Axis | None:
    """The axis that holds all the dates (ISO, may be partial); None where there is none."""
    days = [day for one in dates if one for day in _bounds(one)]
    if not days:
        return None
    first, last = min(days), max(days)
    if (last - first).days < 6:  # a few days fill no axis: a week stands round them
        first, last = _shifted(first, -2), _shifted(last, 4)
    return Axis(first, last, tuple((_x(first, last, day), day.strftime(form)) for day, form in _ticks(first, last)))


def dots(axis: Axis, moments: Sequence[Moment]) -> list[Dot]:
    """The dots of one lane, in order; those that would lie on each other stand side by side."""
    found: list[Dot] = []
    for moment in sorted((m for m in moments if m.said.date), key=lambda m: _bounds(m.said.date)[0]):
        begin, end = (_x(axis.first, axis.last, day) for day in _bounds(moment.said.date))
        x = max(begin, found[-1].x + APART) if found else begin
        found.append(Dot(round(x, 1), round(end - begin, 1), moment))
    return found


def _bounds(iso: str) -> tuple[date, date]:
    """The first and last day of a date that may be a month or a year."""
    parts = [int(part) for part in iso[:10].split("-")]
    year, month, day = [*parts, 1, 1][:3]
    first = date(year, month, day)
    if len(parts) == 3:
        return first, first
    last = month if len(parts) == 2 else 12
    return first, date(year, last, monthrange(year, last)[1])


def _shifted(day: date, days: int) -> date:
    """So many days later, as far as there are dates."""
    return date.fromordinal(min(max(date.min.toordinal(), day.toordinal() + days), date.max.toordinal()))


def _x(first: date, last: date, day: date) -> float:
    return round(LEFT + WIDTH * (day - first).days / max(1, (last - first).days), 1)


def _ticks(first: date, last: date) -> list[tuple[date, str]]:
    """Some five places: days, firsts of months, or firsts of years."""
    days = (last - first).days
    if days <= 60:
        step = max(1, round(days / 5))
        return [(date.fromordinal(first.toordinal() + at), "%-d %b %Y") for at in range(0, days + 1, step)]
    months = [(y, m) for y in range(first.year, last.year + 1) for m in range(1, 13) if first <= date(y, m, 1) <= last]
    step = max(1, round(len(months) / 6))
    return [(date(y, m, 1), "%b %Y") for y, m in months[::step]]
