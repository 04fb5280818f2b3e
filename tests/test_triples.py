"""Annotation <-> triples: the file comes back whole, the same input gives the same graph, and things meet across articles."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, NamedTuple

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
    Tenure,
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
from kg.triples.terms import Literal, hashed, short, sort_triples
from kg.vocabulary import ACTOR_KINDS, ID, OA, RDF, RDFS, SCHEMA, SKOS, SOURCE, kg
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


def told(graph: list[Triple], subject: str, *but: str) -> dict[str, list[str]]:
    """What a graph says of a thing: the last part of each property but these -> what it holds, of an IRI the last part."""
    held: dict[str, list[str]] = {}
    for s, p, o in graph:
        if s == subject and (name := last(p)) not in but:
            held.setdefault(name, []).append(last(o) if isinstance(o, Iri) else o.value)
    return held


def last(iri: str) -> str:
    return re.split("[/#]", iri)[-1]


def found(graph: list[Triple], kind: str) -> list[str]:
    """The things of a class, in the graph's order."""
    return [s for s, p, o in graph if (p, o) == (RDF + "type", kg(kind))]


BERG = Reference("ann-berg", Span.of(TEXT, 0, 8))
VOTE = Condition(
    "k1",
    Span.of(TEXT, 43, 62),
    "vote",
    "approval",
    (Reference("assembly", Span.of(TEXT, 43, 55), 0.5, "rule"),),
    ("k2",),
    "c1",
    0.75,
    "model",
)
TRUCE = Condition("k2", Span.of(TEXT, 89, 96), "truce", "event")
HELP = Commitment("c2", (Reference("norland"),), Reference("help"))
FULL = replace(
    SAID, speaker=(BERG,), on_behalf_of=(Reference("norland"),), addressee=(Reference("assembly"),), channel="post", strength="firm",
    said_on=Reference("2026-01", Span.of(TEXT, 113, 117)), only_in=(Reference("baltic-sea"),), confidence=0.9, found_by="rule: x", inferred=True,
    conditions=(ConditionUse("k1", marker=Span.of(TEXT, 38, 42), any_of="g1", confidence=0.25), ConditionUse("k2", any_of="g1")),
)  # fmt: skip
AID = replace(SHIPS, beneficiary=Reference("assembly"), against=Reference("ann-berg"), part_of="c2")
MET = Claim("q1", Span.of(TEXT, 0, 8), "summit", "ships", 3, 4, "ships", ("met", "k1"), 0.5, "rule")
AGAIN = replace(SAID, id="s2", expresses="q1", stance=None, force="asserts", relayed_by="s1")
READING = Annotation(Annotator("me", "2"), (FULL, AGAIN), (AID, HELP), (VOTE, TRUCE), (MET,), OWN)


class Full(NamedTuple):
    """The graph of `READING`, and the IRIs of its statements and entries."""

    graph: list[Triple]
    first: str
    second: str
    ships: str
    help: str
    vote: str
    truce: str
    claim: str


@pytest.fixture(scope="module")
def full() -> Full:
    graph = to_triples(replace(ARTICLE, id="a"), READING, REGISTRY)

    def bearer(property: str, value: str) -> str:
        [one] = [s for s, p, o in graph if (p, o) == (kg(property), value)]
        return one

    return Full(
        graph, bearer("force", kg("force-pledges")), bearer("force", kg("force-asserts")), bearer("action", thing_iri("action", "send-ships")),
        bearer("action", thing_iri("action", "help")), bearer("kind", kg("kind-approval")), bearer("kind", kg("kind-event")), found(graph, "Claim")[0],
    )  # fmt: skip


