"""Annotation <-> triples: the file comes back whole, the same input gives the same graph, and things meet across articles."""

from __future__ import annotations

from collections.abc import Callable
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
    Concept,
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
from kg.vocabulary import CHANNELS, FORCES, KINDS, MODES, OA, RDF, RDFS, SKOS, STANCES, STRENGTHS, kg
from tests.support import whole

TEXT = "Ann Berg said Norland will send ships once the Assembly agrees. “Not before,” she added; Sudland 🚢 may follow in 2027.\n"
REGISTRY = Registry(
    {"norland": Actor("norland", "Norland", "state"), "assembly": Actor("assembly", "Norland Assembly", "parliament")},
    {"actions": {"send-ships": Concept("send-ships", "send ships", ("ships",), ("help",)), "help": Concept("help", "help")}},
)
OWN = (Actor("ann-berg", "Ann Berg", "person", ("Berg",), ("norland",)), Actor("s-ü-d <&>", 'Süd "x" <&>\n', "unnamed source"))
ACTORS = ("norland", "assembly", *(a.id for a in OWN))
ARTICLE = Article(
    "a/b c", TEXT, "Ships", "The Gazette", "X. Y.", "2026-01", True, "https://example.org/a", "en", "a.txt", (3, 3 + len(TEXT))
)

spans = st.tuples(st.integers(0, len(TEXT) - 2), st.integers(1, 30)).map(lambda p: Span.of(TEXT, p[0], min(len(TEXT), p[0] + p[1])))
sure = st.none() | st.sampled_from([0, 1, 0.5, 0.123456789, 1e-07]).map(float)
found = st.none() | st.sampled_from(["rule: said", "<b>", "x\ty"])
dates = st.sampled_from(["2026", "2026-01", "2026-01-06"])


def unique(values: st.SearchStrategy[Any], key: Callable[[Any], Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=most, unique_by=key).map(tuple)


def references(targets: tuple[str, ...], least: int = 0) -> st.SearchStrategy[tuple[Reference, ...]]:
    """References in the order of a file that was read: by their words, one without words only once and last."""
    worded = st.builds(Reference, st.sampled_from(targets), spans, sure, found)
    bare = st.builds(Reference, st.sampled_from(targets))
    made = st.lists(worded | bare, min_size=least, max_size=3, unique_by=lambda r: (r.target, r.span))
    return made.map(_in_order)


def _in_order(made: list[Reference]) -> tuple[Reference, ...]:
    worded = {r.target for r in made if r.span}
    kept = [r for r in made if r.span or r.target not in worded]
    return tuple(sorted(kept, key=lambda r: (r.span is None, r.span or Span(0, 0, ""), r.target)))


@st.composite
def readings(draw: st.DrawFn) -> Annotation:
    """A reading as a file may hold it: each thing described in one way, everything used, no two statements alike."""
    conditions: list[Condition] = []
    for n in range(draw(st.integers(0, 3))):
        needs = tuple(sorted(draw(st.sets(st.sampled_from([c.id for c in conditions]), max_size=2)))) if conditions else ()
        conditions.append(
            Condition(
                f"k{n}",
                draw(spans),
                f"circumstance-{n}",
                draw(st.sampled_from(KINDS)),
                draw(references(ACTORS)),
                needs,
                None,
                draw(sure),
                draw(found),
            )
        )
    commitments: list[Commitment] = []
    for n in range(draw(st.integers(1, 3))):
        one = st.none() | st.builds(Reference, st.sampled_from(ACTORS), st.none() | spans)
        whole = draw(st.none() | st.sampled_from([c.id for c in commitments])) if commitments else None
        action = Reference(f"action-{n}", draw(st.none() | spans))
        commitments.append(Commitment(f"c{n}", draw(references(ACTORS, 1)), action, draw(one), draw(one), whole))
    if conditions:
        conditions[-1] = replace(conditions[-1], fulfilled_by=draw(st.none() | st.sampled_from([c.id for c in commitments])))
    number = st.none() | st.integers(-5, 10**15) | st.sampled_from([0.5, 12.25])
    claims = []
    for n in range(draw(st.integers(0, 2))):
        says = draw(
            st.none() | st.sampled_from([("kept", "c0"), ("broken", "c0"), *([("met", "k0"), ("failed", "k0")] if conditions else [])])
        )
        claims.append(
            Claim(
                f"q{n}",
                draw(spans),
                f"about {n}",
                "ships",
                draw(number),
                draw(number),
                draw(st.none() | st.just("ships")),
                says,
                draw(sure),
                draw(found),
            )
        )
    statements: list[Statement] = []
    expressed = [*(c.id for c in commitments), *(c.id for c in claims)]
    told: list[str | None] = [*expressed, *draw(st.lists(st.none() | st.sampled_from(expressed), max_size=3))]
    for n, entry in enumerate(told):
        used = conditions if n == 0 else draw(st.lists(st.sampled_from(conditions), unique=True)) if conditions else []
        statements.append(_statement(draw, f"s{n}", n, entry, used, [s.id for s in statements]))
    return Annotation(Annotator("me", "1", True), tuple(statements), tuple(commitments), tuple(conditions), tuple(claims), OWN)


def _statement(draw: st.DrawFn, id: str, n: int, entry: str | None, used: list[Condition], earlier: list[str]) -> Statement:
    uses = [
        ConditionUse(c.id, *draw(st.sampled_from([("if", "requirement"), ("unless", "requirement"), ("if", "trigger")])),
                     draw(_marker(c.text)), None, draw(sure), draw(found))
        for c in used
    ]  # fmt: skip
    if len({(u.polarity, u.role) for u in uses}) == 1 and len(uses) > 1:
        uses = [replace(u, any_of="g1") for u in uses]
    content = {Span.of(TEXT, n, n + 5), *draw(st.lists(spans, max_size=2))}  # the first differs, so the statements do
    places = ("here", "there", "sea <x>")
    only = draw(references(places[:2]))
    return Statement(
        id, tuple(sorted(content)), draw(st.sampled_from(MODES)), draw(st.sampled_from(FORCES)), draw(references(ACTORS)), draw(references(ACTORS)),
        draw(references(ACTORS)), draw(references(ACTORS)), draw(st.none() | spans), draw(st.none() | st.sampled_from(CHANNELS)),
        draw(st.none() | st.builds(Reference, dates) | st.builds(Reference, dates | st.just(""), spans, sure, found)),
        draw(st.none() | st.sampled_from(earlier)) if earlier else None, entry, draw(st.none() | st.sampled_from(STANCES)),
        draw(st.none() | st.sampled_from(STRENGTHS)), only, draw(references(places[2:])), tuple(uses), draw(sure), draw(found), draw(st.booleans()),
    )  # fmt: skip


def _marker(text: Span) -> st.SearchStrategy[Span | None]:
    return st.none() | spans | st.just(text)


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
