"""How stances moved: every statement of a commitment in order of time, and what stood on one day and stands on another.

    store --timeline--> Moment, a statement each          store --diff--> Change, a commitment each

Only a committer's own words change its stance; what others ascribe to it is shown and marked. Dates are as precise as the
text: one is later than another only where the part that both have says so, and of a tie all stances stand. Two stances of
statements that reach different places are no change. Articles that go back to one origin count once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kg.analyse.outcomes import latest, standing
from kg.analyse.readings import WAYS, Readings, Said, above, last_days, later
from kg.errors import UsageError
from kg.query import matching, names, nearest
from kg.store.embedded import Store
from kg.vocabulary import SKOS, kg

TIMELINE = (
    "date", "actor", "commitment", "stance", "change", "said_by", "speaker", "only_in", "not_in", "condition", "quote", "article", "start",
    "end", "before", "before_date", "before_quote", "before_article",
)  # fmt: skip
DIFF = (
    "change", "actor", "commitment", "before", "after", "said_by", "quote", "article", "start", "end", "before_quote", "before_article",
    "before_start", "before_end",
)  # fmt: skip
OWN, ASCRIBED = "the committer", "others (ascribed)"


@dataclass(frozen=True, slots=True)
class Moment:
    """A statement in its place: `change` is new, a move such as `open → pledged`, or "" ; `before` what it moved from."""

    said: Said
    change: str
    before: Said | None


@dataclass(frozen=True, slots=True)
class Change:
    """What stood of a commitment on one day and what on a later one: the statements, latest first-hand ones before others."""

    commitment: str
    change: str
    before: tuple[Said, ...]
    after: tuple[Said, ...]


class Moves:
    """The movements in a store, or those of some commitments alone; `only` and `origins` as `Readings` takes them."""

    def __init__(self, store: Store, only: Iterable[str] | None = None, origins: dict[str, str] | None = None) -> None:
        self.readings = Readings(store, only, origins)
        self.within = above(store, f"?a <{SKOS}broader> ?b . ?a a <{kg('Place')}>")
        self.labels: dict[str, str] = {}

    def of(self, name: str = "") -> list[str]:
        """The commitments of an actor, by any name of it; all where none is given. Raises UsageError for a name of nobody."""
        every = sorted(self.readings.by_commitment)
        if not name:
            return every
        known = names(self.readings.store, "Actor", "actor/")
        who = set(matching(known, name))
        if not who:
            hint = nearest(name, {n for _, n in known}, "kg show NAME says what is known of an actor")
            raise UsageError(f"{name!r} is not the name of an actor in this store", "", hint)
        return [c for c in every if who & set(self.readings.committers.get(c, ()))]

    def timeline(self, name: str = "") -> list[Moment]:
        """The statements of an actor's commitments, or of all, by commitment and date; undated ones come last."""
        return [moment for commitment in self.of(name) for moment in self._moments(commitment)]

    def diff(self, since: str, until: str, name: str = "") -> list[Change]:
        """The commitments whose standing or conditions are others at `until` than at `since` (ISO dates, may be partial)."""
        if later(since, until):
            raise UsageError(f"{since} is later than {until}", "", "give the earlier date first")
        found = []
        for commitment in self.of(name):
            every = [said for said in self.said(commitment) if said.date]
            before, after = (self._standing_at(every, day) for day in (since, until))
            if change := _what_changed(before, after):
                found.append(Change(commitment, change, before, after))
        return found

    def label(self, iri: str) -> str:
        """What a thing is called."""
        if iri not in self.labels:
            self.labels[iri] = self.readings.store.labels([iri]).get(iri, iri.rpartition("/")[2])
        return self.labels[iri]

    def thing(self, iri: str) -> dict[str, str]:
        """A thing as JSON has it."""
        return {"iri": iri, "label": self.label(iri)}

    def said(self, commitment: str) -> list[Said]:
        """Its statements in order; of articles of one origin that say the same of one day, the first."""
        seen: set[tuple[object, ...]] = set()
        found = []
        every = [said for some in self.readings.by_commitment[commitment].values() for said in some]
        for said in sorted(every, key=lambda s: (not s.date, s.date, s.article, s.passage.start, s.iri)):
            reading = self.readings.reading_of(said.article)
            key = (reading, said.stance, said.date, said.first_hand, *_attached(said), *said.only_in, *said.not_in, *said.speakers)
            if reading == said.article or key not in seen:
                found.append(said)
            seen.add(key)
        return found

    def _moments(self, commitment: str) -> Iterator[Moment]:
        every = self.said(commitment)
        for said in every:
            alike = [other for other in every if other.first_hand == said.first_hand and self.overlap(other, said)]
            earlier = [other for other in alike if later(said.date, other.date)]
            days = last_days(other.date for other in earlier)
            last = [other for other in earlier if other.date in days]
            if not said.first_hand and any(other.first_hand for other in every):
                yield Moment(said, "", None)  # the committer speaks for itself
            elif not last:
                yield Moment(said, "new" if said is alike[0] else "", None)
            elif said.stance not in {other.stance for other in last}:
                before = " and ".join(sorted({other.stance for other in last}))
                yield Moment(said, f"{before} → {said.stance}", last[-1])
            else:
                yield Moment(said, "", None)

    def _standing_at(self, every: Iterable[Said], day: str) -> tuple[Said, ...]:
        until = [said for said in every if not later(said.date, day)]
        return tuple(said for _, some in sorted(standing(until).items()) for said in latest(some)) if until else ()

    def overlap(self, one: Said, other: Said) -> bool:
        """Whether two statements can reach one place."""
        return (
            not one.only_in
            or not other.only_in
            or any(a in self._around(b) or b in self._around(a) for a in one.only_in for b in other.only_in)
        )

    def _around(self, place: str) -> set[str]:
        return {place, *self.within.get(place, ())}