def test_what_a_graph_says_of_an_article(full: Full) -> None:
    """All its file says of it, its text and the text's hash, and where in that file it stands."""
    assert told(full.graph, article_iri("a")) == {
        "type": ["Article"], "label": ["Ships (a)"], "author": ["X. Y."], "datePublished": ["2026-01"], "headline": ["Ships"], "inLanguage": ["en"],
        "publisher": ["The Gazette"], "url": ["https://example.org/a"], "publishedInferred": ["true"], "rawEnd": [str(3 + len(TEXT))], "rawFile": ["a.txt"],
        "rawStart": ["3"], "sha256": [ARTICLE.sha256], "text": [TEXT],
    }  # fmt: skip
    bare = to_triples(Article("a", TEXT), Annotation(Annotator("me")), REGISTRY)
    assert told(bare, article_iri("a"), "sha256") == {"type": ["Article"], "label": ["a"], "text": [TEXT]}


def test_what_a_graph_says_of_statements(full: Full) -> None:
    """Who says it, how, when, in which words of which sentence, what it expresses and what it hangs on; nothing of what it leaves open."""
    assert told(full.graph, full.first, "mention") == {
        "type": ["Statement"], "label": ["Ann Berg pledges: “Norland will send ships”"], "anyOf": ["1"], "attaches": [last(full.truce), last(full.vote)],
        "requires": [last(full.truce), last(full.vote)], "channel": ["channel-post"], "confidence": ["0.9"], "context": ["0-63"],
        "expresses": [last(full.ships)], "force": ["force-pledges"], "foundBy": ["rule: x"], "inferred": ["true"], "mode": ["mode-indirect"],
        "speaker": ["ann-berg"], "onBehalfOf": ["norland"], "addressee": ["assembly"], "onlyIn": ["baltic-sea"], "passage": ["14-37"],
        "reportedIn": ["a"], "saidOn": ["2026-01"], "stance": ["stance-pledged"], "strength": ["strength-firm"],
    }  # fmt: skip
    assert told(full.graph, full.second, "mention") == {
        "type": ["Statement"], "label": ["The article asserts: “Norland will send ships”"], "context": ["0-63"], "expresses": [last(full.claim)],
        "force": ["force-asserts"], "mode": ["mode-indirect"], "passage": ["14-37"], "relayedBy": [last(full.first)], "reportedIn": ["a"],
    }  # fmt: skip
    group = {"type": ["ConditionGroup"], "label": ["any of 2 conditions"], "member": [last(full.truce), last(full.vote)]}
    assert told(full.graph, f"{full.first}/any-of/1") == group


@pytest.mark.parametrize(("polarity", "role", "ways"), [
    ("if", "requirement", ["requires"]), ("unless", "requirement", ["exceptIf"]), ("if", "trigger", ["triggeredBy"]), ("unless", "trigger", ["exceptIf", "triggeredBy"]),
])  # fmt: skip
def test_how_a_condition_binds(polarity: str, role: str, ways: list[str]) -> None:
    """It is required, excepts or triggers; a statement for which it does both, or that has no words, is for the rules to find."""
    said = replace(SAID, content=(), conditions=(ConditionUse("k2", polarity, role),))
    graph = to_triples(ARTICLE, Annotation(Annotator("me"), (said,), (SHIPS,), (TRUCE,)), REGISTRY)
    [iri] = found(graph, "Statement")
    assert [p for p in told(graph, iri) if p in ("requires", "exceptIf", "triggeredBy")] == ways
    assert not {"context", "passage", "anyOf"} & set(told(graph, iri))


def test_what_a_graph_says_of_entries(full: Full) -> None:
    """Of a commitment, a condition and a claim all the file says, and how they hang together."""
    assert told(full.graph, full.ships) == {
        "type": ["Commitment"], "label": ["Norland: send ships for Norland Assembly against Ann Berg"], "action": ["send-ships"], "against": ["ann-berg"],
        "beneficiary": ["assembly"], "committer": ["norland"], "partOf": [last(full.help)],
    }  # fmt: skip
    assert told(full.graph, full.help) == {"type": ["Commitment"], "label": ["Norland: help"], "action": ["help"], "committer": ["norland"]}
    assert told(full.graph, full.vote, "mention") == {
        "type": ["Condition"], "label": ["vote (approval by Norland Assembly)"], "circumstance": ["vote"], "decidedBy": ["assembly"],
        "dependsOn": [last(full.truce)], "fulfilledBy": [last(full.ships)], "kind": ["kind-approval"], "passage": ["43-62"],
    }  # fmt: skip
    assert told(full.graph, full.claim) == {
        "type": ["Claim"], "label": ["summit: 3 to 4 (ships)"], "about": ["summit"], "highest": ["4"], "lowest": ["3"], "measure": ["ships"],
        "passage": ["0-8"], "saysMet": [last(full.vote)], "unit": ["ships"],
    }  # fmt: skip


