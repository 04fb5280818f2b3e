"""Counts over columns: the engine's rows, and what is no count is left to the engine."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.query import list_queries
from kg.store import columns
from kg.store.columns import Columns, read_count
from kg.store.embedded import Store, create, open_store, writer
from kg.store.sparql import guard
from kg.triples import Iri, Literal, Triple
from kg.vocabulary import RDF, XSD

COUNTS = list_queries("counts")
PREFIX = "PREFIX x: <x:> "
STARS = (
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) (COUNT(DISTINCT ?r) AS ?all) WHERE { ?s x:p ?o ; x:q ?r . } GROUP BY ?o ORDER BY DESC(?n) ?o",
    "SELECT (COUNT(DISTINCT ?r) AS ?n) ?o { ?s x:p ?o . ?o x:q ?r } GROUP BY ?o",
    "SELECT ?a ?r (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?a ; x:q ?r , ?t ; a x:c } GROUP BY ?a ?r",
    "SELECT ?a ?r ?t (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?a ; x:q ?r . ?a x:r ?t } GROUP BY ?a ?r ?t ORDER BY ?n ?t ?r ?a",
    "SELECT ?s (COUNT(DISTINCT ?o) AS ?n) { ?s x:p ?o . ?s x:q ?o } GROUP BY ?s",
    "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s x:p ?o }",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) (COUNT(DISTINCT ?o) AS ?os) { ?s x:p ?o ; x:nowhere ?r }",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:nowhere ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o ; x:r 'a b' } GROUP BY ?o",
    "SELECT ?p (COUNT(DISTINCT ?o) AS ?n) { x:1 x:p ?o . ?o x:q ?p } GROUP BY ?p",
    "SELECT $o (COUNT(DISTINCT $s) AS ?n) { $s <x:r> $o } GROUP BY $o ORDER BY ASC(?o) LIMIT 3 OFFSET 1",
)
OTHER = (
    "SELECT ?o { ?s x:p ?o }",
    "SELECT DISTINCT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT *) AS ?n) { ?s x:p ?o } GROUP BY ?o",
    "SELECT ?o (SUM(?s) AS ?n) { ?s x:p ?o } GROUP BY ?o",
    "SELECT ?s (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?o) { ?s x:p ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?z) AS ?n) { ?s x:p ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o FILTER(?o != x:2) } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o OPTIONAL { ?s x:q ?r } } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p/x:q ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p+ ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s !x:p ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?o) AS ?n) { ?o x:p ?o } GROUP BY ?o",
    "SELECT (COUNT(*) AS ?n) { x:1 x:p x:2 }",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o ; x:r 'a'@en } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o ; x:r 'a'^^x:t } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o ; x:r 5 } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o } GROUP BY ?o HAVING (?n > 1)",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o } GROUP BY ?o ORDER BY COUNT(?s)",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o } GROUP BY ?o ORDER BY ?n LIMIT 1",
    "SELECT (STR(?o) AS ?t) (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o } GROUP BY (STR(?o) AS ?t)",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { [] x:p ?o ; x:q ?s } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { _:b x:p ?o ; x:q ?s } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s y:p ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o } GROUP BY ?o VALUES ?o { x:2 }",
    "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s x:p ?o } GROUP BY",
    "SELECT ?o (COUNT(?s) AS ?n) { ?s x:p ?o } GROUP BY ?o",
    "SELECT ?o (COUNT(*) AS ?n) { ?s x:p ?o } GROUP BY ?o",
    "ASK { ?s x:count ?o }",
    "",
)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Graphs drawn by chance that say some things together, with words of every kind; columns are worth it here."""
    monkeypatch.setattr(columns, "LEAST", 0)
    chance = random.Random(3)
    things = [Iri(f"x:{n}{more}") for n in range(4) for more in ("", "-a", "/b")]
    words = [Literal("a b"), Literal('say "a"\tor\n\\b'), Literal("5", XSD + "integer"), Literal("0.50", XSD + "decimal"), Literal("é 𝒳")]
    words += [
        Literal("-3", XSD + "integer"),
        Literal("true", XSD + "boolean"),
        Literal("2026-01", XSD + "gYearMonth"),
        Literal("1.0E3", XSD + "double"),
    ]
    values: list[Iri | Literal] = [*things, *words]
    create(tmp_path / "store")
    with writer(tmp_path / "store", "test", "2026-01-01T00:00:00Z") as writes:
        for name in "gh":
            drawn: list[Triple] = [(chance.choice(things), Iri("x:" + chance.choice("pqr")), chance.choice(values)) for _ in range(150)]
            drawn += [(thing, Iri(RDF + "type"), Iri("x:c")) for thing in chance.sample(things, 8)]
            writes.replace_graph(f"x:{name}", drawn, when="2026-01-01T00:00:00Z")
    return open_store(tmp_path / "store")


