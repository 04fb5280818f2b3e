"""What articles that came, went or were read anew can change of what is derived.

    the graphs as they were, the store --touch--> Touched: articles, statements, commitments, speakers

A rule looks at what shares a commitment, a speaker, a reading or a week; so nothing else can come out otherwise. Where a name that is
told in a derived graph has changed, or what lies within what, all is to be derived: then there is no Touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass

import pyoxigraph as ox

from kg.analyse.readings import among, many, pairs, rows
from kg.store.embedded import Store
from kg.vocabulary import DERIVED_GRAPH, ID, RDFS, REGISTRY_GRAPH, SKOS, kg

MUCH = 2  # of one in so many statements and more all are read in less time
# What a derived graph tells, or rests on, of a thing that many articles have: names, and which place lies in which.
WIDE = {RDFS + "label": (f"{ID}actor/", f"{ID}condition/"), SKOS + "broader": (f"{ID}place/",)}


@dataclass(frozen=True, slots=True)
class Touched:
    """IRIs: of articles that changed, or whose reading did; of their statements, as they were and as they are; of what these express, with the
    parts of that; of who spoke. `about` are statements of these commitments, `said` those of these speakers, in any article; `beside` those
    that shared an utterance with one of these speakers."""

    articles: set[str]
    statements: set[str]
    commitments: set[str]
    speakers: set[str]
    about: set[str]
    said: set[str]
    origins: dict[str, str]  # of every article
    beside: set[str]


def touch(store: Store, before: Mapping[str, list[bytes]], origins: Mapping[str, str]) -> Touched | None:
    """What changed graphs can touch; None where that may be anything. `before` are their lines as they were, `origins` the origin of each
    article then; the origins of now are to be in the store, and the utterances still as they were."""
    told = set(map(_words, ox.parse(b"".join(line for lines in before.values() for line in lines), format=ox.RdfFormat.N_QUADS)))
    if REGISTRY_GRAPH in before or _elsewhere(store, before, told):
        return None
    now = origins_told(store)
    articles = set(before) | {a for a in now.keys() | origins.keys() if now.get(a) != origins.get(a)}
    heads = {of.get(a, a) for a in articles for of in (now, origins)}
    articles |= {a for of in (now, origins) for a, head in of.items() if head in heads}

    def objects(term: str, subjects: Iterable[str]) -> set[str]:
        return {o for _, o in pairs(store, f"{among('a', subjects)} ?a <{kg(term)}> ?b")} | {o for _, p, o in told if p == kg(term)}

    def subjects(term: str, objects: Iterable[str]) -> set[str]:
        return {s for s, _ in pairs(store, f"{among('b', objects)} ?a <{kg(term)}> ?b")}

    statements = subjects("reportedIn", articles) | {s for s, p, _ in told if p == kg("reportedIn")}
    commitments, speakers = objects("expresses", statements), objects("speaker", statements)
    whole = kg("partOf")
    parts = many([*((b, a) for a, b in pairs(store, f"?a <{whole}> ?b")), *((o, s) for s, p, o in told if p == whole)])
    commitments |= {s for s, p, _ in told if p == whole}
    commitments |= {s for (s,) in rows(store, f"SELECT DISTINCT ?a {{ {among('g', before)} GRAPH ?g {{ ?a <{whole}> ?b }} }}")}
    todo = list(commitments)
    for commitment in todo:
        todo += [part for part in parts.get(commitment, ()) if part not in commitments]
        commitments |= set(parts.get(commitment, ()))
    about, said = subjects("expresses", commitments) | statements, subjects("speaker", speakers) | statements
    [(every,)] = rows(store, f"SELECT (COUNT(*) AS ?n) {{ ?s <{kg('reportedIn')}> ?a }}")
    if MUCH * (len(about) + len(said)) > int(every):
        return None
    return Touched(articles, statements, commitments, speakers, about, said, now, set().union(*reports_beside(store, said).values()))


def origins_told(store: Store) -> dict[str, str]:
    """The origin of every article, as it is derived."""
    found = (quad for quad in store.quads(DERIVED_GRAPH + "origin") if quad.predicate.value == kg("origin"))
    return {s: o for s, _, o in map(_words, found)}


def reports_beside(store: Store, said: Set[str]) -> dict[str, list[str]]:
    """The utterances, as they are derived, that some of these statements report, each with all its reports."""
    found = (quad for quad in store.quads(DERIVED_GRAPH + "utterance") if quad.predicate.value == kg("reportOf"))
    reports = many((utterance, statement) for statement, _, utterance in map(_words, found))
    return {utterance: some for utterance, some in reports.items() if not said.isdisjoint(some)}


def _words(quad: ox.Quad) -> tuple[str, str, str]:
    return str(getattr(quad.subject, "value", "")), quad.predicate.value, str(getattr(quad.object, "value", ""))


def _elsewhere(store: Store, changed: Collection[str], told: Set[tuple[str, str, str]]) -> bool:
    """Whether the graphs that changed gave, or give, a thing another name or place than it has in other graphs, and so there too."""

    def wide(triples: Iterable[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
        return {(s, p, o) for s, p, o in triples if p in WIDE and s.startswith(WIDE[p])}

    now = wide(_words(quad) for graph in changed for quad in store.quads(graph))
    for s, p, o in wide(told) ^ now:
        others = {o for o, graph in rows(store, f"SELECT DISTINCT ?o ?g {{ GRAPH ?g {{ <{s}> <{p}> ?o }} }}") if graph not in changed}
        if others and o not in others and (p != RDFS + "label" or o < min(others)):  # of several names the first counts
            return True
    return False