def test_what_a_graph_says_of_words(full: Full) -> None:
    """A mention is a passage with a role, what it refers to and how sure that is; a passage says where it stands, with 32 characters each way."""
    [marker] = [s for s, p, o in full.graph if (p, o) == (kg("role"), kg("role-marker"))]
    assert told(full.graph, marker) == {
        "type": ["Mention", "Passage"], "label": ["marker: “once”"], "exact": ["once"], "start": ["38"], "end": ["42"], "hasSource": ["a"],
        "prefix": ["rg said Norland will send ships "], "suffix": [" the Assembly agrees. “Not befor"], "confidence": ["0.25"],
        "refersTo": [last(full.vote)], "role": ["role-marker"],
    }  # fmt: skip
    [claim] = [s for s, p, o in full.graph if (p, o) == (kg("role"), kg("role-claim"))]
    assert told(full.graph, claim, "prefix", "suffix") == {
        "type": ["Mention", "Passage"], "label": ["claim: “Ann Berg”"], "exact": ["Ann Berg"], "start": ["0"], "end": ["8"], "hasSource": ["a"],
        "confidence": ["0.5"], "foundBy": ["rule"], "refersTo": [last(full.claim)], "role": ["role-claim"],
    }  # fmt: skip
    assert told(full.graph, article_iri("a") + "/passage/0-8") == {
        "type": ["Passage"], "label": ["“Ann Berg”"], "exact": ["Ann Berg"], "start": ["0"], "end": ["8"], "hasSource": ["a"], "prefix": [""],
        "suffix": [TEXT[8:40]],
    }  # fmt: skip


def test_mentions_hang_where_they_belong(full: Full) -> None:
    """The words of what a statement says, and of what its conditions need, under the statement, a decider's, a marker's and a need's under the condition's."""

    def roles(owner: str) -> list[str]:
        mentions = [o for s, p, o in full.graph if s == owner and p == kg("mention")]
        return sorted(last(o) for s, p, o in full.graph if s in mentions and p == kg("role") and isinstance(o, Iri))

    assert roles(full.first) == [
        f"role-{name}"
        for name in ("action", "committer", "condition", "condition", "condition", "cue", "date", "decider", "marker", "speaker")
    ]
    assert roles(full.second) == [f"role-{name}" for name in ("claim", "condition", "cue", "decider")]
    assert roles(full.vote) == ["role-condition"]
    below = {
        tuple(roles(s))
        for s, p, o in full.graph
        if (p, o) == (kg("refersTo"), full.vote) and (s, Iri(kg("role")), Iri(kg("role-condition"))) in full.graph
    }
    assert below == {("role-condition", "role-decider", "role-marker"), ("role-condition", "role-decider")}


def test_every_node_knows_its_entry(full: Full) -> None:
    """Statements, their groups and cues lead to the statement, an entry's words to the entry."""
    at = nodes(replace(ARTICLE, id="a"), READING, REGISTRY)
    entries = {
        full.first: "s1",
        full.second: "s2",
        f"{full.first}/any-of/1": "s1",
        full.ships: "c1",
        full.help: "c2",
        full.vote: "k1",
        full.truce: "k2",
        full.claim: "q1",
    }
    assert {iri: at[iri] for iri in entries} == entries
    role = {str(s): last(o) for s, p, o in full.graph if p == kg("role") and isinstance(o, Iri)}
    assert {(role[iri], id) for iri, id in at.items() if iri in role} == {
        *((f"role-{name}", "s1") for name in ("speaker", "cue", "date", "marker")), ("role-cue", "s2"), ("role-claim", "q1"), ("role-action", "c1"),
        ("role-committer", "c1"), ("role-condition", "k1"), ("role-decider", "k1"), ("role-condition", "k2"),
    }  # fmt: skip


