"""Annotation <-> triples: the file comes back whole, the same input gives the same graph, and things meet across articles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import (
    Actor,
    Annotation,
    Annotator,
    Article,
    Claim,
    Commitment,
    Condition,
    ConditionUse,
    Reference,
    Registry,
    Span,
    Statement,
)  # fmt: skip
from kg.triples import (
    Iri,
    Triple,
    annotation_triples,
    article_iri,
    from_triples,
    nodes,
    registry_triples,
    same_statements,
    thing_id,
    thing_iri,
    to_triples,
)  # fmt: skip
from kg.triples.terms import Literal, short
from kg.vocabulary import OA, RDF, RDFS, SCHEMA, SKOS, SOURCE, kg
from tests.readings import ARTICLE, OWN, REGISTRY, TEXT, readings
from tests.support import whole


@given(readings())
def test_the_file_comes_back_whole(annotation: Annotation) -> None:
    """Everything the file says is in the graph, and nothing else comes out of it; the way there and back changes no triple."""
    graph = to_triples(ARTICLE, annotation, REGISTRY)
    article, back = from_triples(graph + annotation_triples(ARTICLE, annotation.annotator, "2026-01-06T00:00:00Z", "0" * 64, "1" * 64))
    assert article == ARTICLE
    assert whole(back) == whole(annotation)
    assert back.annotator == annotation.annotator
    assert back.actors == tuple(sorted(OWN, key=lambda a: a.id))
    assert to_triples(article, back, REGISTRY) == graph
    assert from_triples(to_triples(article, back, REGISTRY))[1] == replace(back, annotator=Annotator(""))


@given(readings(), st.randoms())
def test_the_order_of_a_file_does_not_matter(annotation: Annotation, random: Any) -> None:
    """Entries in another order give the same bytes."""

    def mixed(part: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(part, len(part)))

    a = annotation
    other = Annotation(a.annotator, mixed(a.statements), mixed(a.commitments), mixed(a.conditions), mixed(a.claims), mixed(a.actors))
    assert to_triples(ARTICLE, other, REGISTRY) == to_triples(ARTICLE, annotation, REGISTRY)


@given(readings())
def test_every_passage_is_its_slice(annotation: Annotation) -> None:
    """oa:exact stands at [oa:start, oa:end), with what stands before and after it."""
    graph = to_triples(ARTICLE, annotation, REGISTRY)
    by_subject: dict[str, dict[str, str]] = {}
    for s, p, o in graph:
        if p.startswith(OA):
            by_subject.setdefault(s, {})[p.removeprefix(OA)] = o if isinstance(o, Iri) else o.value
    assert by_subject
    for found in by_subject.values():
        start, end = int(found["start"]), int(found["end"])
        assert TEXT[start:end] == found["exact"] and TEXT[:start].endswith(found["prefix"]) and TEXT[end:].startswith(found["suffix"])


@given(st.text(min_size=1), st.data())
def test_spans_come_back_under_any_text(text: str, data: st.DataObject) -> None:
    """Whatever the text is made of, it and its spans are the same after the way there and back."""
    starts = st.integers(0, len(text) - 1)
    spans = [
        Span.of(text, start, data.draw(st.integers(start + 1, len(text)))) for start in data.draw(st.lists(starts, min_size=2, max_size=4))
    ]
    article = Article("a", text)
    said = Statement("s1", tuple(sorted(set(spans[1:]))), "direct", "asserts", cue=spans[0])
    back, annotation = from_triples(to_triples(article, Annotation(Annotator(""), (said,)), REGISTRY))
    assert back == article and annotation.statements == (said,)


SAID = Statement("s1", (Span.of(TEXT, 14, 37),), "indirect", "pledges", cue=Span.of(TEXT, 9, 13), expresses="c1", stance="pledged")
SHIPS = Commitment("c1", (Reference("norland", Span.of(TEXT, 14, 21)),), Reference("send-ships", Span.of(TEXT, 27, 37)))


def graph_of(*statements: Statement, commitment: Commitment = SHIPS, article: Article = ARTICLE) -> list[Triple]:
    return to_triples(article, Annotation(Annotator("me"), statements, (commitment,)), REGISTRY)


def test_articles_meet_in_what_they_share() -> None:
    """A commitment has one IRI in both articles, whatever its words; a statement belongs to its article alone."""
    other = replace(SHIPS, committer=(Reference("norland"),), action=Reference("send-ships"))
    one, two = graph_of(SAID), graph_of(SAID, commitment=other, article=replace(ARTICLE, id="b"))

    def of_class(graph: list[Triple], name: str) -> set[str]:
        return {s for s, p, o in graph if (p, o) == (RDF + "type", kg(name))}

    assert of_class(one, "Commitment") == of_class(two, "Commitment") != set()
    assert not of_class(one, "Statement") & of_class(two, "Statement")


def test_figures_are_part_of_a_claim() -> None:
    """Two figures of one measure are two claims, or they could not contradict each other."""
    claims = [Claim(f"q{n}", Span.of(TEXT, 0, 8), "Paris summit", "leaders", n, n) for n in (27, 35)]
    annotation = Annotation(
        Annotator("me"),
        tuple(Statement(c.id + "s", (c.text,), "indirect", "asserts", expresses=c.id) for c in claims),
        claims=tuple(claims),
    )
    labels = {
        o.value
        for s, p, o in to_triples(ARTICLE, annotation, REGISTRY)
        if p == RDFS + "label" and "/claim/" in s and not isinstance(o, Iri)
    }
    assert labels == {"Paris summit: 27 (leaders)", "Paris summit: 35 (leaders)"}


@pytest.mark.parametrize(("lowest", "highest", "unit", "label"), [
    (27, 27, "leaders", "summit: 27 (leaders)"), (27, 35, "", "summit: 27 to 35 (leaders)"), (27, None, "men", "summit: at least 27 men (leaders)"),
    (None, 35, None, "summit: at most 35 (leaders)"), (None, None, None, "summit: a number (leaders)"),
])  # fmt: skip
def test_a_figure_is_told_with_its_bounds(lowest: int | None, highest: int | None, unit: str | None, label: str) -> None:
    """One value, two, either alone, none; with its unit where that is not what is counted."""
    claim = Claim("q1", Span.of(TEXT, 0, 8), "summit", "leaders", lowest, highest, unit)
    graph = to_triples(ARTICLE, Annotation(Annotator("me"), (replace(SAID, expresses="q1", stance=None),), claims=(claim,)), REGISTRY)
    assert [o.value for s, p, o in graph if p == RDFS + "label" and "/claim/" in s and not isinstance(o, Iri)] == [label]


def test_a_claim_about_something_alone_is_known_by_its_words() -> None:
    """Without a measure the words tell two of them apart; with both the figures do, whatever the words."""

    def claims(*some: Claim) -> int:
        said = tuple(replace(SAID, id=f"s{n}", expresses=claim.id, stance=None) for n, claim in enumerate(some))
        graph = to_triples(ARTICLE, Annotation(Annotator("me"), said, claims=some), REGISTRY)
        return len({s for s, p, o in graph if (p, o) == (RDF + "type", kg("Claim"))})

    one, two = (Claim(f"q{start}", Span.of(TEXT, start, 20), "summit") for start in (0, 4))
    assert claims(one, two) == 2
    assert claims(replace(one, measure="men", lowest=3), replace(two, measure="men", lowest=3)) == 1


def test_a_condition_is_labelled_by_who_decides_it() -> None:
    """All of them, or nobody."""
    for by, label in (((), "truce (event)"), (("norland", "assembly"), "truce (event by Norland and Norland Assembly)")):
        condition = Condition("k1", Span.of(TEXT, 0, 8), "truce", "event", tuple(map(Reference, by)))
        said = replace(SAID, conditions=(ConditionUse("k1"),))
        graph = to_triples(ARTICLE, Annotation(Annotator("me"), (said,), (SHIPS,), (condition,)), REGISTRY)
        assert [o.value for s, p, o in graph if p == RDFS + "label" and "/condition/" in s and not isinstance(o, Iri)] == [label]


def test_what_a_claim_says_of_a_pledge_is_part_of_it() -> None:
    """One wording, "kept its word", of two pledges: two claims, or the graph would say both of both."""
    other = replace(SHIPS, id="c2", action=Reference("eat-fish"))
    claims = (Claim("q1", Span.of(TEXT, 0, 8), says=("kept", "c1")), Claim("q2", Span.of(TEXT, 0, 8), says=("broken", "c2")))
    said = tuple(replace(SAID, id=f"s{n}", expresses=id, stance=None) for n, id in enumerate(["q1", "q2"]))
    annotation = Annotation(Annotator(""), said, (SHIPS, other), (), claims)
    assert whole(from_triples(to_triples(ARTICLE, annotation, REGISTRY))[1]) == whole(annotation)


def test_entries_of_one_condition_keep_what_each_depends_on() -> None:
    """The same circumstance in other words is another entry, with its own needs and those in their own words."""
    needs = [Condition(id, Span.of(TEXT, start, start + 9), "truce", "event") for id, start in (("k3", 60), ("k4", 70))]
    entries = [
        Condition(id, Span.of(TEXT, start, start + 8), "vote", "event", (), (need,))
        for id, start, need in (("k1", 20, "k4"), ("k2", 40, "k3"))
    ]
    said = tuple(
        replace(SAID, id=f"s{n}", content=(Span.of(TEXT, n, 30),), conditions=(ConditionUse(e.id),)) for n, e in enumerate(entries)
    )
    annotation = Annotation(Annotator(""), said, (SHIPS,), (*entries, *needs))
    assert whole(from_triples(to_triples(ARTICLE, annotation, REGISTRY))[1]) == whole(annotation)


def test_two_entries_of_one_statement_are_named() -> None:
    """Same words, speaker, cue, force and entry: one thing; another force: two."""
    annotation = Annotation(
        Annotator("me"), (SAID, replace(SAID, id="s2", mode="mixed"), replace(SAID, id="s3", force="asserts")), (SHIPS,)
    )
    assert [set(pair) for pair in same_statements(ARTICLE, annotation, REGISTRY)] == [{"s1", "s2"}]
    assert {"s3", "c1"} <= set(nodes(ARTICLE, annotation, REGISTRY).values())


@pytest.mark.parametrize(("action", "broader"), [
    ("send-old-ships", "send-ships"), ("sell-ships", "send-ships"), ("withdraw-ships", None), ("eat-fish", None),
])  # fmt: skip
def test_an_unknown_action_stands_below_the_one_whose_name_it_contains(action: str, broader: str | None) -> None:
    """A minted concept gets the registry's as its broader one, and all above it, unless its words undo it."""
    graph = graph_of(SAID, commitment=replace(SHIPS, action=Reference(action)))
    iri = thing_iri("action", action)
    above = {thing_id(o) for s, p, o in graph if s == iri and p == SKOS + "broaderTransitive" and isinstance(o, Iri)}
    assert above == ({action, "send-ships", "help"} if broader else {action})


