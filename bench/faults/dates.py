"""Days and zones: what an article dates is dated from its own day, whatever the machine's clock and zone are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

from bench.faults.scorecard import Case, Trial, row

# The machine's zone and its clock, as far as a process can be told another: 25 hours and 70 years apart.
CLOCKS = ({"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "0"}, {"TZ": "Pacific/Pago_Pago", "SOURCE_DATE_EPOCH": "2208988799"})
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS = ("2026-01-06", "2024-02-29", "2026-03-01", "2025-12-31", "2026-01-01")

# Published, how the day is named, the day that is meant; written by hand.
_BY_HAND = (
    ("2026-01-06T23:30:00-05:00", "today", "2026-01-06"), ("2026-01-06T00:30:00+14:00", "yesterday", "2026-01-05"), ("2026-01-06T23:59:59Z", "on Tuesday", "2026-01-06"),
    ("2026-01-06T00:00:00-12:00", "on Monday", "2026-01-05"), ("2026-01-01", "yesterday", "2025-12-31"), ("2024-03-01", "yesterday", "2024-02-29"),
    ("2026-01-08", "last Tuesday", "2026-01-06"), ("2026-01-06", "last Tuesday", "2025-12-30"), ("2026-01-06", "last month", "2025-12"), ("2026-01-06", "last year", "2025"),
    ("2026-01-06", "this month", "2026-01"), ("2026-01-06", "on 6 January", "2026-01-06"), ("2026-01-06", "on December 30", "2025-12-30"),
    ("2026-01-06", "on January 5, 2024", "2024-01-05"), ("2026-02-28", "on 29 February", ""), ("2026-01", "on Tuesday", ""), ("2026", "on Tuesday", ""), ("", "on Tuesday", ""),
    ("", "today", ""), ("", "on 6 January", ""),
)  # fmt: skip


@row(27, "dates, zones and weekdays", 40, "from the article's own day, never from the machine's clock", quick=8, budget=60)
def dates(trial: Trial) -> Iterator[Case]:
    """One collection under two clocks and zones: the same bytes, and each day as a calendar or a hand has it."""
    asked = trial.chance.sample([*_BY_HAND, *_by_calendar()], trial.cases)
    file = trial.place("dated.jsonl")
    file.write_text("".join(json.dumps(_item(number, *words[:2])) + "\n" for number, words in enumerate(asked)), "utf-8")
    runs = [trial.kg("annotate", file, "--format", "jsonl", env=clock) for clock in CLOCKS]
    same = runs[0].out == runs[1].out and all(run.clear(0) for run in runs)
    said = [[one.get("said_on", {}).get("date", "") for one in json.loads(line)["statements"]] for line in runs[0].out.splitlines()]
    for number, (published, words, day) in enumerate(asked):
        right = same and number < len(said) and said[number][:1] == [day]
        seen = f"{words!r} in an article of {published!r} is not {day!r}: {said[number : number + 1]}; the same under both clocks: {same}; {runs[0]}"
        yield Case(right, max(run.seconds for run in runs) / len(asked), seen)


def _by_calendar() -> Iterator[tuple[str, str, str]]:
    """Each weekday's last day up to some days, month and year ends among them, found by going back day by day."""
    for number, (published, name) in enumerate((day, name) for day in _DAYS for name in _NAMES):
        day = date.fromisoformat(published)
        while _NAMES[day.isoweekday() - 1] != name:
            day -= timedelta(days=1)
        if number % 7 < 4:
            yield published, f"on {name}", day.isoformat()


def _item(number: int, published: str, words: str) -> dict[str, str]:
    told = {"date": published} if published else {}
    return {"id": f"dated-{number:02}", "text": f"Germany said {words} that it would send 100 troops if its parliament agrees."} | told