def test_of_entries_of_one_thing_the_one_that_could_be_at_fault_is_named() -> None:
    """The one that is part of a whole, that depends on something or is fulfilled by it, wherever it stands."""
    plain, other = replace(VOTE, id="k3", depends_on=(), fulfilled_by=None), replace(SHIPS, id="c3")
    for at_fault in (replace(VOTE, fulfilled_by=None), replace(VOTE, depends_on=())):
        for conditions in ((at_fault, plain, TRUCE), (plain, TRUCE, at_fault)):
            for commitments in ((AID, HELP, replace(AID, id="c3", part_of=None)), (replace(AID, id="c3", part_of=None), HELP, AID)):
                annotation = Annotation(Annotator("me"), (), commitments, conditions, (), OWN)
                named = set(nodes(ARTICLE, annotation, REGISTRY).values())
                assert {"k1", "c1"} <= named and not {"k3", "c3"} & named
    annotation = Annotation(Annotator("me"), (), (SHIPS, other), (plain, replace(plain, id="k4")))
    assert set(nodes(ARTICLE, annotation, REGISTRY).values()) == {"c1", "k3"}


def test_a_claim_alone_may_speak_of_a_condition() -> None:
    """A condition that no statement attaches comes back with the claim that it was met."""
    annotation = Annotation(Annotator(""), (replace(AGAIN, relayed_by=None),), (), (replace(VOTE, fulfilled_by=None), TRUCE), (MET,))
    assert whole(from_triples(to_triples(ARTICLE, annotation, REGISTRY))[1]) == whole(annotation)


def test_ids_come_back_in_text_order() -> None:
    """From one on, whatever they were; a commitment without words comes last."""
    needs = [Condition(f"z{n}", Span.of(TEXT, 60 - n, 70), f"thing-{n}", "event") for n in range(3)]
    pledges = [replace(SHIPS, id=f"y{n}", action=Reference(f"a{n}", Span.of(TEXT, 13 - n, 37)) if n else Reference("a0")) for n in range(4)]
    pledges[0] = replace(pledges[0], committer=(Reference("norland"),))
    claims = [Claim(f"x{n}", Span.of(TEXT, 60 - n, 70), f"of {n}", "ships", n) for n in range(3)]
    said = [
        *(replace(SAID, id=f"w{n}", content=(Span.of(TEXT, 40 - n, 44),), expresses=c.id, conditions=tuple(ConditionUse(k.id, any_of="g") for k in needs)) for n, c in enumerate(pledges)),
        *(replace(SAID, id=f"v{n}", content=(Span.of(TEXT, 30 - n, 44),), expresses=c.id, stance=None) for n, c in enumerate(claims)),
    ]  # fmt: skip
    _, back = from_triples(
        to_triples(ARTICLE, Annotation(Annotator(""), tuple(said), tuple(pledges), tuple(needs), tuple(claims)), REGISTRY)
    )
    assert [(k.id, k.circumstance) for k in back.conditions] == [("k1", "thing-2"), ("k2", "thing-1"), ("k3", "thing-0")]
    assert [(c.id, c.action.target) for c in back.commitments] == [("c1", "a3"), ("c2", "a2"), ("c3", "a1"), ("c4", "a0")]
    assert [(q.id, q.about) for q in back.claims] == [("q1", "of 2"), ("q2", "of 1"), ("q3", "of 0")]
    assert [(s.id, s.content[0].start, s.expresses) for s in back.statements] == [
        ("s1", 28, "q1"), ("s2", 29, "q2"), ("s3", 30, "q3"), ("s4", 37, "c1"), ("s5", 38, "c2"), ("s6", 39, "c3"), ("s7", 40, "c4"),
    ]  # fmt: skip
    assert [[(use.id, use.any_of) for use in s.conditions] for s in back.statements[2:4]] == [
        [],
        [("k1", "g1"), ("k2", "g1"), ("k3", "g1")],
    ]