def test_the_registry_is_written_once_and_whole() -> None:
    """Concepts with what is above them, reflexively; an article's graph does not describe them again."""
    registry = registry_triples(REGISTRY)
    assert (thing_iri("action", "send-ships"), SKOS + "broaderTransitive", thing_iri("action", "help")) in registry
    assert registry == sorted(set(registry), key=registry.index)
    described = {s for s, p, _ in graph_of(SAID) if p == RDF + "type"}
    assert thing_iri("action", "send-ships") not in described and thing_iri("actor", "norland") not in described


def test_an_actor_has_its_bodies_and_its_equals() -> None:
    """Membership, other registries' names of it, where that is from."""
    actor = Actor("norland", "Norland", "state", ("Nordland",), ("union",), ("http://x.test/Q1",), ("a list",))
    union, iri = Actor("union", "Union", "alliance"), thing_iri("actor", "norland")
    graph = {(p, o) for s, p, o in registry_triples(Registry({"norland": actor, "union": union})) if s == iri}
    assert {(kg("memberOf"), thing_iri("actor", "union")), (SCHEMA + "sameAs", Iri("http://x.test/Q1"))} <= graph
    assert {(SOURCE, Literal("a list")), (SKOS + "altLabel", Literal("Nordland"))} <= graph


@pytest.mark.parametrize(
    ("words", "short_"), [("a" * 80, "a" * 80), ("a" * 81, "a" * 79 + "…"), ("a  b\n", "a b"), ("a" * 78 + " bc", "a" * 78 + "…")]
)
def test_a_label_is_cut_at_its_length(words: str, short_: str) -> None:
    """What is just as long stands whole; a cut leaves no space before its sign."""
    assert short(words, 80) == short_


def test_an_unknown_actor_is_not_invented() -> None:
    """An id that neither the registry nor the reading describes is an error, never a new actor."""
    with pytest.raises(KeyError):
        graph_of(SAID, commitment=replace(SHIPS, committer=(Reference("nobody"),)))


@given(st.text(min_size=1))
def test_any_id_makes_a_safe_iri(id: str) -> None:
    """The way from an id to its IRI and back loses nothing, and the IRI holds only characters of one path segment."""
    iri = article_iri(id.encode("utf-8", "replace").decode())
    assert thing_id(iri) == id.encode("utf-8", "replace").decode()
    assert iri.count("/") == article_iri("a").count("/") and not set(iri) & set(' <>"{}|\\^`\n')
