"""What each source makes a commitment hang on: statements with their conditions, read from a store at once.

A *reading* is the conditions as one origin states them: articles that go back to one origin (`kg:origin`) are one reading,
any other article is one of its own. Conditions conjoin within a reading, never across.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeVar

import pyoxigraph as ox

from kg.store.embedded import Store
from kg.vocabulary import KG, OA, SCHEMA, SKOS, kg

One = TypeVar("One")
Other = TypeVar("Other")
NEWS = 7  # days after which an article that does not say when tells of another speech
WAYS = ("requires", "exceptIf", "triggeredBy")


@dataclass(frozen=True, slots=True)
class Passage:
    """Exact words: `start` and `end` are code points of the article's text, half-open."""

    quote: str
    article: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold: its circumstance (IRI), its kind, who decides it (IRIs)."""

    iri: str
    circumstance: str
    kind: str
    by: frozenset[str]


@dataclass(slots=True)
class Said:
    """One statement of a commitment: how it stands to it, when it was said, where it reaches, and the conditions it attaches, by way.

    `date` is an ISO date, partial where the text is, "" where nothing dates it: when it was said, else when its article was
    published, or the one that this goes back to: who tells again says nothing new.
    """

    iri: str
    commitment: str
    article: str
    stance: str
    date: str
    first_hand: bool
    passage: Passage
    attached: dict[str, list[str]] = field(default_factory=lambda: {way: [] for way in WAYS})
    groups: list[frozenset[str]] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)
    only_in: list[str] = field(default_factory=list)
    not_in: list[str] = field(default_factory=list)


class Readings:
    """A store's commitments, conditions and statements, as what-if needs them; or those of some commitments alone (`only`, their IRIs).

    `origins` are those of all articles, where they are known already.
    """

    def __init__(self, store: Store, only: Iterable[str] | None = None, origins: dict[str, str] | None = None) -> None:
        self.store = store
        self.origin_of = dict(pairs(store, f"?a <{kg('origin')}> ?b")) if origins is None else origins
        self.statements = self._statements(only)
        attached = None if only is None else {c for said in self.statements.values() for some in said.attached.values() for c in some}
        self.conditions = self._conditions(attached)
        self.by_commitment: dict[str, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
        for said in sorted(self.statements.values(), key=self._place):
            self.by_commitment[said.commitment][self.reading_of(said.article)].append(said)
        self._passages: dict[tuple[str, str], list[Passage]] | None = None

    @cached_property
    def needed(self) -> dict[str, dict[str, list[str]]]:
        """By article: the conditions that each condition depends on."""
        return _gathered((g, a, b) for a, b, g in rows(self.store, f"SELECT ?a ?b ?g {{ GRAPH ?g {{ ?a <{kg('dependsOn')}> ?b }} }}"))

    @cached_property
    def wholes(self) -> dict[str, list[str]]:
        """Of each commitment the wholes that it is a part of, near ones first."""
        return above(self.store, f"?a <{kg('partOf')}> ?b")

    @cached_property
    def broader(self) -> dict[str, list[str]]:
        """Of each circumstance the broader ones, near ones first."""
        return above(self.store, f"?a <{SKOS}broader> ?b . ?a a <{kg('Circumstance')}>")

    @cached_property
    def committers(self) -> dict[str, list[str]]:
        """Of each commitment those who commit."""
        return many(pairs(self.store, f"?a <{kg('committer')}> ?b"))

    @cached_property
    def withheld_by(self) -> dict[str, list[str]]:
        """Of each condition who refused what it needs, or can withhold it."""
        return many(pairs(self.store, f"?a <{kg('opposedBy')}> ?b"))

    def reading_of(self, article: str) -> str:
        """The reading an article belongs to: its origin, where it goes back to another one."""
        return self.origin_of.get(article, article)

    def _place(self, said: Said) -> tuple[bool, str, int, str]:
        """An origin's own statements before those of what goes back to it."""
        return said.article != self.reading_of(said.article), said.article, said.passage.start, said.iri

    def articles_of(self, reading: str) -> set[str]:
        """The articles of a reading."""
        return {reading, *(article for article, origin in self.origin_of.items() if origin == reading)}

    def passage(self, owner: str, condition: str, articles: Iterable[str]) -> Passage | None:
        """The words in which a statement, or another condition in one of these articles, names a condition."""
        if self._passages is None:
            self._passages = self._named()
        wanted = set(articles)
        return next((found for found in self._passages.get((owner, condition), ()) if found.article in wanted), None)

    def cycles(self) -> list[tuple[str, ...]]:
        """Conditions that depend on themselves, and commitments that are part of themselves, each circle once."""
        import networkx as nx

        found: set[tuple[str, ...]] = set()
        graphs = [nx.DiGraph((a, b) for a, some in of.items() for b in some) for of in self.needed.values()]
        graphs.append(nx.DiGraph(pairs(self.store, f"?a <{kg('partOf')}> ?b")))
        for graph in graphs:
            for part in nx.strongly_connected_components(graph):
                if len(part) > 1 or any(graph.has_edge(node, node) for node in part):
                    found.add(tuple(sorted(part)))
        return sorted(found)

    # ------------------------------------------------------------------------------------------------ from the store

    def _conditions(self, only: Iterable[str] | None) -> dict[str, Condition]:
        some = among("a", only)
        by = many(pairs(self.store, f"{some} ?a <{kg('decidedBy')}> ?b"))
        kinds = dict(pairs(self.store, f"{some} ?a <{kg('kind')}> ?b"))  # apart: a condition stands in many graphs, with both in each
        what = pairs(self.store, f"{some} ?a <{kg('circumstance')}> ?b")
        return {c: Condition(c, circumstance, _bare(kinds[c]), frozenset(by.get(c, ()))) for c, circumstance in what if c in kinds}

    def _statements(self, only: Iterable[str] | None) -> dict[str, Said]:
        found: dict[str, Said] = {}
        told = list(rows(
            self.store,
            f"""SELECT DISTINCT ?s ?c ?article ?stance ?said ?own ?quote ?start ?end {{ {among("c", only)}
              ?s <{kg("expresses")}> ?c ; <{kg("stance")}> ?stance ; <{kg("reportedIn")}> ?article ; <{kg("context")}> ?sentence .
              ?sentence <{OA}exact> ?quote ; <{OA}start> ?start ; <{OA}end> ?end .
              OPTIONAL {{ ?s <{kg("saidOn")}> ?said }}
              OPTIONAL {{ ?s <{kg("firstHand")}> ?own }} }}""",
        ))  # fmt: skip
        dated = among("a", None if only is None else {self.reading_of(row[2]) for row in told})
        published_on = dict(pairs(self.store, f"{dated} ?a <{SCHEMA}datePublished> ?b"))
        for s, c, article, stance, said, own, quote, start, end in told:
            published = published_on.get(self.reading_of(article), "")
            passage = Passage(quote, article, int(start), int(end))
            found[s] = Said(s, c, article, _bare(stance), said or published, own == "true", passage)
        some = among("a", None if only is None else found)
        for way in WAYS:
            for s, c in pairs(self.store, f"{some} ?a <{kg(way)}> ?b"):
                if s in found:
                    found[s].attached[way].append(c)
        for term, name in (("speaker", "speakers"), ("onlyIn", "only_in"), ("notIn", "not_in")):
            for s, thing in pairs(self.store, f"{some} ?a <{kg(term)}> ?b"):
                if s in found:
                    getattr(found[s], name).append(thing)
        groups = rows(self.store, f"SELECT DISTINCT ?g ?a ?c {{ {some} ?a <{kg('anyOf')}> ?g . ?g <{kg('member')}> ?c }}")
        for of_one in _gathered(groups).values():
            for s, members in of_one.items():
                if s in found:
                    found[s].groups.append(frozenset(members))
        return found

    def _named(self) -> dict[tuple[str, str], list[Passage]]:
        told = rows(
            self.store,
            f"""SELECT DISTINCT ?owner ?c ?article ?quote ?start ?end {{
              ?owner <{kg("mention")}> ?m . ?m <{kg("role")}> <{KG}role-condition> ; <{kg("refersTo")}> ?c ;
              <{OA}hasSource> ?article ; <{OA}exact> ?quote ; <{OA}start> ?start ; <{OA}end> ?end }}""",
        )
        found: dict[tuple[str, str], list[Passage]] = defaultdict(list)
        for owner, c, article, quote, start, end in sorted(told, key=lambda row: (row[2], int(row[4]), int(row[5]))):
            found[owner, c].append(Passage(quote, article, int(start), int(end)))
        return found