def test_a_condition_of_itself_is_no_reading() -> None:
    """A circle is written, for a rule to find; a graph that has one is not read back."""
    circle = replace(TRUCE, depends_on=("k2",))
    graph = to_triples(
        ARTICLE, Annotation(Annotator("me"), (replace(SAID, conditions=(ConditionUse("k2"),)),), (SHIPS,), (circle,)), REGISTRY
    )
    [iri] = found(graph, "Condition")
    assert told(graph, iri)["dependsOn"] == [last(iri)]
    with pytest.raises(ValueError, match="depends on itself"):
        from_triples(graph)


def test_an_actor_of_any_kind_comes_back() -> None:
    """A parliament and a court, which are institutions too, as what they are."""
    some = tuple(Actor(f"a{n}", f"A {n}", kind, ("x", "y"), ("norland", "union")) for n, kind in enumerate(ACTOR_KINDS))
    _, back = from_triples(to_triples(ARTICLE, Annotation(Annotator(""), actors=some), REGISTRY))
    assert back.actors == some


def test_a_reading_that_was_superseded_is_not_the_annotator() -> None:
    """Of two readings of an article the one that stands says who read it, and whether a person has looked at it."""
    old, new = (
        annotation_triples(ARTICLE, Annotator(name, "1", name == "new"), when, "0", "1")
        for name, when in (("old", "2026"), ("new", "2027"))
    )
    for reviewed in (old + [(old[0][0], Iri(kg("supersededBy")), new[0][0])] + new, new):
        assert from_triples(graph_of(SAID) + reviewed)[1].annotator == Annotator("new", "1", True)
    assert told(old, old[0][0]) == {
        "type": ["Annotation"], "label": ["reading of a/b c by old, not reviewed"], "annotates": ["a%2Fb%20c"], "annotator": ["old"],
        "annotatorVersion": ["1"], "reviewed": ["false"], "sha256": [ARTICLE.sha256], "sourceSha256": ["0"], "annotationSha256": ["1"],
        "endedAtTime": ["2026"],
    }  # fmt: skip
    assert told(new, new[0][0])["label"] == ["reading of a/b c by new, reviewed"]


def test_a_hash_stays_what_it_is(full: Full) -> None:
    """Sixteen hexadecimal digits, ten in an entry's IRI, the same in every version: or the IRIs of what was once added would change."""
    assert hashed("é", 1, ["a"]) == "3f917c7d4163fa3b"
    iris = (full.ships, full.vote, full.claim, full.first)
    assert tuple(iri.removeprefix(ID) for iri in iris) == (
        "commitment/norland-send-ships-for-norland-assembly-against-04ca4ec3fc", "condition/vote-approval-by-norland-assembly-4d6957edde",
        "claim/summit-3-to-4-ships-15c915cc80", "article/a/statement/eb8800e399dbacbd",
    )  # fmt: skip


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


def test_a_claim_in_other_capitals_has_one_label() -> None:
    """It is one claim, named as the text has it first, whatever the order in the file; its entries come back as they are."""
    article = Article("a", "Bonn says peace is possible. Peace is possible, says Rome.")
    second, first = (Claim(f"q{n}", Span.of(article.text, n, n + 17)) for n in (29, 10))
    assert (second.text.text, first.text.text) == ("Peace is possible", "peace is possible")
    said = tuple(Statement(f"s{n}", (c.text,), "indirect", "asserts", expresses=c.id) for n, c in enumerate((first, second)))
    for claims in ((first, second), (second, first)):
        graph = to_triples(article, Annotation(Annotator("me"), said, claims=claims), REGISTRY)
        labels = [o.value for s, p, o in graph if p == RDFS + "label" and "/claim/" in s and not isinstance(o, Iri)]
        assert labels == ["peace is possible"]
        assert {c.text for c in from_triples(graph)[1].claims} == {first.text, second.text}


