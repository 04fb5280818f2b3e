"""A screen lets no graph through that breaks its rule by the query."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.corpus import Corpus
from kg.actors import load_registry
from kg.check import rules
from kg.screening import SCREENS, passes
from kg.shacl import Facts
from kg.store.embedded import lines_of, memory_of
from kg.triples import Iri, Literal, Triple, to_triples
from kg.vocabulary import OA, RDF, RDFS, SCHEMA, XSD, concept, kg
from tests.test_shacl import GRAPHS as ALL

GRAPHS = {name: graph for name, graph in ALL.items() if len(graph) > 8}
QUERIES = {code: rule.query for code, rule in rules().items() if rule.query and rule.scope != "store"}
TERMS = [kg(term) for term in (
    "anyOf", "member", "requires", "exceptIf", "triggeredBy", "attaches", "dependsOn", "partOf", "relayedBy", "passage", "mention", "role", "refersTo",
    "speaker", "committer", "decidedBy", "expresses", "inferred", "mode", "text", "sha256", "saidOn", "reportedIn", "from", "to")]  # fmt: skip
TERMS += [RDF + "type", RDFS + "label", SCHEMA + "datePublished", *(OA + term for term in ("exact", "start", "end", "hasSource"))]
WORDS = (
    "7", "007", "+7", "-0", "7.0", "1", "true", "", "x", "2026", "2025-12", "2026-01-06", "2026-01-06Z", "2026+00:00", "-02026Z", "2026-02-30", "0007",
    '"x', "a\n\x1c\n“x", "99",
)  # fmt: skip
TYPES = [XSD + name for name in ("string", "integer", "decimal", "double", "boolean", "date", "gYear", "gYearMonth", "dateTime", "anyURI")]


def broken(graph: list[Triple]) -> set[str]:
    """The codes of the queries that find something."""
    store = memory_of(lines_of("x:g", graph))
    return {code for code, query in QUERIES.items() if store.select(query)}


def let_through(graph: list[Triple]) -> set[str]:
    facts = Facts(graph)
    return {code for code in QUERIES if passes(code, facts)}


def damaged(graph: list[Triple], chance: random.Random) -> list[Triple]:
    """The graph with one to six of what the queries look at taken out, turned, said of another thing, or with a value that engines read as another."""
    out = list(graph)
    for _ in range(chance.randint(1, 6)):
        at = chance.choice([n for n, t in enumerate(out) if t[1] in TERMS])
        s, p, o = out[at]
        like = chance.choice([t for t in out if t[1] == p])
        other, property = chance.choice(out), Iri(chance.choice(TERMS))
        literal = Literal(chance.choice(WORDS), chance.choice(TYPES))
        out[at : at + 1] = chance.choice(
            (
                [],
                [(s, p, o), (s, p, like[2])],
                [(like[0], p, o), (s, p, like[2])],
                [(s, p, o), (s, property, o)],
                [(s, p, o), (s, property, other[0])],
                [(s, p, o), (s, p, other[0]), (other[0], p, s)],
                [(s, p, literal)],
                [(s, p, o), (s, p, literal), (s, p, Literal(literal.value, chance.choice(TYPES)))],
                [(s, p, literal), (s, property, Literal(chance.choice(WORDS), literal.datatype))],
                [(s, p, o if isinstance(o, Iri) else Literal(o.value + chance.choice(WORDS), chance.choice(TYPES)))],
            )
        )
    return out


def test_screens_are_of_rules_there_are() -> None:
    """Each of a query that is asked of articles; a rule without one is asked of all."""
    assert SCREENS.keys() <= QUERIES.keys()
    assert not passes("no-such-rule", Facts([]))


@pytest.mark.parametrize("name", ALL)
def test_examples_that_break_a_rule_are_held_back(name: str) -> None:
    """Those of every rule there is, and those that are in order."""
    assert not broken(ALL[name]) & let_through(ALL[name])


def test_articles_in_order_are_let_through() -> None:
    """Or nothing would be spared."""
    registry = load_registry()
    for article, annotation in itertools.islice(Corpus(registry).articles(), 30):
        assert let_through(to_triples(article, annotation, registry)) == SCREENS.keys()


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 200))])
def test_damaged_graphs_that_break_a_rule_are_held_back(seed: int) -> None:
    """Whatever is wrong with a graph, in whatever way."""
    chance = random.Random(seed)
    for _ in range(20):
        graph = damaged(GRAPHS[chance.choice(list(GRAPHS))], chance)
        assert not broken(graph) & let_through(graph)


def test_days_are_compared_as_the_query_compares_them() -> None:
    """In whatever form, and of whatever kind: the engine reads some as another, and those are held back."""
    chance = random.Random(0)
    codes: Counter[str] = Counter()
    for _ in range(300):
        first, then = (Literal(chance.choice(WORDS), chance.choice(TYPES)) for _ in range(2))
        graph: list[Triple] = [(Iri("x:t"), Iri(kg("from")), first), (Iri("x:t"), Iri(kg("to")), then)]
        assert not broken(graph) & let_through(graph)
        codes.update(broken(graph))
    assert codes["tenure-reversed"] > 50
    later, sooner = Literal("2026-02", XSD + "gYearMonth"), Literal("2026-01-31", XSD + "date")
    assert passes("tenure-reversed", Facts([(Iri("x:t"), Iri(kg("from")), sooner), (Iri("x:t"), Iri(kg("to")), later)]))


@given(st.text("\"'“”„»‘( \n\t\x1c\u2028a", max_size=12), st.sampled_from(["we", "“we", '"we', "'we"]))
@example('“a" \n\x1c\n', "we")
@example('a"\n\n', "we")
def test_marks_are_looked_for_where_the_query_looks(before: str, words: str) -> None:
    """In the line and in the paragraph, whatever stands between its lines."""
    text, start = before + words, Literal(str(len(before)), XSD + "integer")
    said: list[tuple[str, str, Iri | Literal]] = [
        ("x:s", kg("mode"), Iri(concept("modes", "direct"))), ("x:s", kg("passage"), Iri("x:p")), ("x:p", OA + "exact", Literal(words)),
        ("x:p", OA + "start", start), ("x:p", OA + "hasSource", Iri("x:a")), ("x:a", kg("text"), Literal(text))]  # fmt: skip
    graph: list[Triple] = [(Iri(s), Iri(p), o) for s, p, o in said]
    assert passes("mode-direct-unquoted", Facts(graph)) <= ("mode-direct-unquoted" not in broken(graph))


def test_the_damage_does_harm() -> None:
    """To almost every rule, so that what holds above says something."""
    chance = random.Random(0)
    found = Counter(code for _ in range(300) for code in broken(damaged(GRAPHS[chance.choice(list(GRAPHS))], chance)))
    assert len(found) >= len(QUERIES) - 2, found