def _attached(said: Said) -> tuple[str, ...]:
    return tuple(f"{way} {c}" for way in WAYS for c in said.attached[way])


def _what_changed(before: Sequence[Said], after: Sequence[Said]) -> str:
    stances = [sorted({said.stance for said in some}) for some in (before, after)]
    if not after or not before:
        return "new" if after else ""
    if stances[0] != stances[1]:
        return " → ".join(" and ".join(some) for some in stances)
    bound = [sorted({c for said in some for c in _attached(said)}) for some in (before, after)]
    if bound[0] == bound[1]:
        return ""
    gone, come = set(bound[0]) - set(bound[1]), set(bound[1]) - set(bound[0])
    return "conditions changed" if gone and come else "a condition more" if come else "a condition less"


# ---------------------------------------------------------------------------------------------------- rows


def timeline_rows(moves: Moves, moments: Iterable[Moment], structured: bool = False) -> list[tuple[Any, ...]]:
    """A row a statement, by `TIMELINE`; `structured` for JSON."""
    found = []
    for moment in moments:
        said, before = moment.said, moment.before
        found.append((
            said.date or None, *_what(moves, said, structured), said.stance, moment.change or None, OWN if said.first_hand else ASCRIBED,
            _things(moves, said.speakers, structured), _things(moves, said.only_in, structured), _things(moves, said.not_in, structured),
            _things(moves, [c for way in WAYS for c in said.attached[way]], structured), *_place(moves, said, structured),
            before and before.stance, before and before.date, before and before.passage.quote,
            before and _thing(moves, before.article, structured),
        ))  # fmt: skip
    return found


def diff_rows(moves: Moves, changes: Iterable[Change], structured: bool = False) -> list[tuple[Any, ...]]:
    """A row a commitment, by `DIFF`, with the first passage of what stood and of what stands."""
    found = []
    for one in changes:
        before, after = _told(moves, one.before), _told(moves, one.after)
        old = _place(moves, one.before[0], structured) if one.before else (None,) * 4
        by = OWN if any(said.first_hand for said in one.after) else ASCRIBED
        found.append(
            (
                one.change,
                *_what(moves, one.after[0], structured)[:2],
                before or None,
                after,
                by,
                *_place(moves, one.after[0], structured),
                *old,
            )
        )
    return found


def _told(moves: Moves, some: Iterable[Said]) -> str:
    """Stances with their conditions: open (requires approval by parliament)."""
    found = []
    for said in some:
        bound = "; ".join(f"{WORDS[way]} {moves.label(c)}" for way in WAYS for c in said.attached[way])
        found.append(said.stance + (f" ({bound})" if bound else ""))
    return " | ".join(dict.fromkeys(found))


WORDS = {"requires": "only if", "exceptIf": "unless", "triggeredBy": "in case of"}


def _what(moves: Moves, said: Said, structured: bool) -> tuple[Any, ...]:
    return _things(moves, moves.readings.committers.get(said.commitment, ()), structured), _thing(moves, said.commitment, structured)


def _place(moves: Moves, said: Said, structured: bool) -> tuple[Any, ...]:
    return said.passage.quote, _thing(moves, said.article, structured), said.passage.start, said.passage.end


def _thing(moves: Moves, iri: str, structured: bool) -> Any:
    return moves.thing(iri) if structured else moves.label(iri)


def _things(moves: Moves, iris: Iterable[str], structured: bool) -> Any:
    found = [_thing(moves, iri, structured) for iri in dict.fromkeys(iris)]
    return found if structured else "; ".join(found)