def test_a_claim_of_half_a_figure_is_known_by_its_words() -> None:
    """Without a measure all its words tell two of them apart, and so of a measure alone; with both the figures do, whatever the words."""

    def claims(*some: Claim) -> int:
        said = tuple(replace(SAID, id=f"s{n}", expresses=claim.id, stance=None) for n, claim in enumerate(some))
        graph = to_triples(ARTICLE, Annotation(Annotator("me"), said, claims=some), REGISTRY)
        return len({s for s, p, o in graph if (p, o) == (RDF + "type", kg("Claim"))})

    one, two = (Claim(f"q{end}", Span.of(TEXT, 0, end), "summit") for end in (55, 62))
    assert claims(one, two) == claims(replace(one, about=None, measure="men"), replace(two, about=None, measure="men")) == 2
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


def test_the_registry_tells_what_it_knows() -> None:
    """Of a tenure who held what of whom, and when, as far as that is known; of a concept its names and what is above it; of a word its scheme."""
    tenures = (Tenure("berg", "minister", "norland", "2025-10", "2026"), Tenure("berg", "envoy", "norland"))
    concepts = {
        "ships": Concept("ships", "send ships", ("fleet", "navy"), ("help",)),
        "help": Concept("help", "help", (), ("good",)),
        "good": Concept("good", "good"),
    }
    actors = {"berg": Actor("berg", "Ann Berg", "person"), "norland": Actor("norland", "Norland", "state")}
    graph = registry_triples(Registry(actors, {"actions": concepts}, tenures))
    assert told(graph, thing_iri("tenure", "berg-minister-norland-2025-10")) == {
        "type": ["Tenure"], "label": ["Ann Berg, minister of Norland"], "office": ["minister"], "holder": ["berg"], "officeOf": ["norland"],
        "from": ["2025-10"], "to": ["2026"],
    }  # fmt: skip
    assert told(graph, thing_iri("tenure", "berg-envoy-norland")) == {
        "type": ["Tenure"], "label": ["Ann Berg, envoy of Norland"], "office": ["envoy"], "holder": ["berg"], "officeOf": ["norland"],
    }  # fmt: skip
    assert told(graph, thing_iri("action", "ships")) == {
        "type": ["Concept", "Action"], "label": ["send ships"], "prefLabel": ["send ships"], "altLabel": ["fleet", "navy"], "inScheme": ["actions"],
        "broader": ["help"], "broaderTransitive": ["good", "help", "ships"],
    }  # fmt: skip
    assert told(graph, thing_iri("actor", "berg")) == {"type": ["Actor", "Person"], "label": ["Ann Berg"], "prefLabel": ["Ann Berg"]}
    assert told(graph, kg("stance-open")) == {"type": ["Concept"], "label": ["open"], "prefLabel": ["open"], "inScheme": ["stances"]}


def test_a_circle_of_concepts_does_no_harm() -> None:
    """Each is above the other, and both above themselves; one that nothing describes is above too."""
    concepts = {"a": Concept("a", "a", (), ("b",)), "b": Concept("b", "b", (), ("a", "c"))}
    graph = registry_triples(Registry({}, {"actions": concepts}))
    assert [told(graph, thing_iri("action", id))["broaderTransitive"] for id in "ab"] == [["a", "b", "c"], ["a", "b", "c"]]


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


@given(
    st.lists(
        st.tuples(*(st.sampled_from(["x:a", "x:b"]),) * 2, st.sampled_from(["x:c", "x:d", Literal("c"), Literal("e"), Literal("1", "x:t")]))
    )
)
def test_triples_are_sorted_whatever_their_values(found: list[tuple[str, str, str | Literal]]) -> None:
    """Things before words where one property has both of one subject, and each once."""
    triples = [(Iri(s), Iri(p), o if isinstance(o, Literal) else Iri(o)) for s, p, o in found]
    made = sort_triples(triples)
    assert made == sorted(set(triples), key=lambda t: (t[0], t[1], isinstance(t[2], Literal), t[2]))