def rows(found: object) -> list[str]:
    assert isinstance(found, ox.QuerySolutions)
    return [str([str(v) for v in found.variables]), *(str(tuple(map(str, row))) for row in found)]


def test_there_are_counts() -> None:
    """Every file of queries/counts is a count that columns can answer."""
    assert len(COUNTS) >= 6
    assert all(read_count(query.text) for query in COUNTS)


@pytest.mark.parametrize("text", STARS)
def test_the_rows_are_the_engines(text: str, store: Store) -> None:
    """The first time, when the engine counts, and the second, when columns do; in the same order where there is one."""
    guarded = guard(PREFIX + text)
    first = rows(store.query(guarded))
    held = store._columns
    assert held and not held._terms
    second = rows(store.query(guarded))
    assert held._tables
    assert second == first if "ORDER BY" in text else sorted(second) == sorted(first)


@pytest.mark.parametrize("text", OTHER)
def test_what_is_no_such_count_is_not_taken_for_one(text: str) -> None:
    """Whatever the columns could not answer, or could answer otherwise."""
    assert read_count(PREFIX + text if text else "") is None


@pytest.mark.parametrize("query", COUNTS, ids=lambda q: q.name)
def test_named_counts_count_what_the_engine_counts(query: object, store: Store) -> None:
    """In a store that has nothing of the kind too: no rows."""
    text = query.text  # type: ignore[attr-defined]
    assert rows(store.query(text)) == rows(store.query(text))


def test_a_small_store_has_no_columns(tmp_path: Path) -> None:
    """The engine counts faster than numpy is imported."""
    create(tmp_path / "store")
    store = open_store(tmp_path / "store")
    for _ in range(3):
        store.query("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <x:p> ?o }")
    assert store._columns and not store._columns._tables


@pytest.mark.parametrize(
    "text",
    ["SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <x:p> ?o }", "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s <x:p> ?o ; <x:q> ?r . ?t <x:p> ?o }"],
)
def test_what_comes_to_too_much_the_engine_counts(text: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern or a join of more rows than may be held."""
    expected = rows(store.query(text))
    assert store._columns
    assert store._columns.answer(text) is not None
    store._columns._tables.clear()
    monkeypatch.setattr(columns, "MOST", 60)
    assert store._columns.answer(text) is None
    assert rows(store.query(text)) == expected


def test_a_snapshot_that_was_taken_away_is_still_counted(tmp_path: Path) -> None:
    """By the engine, which has its files open."""
    create(tmp_path / "store")
    store = open_store(tmp_path / "store")
    assert store.snapshot
    shutil.rmtree(store.snapshot)
    assert len(rows(store.query("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <x:p> ?o }"))) == 2


def test_patterns_with_nothing_in_common_and_blank_nodes_the_engine_counts() -> None:
    """All with all is never held, and a blank node cannot be written into a query."""
    answers = {"<x:p>": b"?s\t?o\n<x:1>\t_:b\n", "<x:q>": b"?s\t?o\n<x:2>\t<x:3>\n"}

    def ask(text: str) -> bytes:
        return next(told for word, told in answers.items() if word in text)

    held = Columns(Path("/proc/self/fd"), ask)
    held._worth, held._asked = True, 1
    assert held.answer("SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s <x:p> ?o . ?t <x:q> ?u }") is None
    assert held.answer("SELECT ?o (COUNT(DISTINCT ?o) AS ?n) { ?s <x:p> ?o } GROUP BY ?o") is None
    assert rows(held.answer("SELECT ?o (COUNT(DISTINCT ?o) AS ?n) { ?s <x:q> ?o } GROUP BY ?o"))[1:] == [
        """('<x:3>', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>')"""
    ]