def later(one: str, other: str) -> bool:
    """Whether a date is later in the part that both have; of ISO dates, which may be partial or missing.

    >>> later("2026-02", "2026-01-30"), later("2026-01", "2026-01-30"), later("", "2026")
    (True, False, False)
    """
    return one[: len(other)] > other[: len(one)]


def day_of(iso: str) -> int | None:
    """The number of the day of an ISO date (1 is the first of the year 1); None where it tells only a month or a year, or no day there is.

    >>> day_of("2026-01-06"), day_of("2026-01"), day_of("2026-02-30")
    (739622, None, None)
    """
    with suppress(ValueError):
        return date.fromisoformat(iso).toordinal() if len(iso) == len("2026-01-06") else None
    return None


def near(one: str, other: str, most: int = NEWS) -> bool:
    """Whether two ISO dates, which may be partial or missing, can be so many days apart at most: of one week of news.

    >>> near("2026-01-06", "2026-01-13"), near("2026-01-06", "2026-01-14"), near("2026-01", "2026-01-30")
    (True, False, True)
    """
    days = day_of(one), day_of(other)
    return together(one, other) if days[0] is None or days[1] is None else abs(days[0] - days[1]) <= most


def last_days(dates: Iterable[str]) -> set[str]:
    """The dates that none is later than.

    >>> sorted(last_days(["2026-01-30", "2026-02", "2026-02-03", "2026-02"]))
    ['2026-02', '2026-02-03']
    """
    days = set(dates)
    return {day for day in days if not any(later(other, day) for other in days)}


