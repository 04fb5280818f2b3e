"""What a condition depends on in its article, however deep: the questions that follow it, beside the rule spelt out in Python."""

from __future__ import annotations

from typing import NamedTuple

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.actors import load_registry
from kg.model import Annotation, Annotator, Article, Commitment, Condition, ConditionUse, Reference, Span, Statement
from kg.query import ask_store, load_query
from kg.store.embedded import Store, memory, quads
from kg.triples import article_iri, from_triples, registry_triples, to_triples
from kg.vocabulary import REGISTRY_GRAPH

THINGS = ("rain", "snow", "wind", "hail", "fog")  # a condition depends on later ones only: no circles, in whatever articles
REGISTRY = load_registry()
KNOWN = [*quads(REGISTRY_GRAPH, registry_triples(REGISTRY))]
Edge = tuple[str, str]


class Entry(NamedTuple):
    """An entry for a condition: which one it is, and on which entries of the same article it depends."""

    thing: int
    needs: frozenset[int]


entries = st.lists(st.tuples(st.integers(0, 4), st.frozensets(st.integers(0, 5), max_size=2)), min_size=1, max_size=6)
articles = st.lists(
    st.tuples(entries, st.lists(st.frozensets(st.integers(0, 5), min_size=1, max_size=2), min_size=1, max_size=2)), min_size=1, max_size=3
)


def reading(
    number: int, drawn: list[tuple[int, frozenset[int]]], attached: list[frozenset[int]]
) -> tuple[Article, Annotation, list[Entry]]:
    """An article in which each statement is a sentence and each entry has a word of its own; entries that nothing uses are left out."""
    every = [Entry(thing, frozenset(n for n in needs if n < len(drawn) and drawn[n][0] > thing)) for thing, needs in drawn]
    uses = [{every[n].thing: n for n in sorted(some) if n < len(every)} for some in attached]  # one entry of each condition
    used, waiting = set(), [n for some in uses for n in some.values()]
    while waiting:
        n = waiting.pop()
        used.add(n)
        waiting += every[n].needs - used
    text = "".join(f"Germany will send troops {n}. " for n in range(len(attached))) + " ".join(f"word{n}" for n in range(len(every)))

    def span(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words), words)

    conditions = tuple(
        Condition(f"k{n}", span(f"word{n}"), THINGS[every[n].thing], "event", depends_on=tuple(f"k{m}" for m in sorted(every[n].needs)))
        for n in sorted(used)
    )
    commitments, statements = [], []
    for n, some in enumerate(uses):
        words = f"will send troops {n}"
        commitments.append(Commitment(f"c{n}", (Reference("germany"),), Reference("deploy-troops", span(words))))
        hangs = tuple(ConditionUse(f"k{m}") for m in some.values())
        statements.append(
            Statement(f"s{n}", (span(words),), "indirect", "pledges", expresses=f"c{n}", stance="pledged", conditions=hangs, inferred=True)
        )
    annotation = Annotation(Annotator("test"), tuple(statements), tuple(commitments), conditions)
    return Article(f"a{number}", text), annotation, every


def store_of(made: list[tuple[Article, Annotation, list[Entry]]]) -> Store:
    """Them and the registry."""
    found = [*KNOWN]
    for article, annotation, _ in made:
        found += quads(article_iri(article.id), to_triples(article, annotation, REGISTRY))
    return memory(found)


def told(store: Store, name: str, parameters: dict[str, str], *columns: str) -> set[tuple[str, ...]]:
    """These columns of what a named query answers: a condition by the name of its circumstance, anything else as it is."""
    answer = ask_store(store, load_query(name), parameters)
    at = [answer.columns.index(column) for column in columns]
    return {tuple(plain(row[k]) for k in at) for row in answer.rows}


def plain(term: object) -> str:
    """A condition's circumstance, an article's id, a literal's value; empty for nothing."""
    value = getattr(term, "value", "")
    return value.rpartition("/")[2].partition("-")[0] if isinstance(term, ox.NamedNode) else value


def below(edges: set[Edge], tops: set[str]) -> set[str]:
    """Whatever these depend on, however deep."""
    found: set[str] = set()
    while new := {b for a, b in edges if a in tops | found} - found:
        found |= new
    return found


@settings(max_examples=40)
@given(articles)
def test_what_a_statement_hangs_on_is_what_its_own_article_says(
    drawn: list[tuple[list[tuple[int, frozenset[int]]], list[frozenset[int]]]],
) -> None:
    """Of one condition the needs of all its entries, on every step; never a step that only another article takes."""
    made = [reading(n, *one) for n, one in enumerate(drawn)]
    conditioned: set[tuple[str, ...]] = set()
    steps: set[tuple[str, ...]] = set()
    for article, annotation, _ in made:
        thing = {c.id: c.circumstance for c in annotation.conditions}
        edges = {(thing[c.id], thing[needed]) for c in annotation.conditions for needed in c.depends_on}
        for statement in annotation.statements:
            tops = {thing[use.id] for use in statement.conditions}
            start = str(article.text.index(f"Germany {statement.content[0].text}"))
            conditioned |= {(article.id, start, top, "") for top in tops}
            conditioned |= {(article.id, start, needed, top) for top in tops for needed in below(edges, {top})}
            steps |= {(article.id, a, b) for a, b in edges if a in tops | below(edges, tops)}
    store = store_of(made)
    every = {"kind": "event", "decider": "any"}
    assert told(store, "commitments_conditioned", every, "article", "start", "condition", "through") == conditioned
    tree = told(store, "conditions_tree", {}, "binding", "article", "under", "condition")
    assert {row[1:] for row in tree if row[0] == "depends on"} == steps
    chart = told(store, "who-what-only-if", {}, "article", "condition", "dependsOn")
    assert {row for row in chart if row[2]} == steps


@settings(max_examples=40)
@given(articles)
def test_that_a_statement_mentions_what_its_conditions_need_changes_no_entry(
    drawn: list[tuple[list[tuple[int, frozenset[int]]], list[frozenset[int]]]],
) -> None:
    """Read back, each entry depends on what it depended on, though another entry of the same condition depends on more."""
    for n, one in enumerate(drawn):
        article, annotation, _ = reading(n, *one)
        words = {c.id: c.text.text for c in annotation.conditions}
        back = from_triples(to_triples(article, annotation, REGISTRY))[1]
        again = {c.id: c.text.text for c in back.conditions}
        assert {(again[c.id], *(sorted(again[d] for d in c.depends_on))) for c in back.conditions} == {
            (words[c.id], *(sorted(words[d] for d in c.depends_on))) for c in annotation.conditions
        }
        assert [sorted(again[use.id] for use in s.conditions) for s in back.statements] == [
            sorted(words[use.id] for use in s.conditions) for s in annotation.statements
        ]