def among(variable: str, iris: Iterable[str] | None) -> str:
    """The part of a pattern that lets a variable be some IRIs alone; none where it may be any.

    >>> among("a", ["urn:x"]), among("a", None)
    ('VALUES ?a { <urn:x> }', '')
    """
    return "" if iris is None else f"VALUES ?{variable} {{ {' '.join(f'<{iri}>' for iri in sorted(iris))} }}"


def rows(store: Store, text: str) -> Iterator[tuple[str, ...]]:
    """The rows of a SELECT as bare text, "" where a variable is unbound."""
    for row in store.select(text):
        yield tuple(term.value if isinstance(term, ox.NamedNode | ox.Literal) else "" for term in row)


def _bare(concept: str) -> str:
    """The word of a stance or kind: withdrawn, of kg:stance-withdrawn."""
    return concept.rpartition("-")[2]


def pairs(store: Store, pattern: str) -> list[tuple[str, str]]:
    """The pairs `?a ?b` of a pattern as bare text, sorted."""
    return sorted((a, b) for a, b in rows(store, f"SELECT DISTINCT ?a ?b {{ {pattern} }}"))


def together(one: str, other: str) -> bool:
    """Whether two dates can be of one time: neither is later in the part that both have.

    >>> together("2026-01", "2026-01-30"), together("2026-02", "2026-01-30")
    (True, False)
    """
    return not later(one, other) and not later(other, one)


def many(pairs: Iterable[tuple[One, Other]]) -> dict[One, list[Other]]:
    """All second members of each first one, in order."""
    found: dict[One, list[Other]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
    return found


def _gathered(rows: Iterable[tuple[str, ...]]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for first, second, third in sorted(rows):
        found.setdefault(first, {}).setdefault(second, []).append(third)
    return found


def above(store: Store, pattern: str) -> dict[str, list[str]]:
    """For each `?a` of a pattern all `?b` above it, near ones first; a circle is gone round once."""
    next_to = many(pairs(store, pattern))
    found = {}
    for thing in next_to:
        order = [thing]
        for at in order:
            order += [other for other in next_to.get(at, ()) if other not in order]
        found[thing] = order[1:]
    return found
