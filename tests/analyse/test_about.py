"""All about one thing: every name finds it, every line leads to its words, and what nobody reviewed says so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from kg.analyse.about import Node, about, to_text
from kg.analyse.tree import one_line
from kg.errors import UsageError
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
)
from kg.store.embedded import Store, memory, quads
from kg.triples import Iri, Literal, Triple, annotation_triples, article_iri, nodes, registry_triples, to_triples
from kg.vocabulary import PROV, PROVENANCE_GRAPH, REGISTRY_GRAPH, XSD, kg

FIRST = (
    "Prime minister Ann Berg said Norland will send ships to Port Süd, not to the river, once the Assembly agrees or a truce holds. "
    "The truce needs a ceasefire line. Later Sudland urged Norland to send ships at once."
)
SECOND = "Officials of Sudland said Norland would never send ships. The Assembly has agreed, they said, with 12 votes. A 🚢 fleet pact covers it."
REGISTRY = Registry(
    {
        "norland": Actor("norland", "Norland", "state", ("Nørland", "Northern Republic"), ("union",)),
        "sudland": Actor("sudland", "Südland", "state"),
        "union": Actor("union", "Union", "alliance"),
        "assembly": Actor("assembly", "Assembly", "parliament", ("parliament",)),
        "senate": Actor("senate", "Senate", "parliament", ("Parliament",)),
        "ann-berg": Actor("ann-berg", "Ann Berg", "person"),
    },
    {
        "actions": {"help": Concept("help", "help"), "send-ships": Concept("send-ships", "send ships", ("ships",), ("help",))},
        "circumstances": {"truce": Concept("truce", "truce", broader=("peace",)), "peace": Concept("peace", "peace", broader=("truce",))},
        "places": {"norland": Concept("norland", "Norland"), "port-süd": Concept("port-süd", "Port Süd")},
    },
    (Tenure("ann-berg", "prime minister", "norland", "2025-05"),),
)


def span(text: str, words: str) -> Span:
    at = text.index(words)
    return Span(at, at + len(words), words)


def ref(text: str, words: str, target: str) -> Reference:
    return Reference(target, span(text, words))


ONE = Article("one", FIRST, "Ships to \x1b[2JPort Süd\u202e", "The Gazette", published="2026-01-06", published_inferred=True)
TWO = Article("two", SECOND)
NORLAND = ref(FIRST, "Norland", "norland")
READING_ONE = Annotation(
    Annotator("Mia", "", True),
    (
        Statement(
            "s1", (span(FIRST, "will send ships to Port Süd"), span(FIRST, "once the Assembly agrees or a truce holds")), "indirect", "pledges",
            (ref(FIRST, "Ann Berg", "ann-berg"),), on_behalf_of=(ref(FIRST, "Prime minister", "norland"),), cue=span(FIRST, "said"), expresses="c1", stance="pledged", strength="firm",
            only_in=(ref(FIRST, "Port Süd", "port-süd"),), not_in=(ref(FIRST, "the river", "river"),),
            conditions=(ConditionUse("k1", marker=span(FIRST, "once"), any_of="a"), ConditionUse("k2", any_of="a")),
        ),
        Statement("s2", (span(FIRST, "to send ships at once"),), "indirect", "demands", (ref(FIRST, "Sudland", "sudland"),), expresses="c1"),
    ),
    (Commitment("c1", (NORLAND,), ref(FIRST, "send ships", "send-ships")),),
    (
        Condition("k1", span(FIRST, "the Assembly agrees"), "agreement", "approval", (ref(FIRST, "the Assembly", "assembly"),)),
        Condition("k2", span(FIRST, "a truce holds"), "truce", "event", depends_on=("k3",)),
        Condition("k3", span(FIRST, "a ceasefire line"), "ceasefire line", "event", (ref(FIRST, "Sudland", "sudland"),)),
    ),
)  # fmt: skip
READING_TWO = Annotation(
    Annotator("rules", "2"),
    (
        Statement("s1", (span(SECOND, "would never send ships"),), "indirect", "asserts", (ref(SECOND, "Officials of Sudland", "officials"),), expresses="c1", stance="refused", strength="firm", confidence=0.5),
        Statement("s2", (span(SECOND, "The Assembly has agreed"),), "indirect", "asserts", (ref(SECOND, "they", "officials"),), expresses="q1"),
        Statement("s3", (span(SECOND, "A 🚢 fleet pact covers it"),), "indirect", "pledges", expresses="c2", stance="pledged", strength="firm"),
    ),
    (
        Commitment("c1", (ref(SECOND, "Norland", "norland"),), ref(SECOND, "send ships", "send-ships"), part_of="c2"),
        Commitment("c2", (Reference("union"),), ref(SECOND, "fleet pact", "fleet pact")),
    ),
    (Condition("k1", span(SECOND, "The Assembly has agreed"), "agreement", "approval", (ref(SECOND, "The Assembly", "assembly"),)),),
    (Claim("q1", span(SECOND, "The Assembly has agreed"), "vote", "votes", 12, 12, says=("met", "k1")),),
    (Actor("officials", "Sudland officials", "unnamed source"),),
)  # fmt: skip


def provenance() -> list[Triple]:
    """One reading a person made of the first article; of the second the rules' two, the later in force."""
    old = annotation_triples(TWO, Annotator("rules", "1"), "2026-01-07T00:00:00Z", "a" * 64, "b" * 64)
    new = annotation_triples(TWO, READING_TWO.annotator, "2026-01-08T00:00:00Z", "a" * 64, "c" * 64)
    ended: list[Triple] = [
        (old[0][0], Iri(PROV + "invalidatedAtTime"), Literal("2026-01-08T00:00:00Z", XSD + "dateTime")),
        (old[0][0], Iri(kg("supersededBy")), new[0][0]),
    ]
    return [*old, *new, *ended, *annotation_triples(ONE, READING_ONE.annotator, "2026-01-09T00:00:00Z", "d" * 64, "e" * 64)]


@pytest.fixture(scope="module")
def store() -> Store:
    """Two articles on one commitment, the second read by rules alone."""
    made = [*quads(REGISTRY_GRAPH, registry_triples(REGISTRY)), *quads(PROVENANCE_GRAPH, provenance())]
    for article, reading in ((ONE, READING_ONE), (TWO, READING_TWO)):
        made += quads(article_iri(article.id), to_triples(article, reading, REGISTRY))
    return memory(made)


def at(node: Node, *roles: str) -> list[Node]:
    """The nodes reached by going down these roles."""
    found = [node]
    for role in roles:
        found = [child for parent in found for child in parent.children if child.role == role]
    return found


def labels(node: Node, *roles: str) -> list[str]:
    return [found.label for found in at(node, *roles)]


IRI_OF = {id: iri for iri, id in nodes(ONE, READING_ONE, REGISTRY).items() if id and "/mention/" not in iri and "/any-of/" not in iri}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Norland", "Norland"),
        ("NØRLAND", "Norland"),
        ("northern  republic", "Norland"),
        ("id:actor/norland", "Norland"),
        ("https://w3id.org/proviso/id/actor/norland", "Norland"),
        ("Sudland", "Südland"),
        ("send_ships", "send ships"),
        ("norland: SEND SHIPS", "Norland: send ships"),
        (IRI_OF["c1"].rpartition("/")[2], "Norland: send ships"),
        (IRI_OF["k2"], "truce (event)"),
        ("two", "two"),
        ("one/statement/" + IRI_OF["s2"].rpartition("/")[2], "Südland demands: “to send ships at once”"),
        (IRI_OF["s2"].rpartition("/")[2].upper(), "Südland demands: “to send ships at once”"),
    ],
)
def test_every_name_finds_it(store: Store, name: str, label: str) -> None:
    """A label, another name, an id, the last part of an IRI, an IRI in full or prefixed; accents and capitals do not count."""
    assert about(store, name).label == label


def test_of_an_actor_and_a_place_of_one_name_the_actor_is_meant(store: Store) -> None:
    """The place is named beside it with the id that shows it."""
    found = about(store, "Norland")
    assert found.kind == "state" and [n.values for n in at(found, "same name")] == [(("id", "id:place/norland"),)]
    assert about(store, "id:place/norland").kind == "place"


def test_a_name_of_several_is_refused_with_all_of_them(store: Store) -> None:
    """Each candidate comes with an id that is one's own."""
    with pytest.raises(UsageError, match="'parliament' is the name of 2 things") as error:
        about(store, "parliament")
    assert "Assembly (actor, id:actor/assembly); Senate (actor, id:actor/senate)" in error.value.hint
    assert error.value.exit_code == 2


@pytest.mark.parametrize(("name", "hint"), [("Norlnd", "did you mean"), ("\x1b]0;x", "give the name"), ("<> } DROP ALL", "give the name")])
def test_an_unknown_name_is_refused_with_the_nearest(store: Store, name: str, hint: str) -> None:
    """Whatever is typed is a name, never query text."""
    with pytest.raises(UsageError, match="not the name of anything") as error:
        about(store, name)
    assert error.value.hint.startswith(hint) and "\x1b" not in str(error.value)


def test_an_actor_has_its_names_bodies_and_offices(store: Store) -> None:
    """Memberships and tenures are seen from both ends."""
    norland = about(store, "Norland")
    assert labels(norland, "other name") == ["Northern Republic", "Nørland"]
    assert labels(norland, "member of") == ["Union"] and labels(about(store, "Union"), "member") == ["Norland"]
    (held,) = at(norland, "office-holder")
    assert (held.label, held.values) == ("Ann Berg", (("office", "prime minister"), ("since", "2025-05")))
    assert labels(about(store, "ann berg"), "office") == ["Norland"]


def test_a_commitment_is_told_statement_by_statement(store: Store) -> None:
    """Stance, strength, who said it for whom, where it reaches, and the sentence with its offsets."""
    (made,) = at(about(store, "Norland"), "commitment")
    pledged, refused = sorted(at(made, "statement"), key=lambda n: n.article)
    assert set(pledged.values) >= {("stance", "pledged"), ("strength", "firm"), ("said_by", "the committer")}
    assert set(refused.values) >= {("stance", "refused"), ("said_by", "others (ascribed)"), ("confidence", 0.5)}
    assert pledged.quote == FIRST[: FIRST.index(" The truce")] and pledged.start is not None
    assert FIRST[pledged.start : pledged.end] == pledged.quote
    assert [n.quote for n in at(pledged, "words")] == ["will send ships to Port Süd", "once the Assembly agrees or a truce holds"]
    assert labels(pledged, "only in") == ["Port Süd"] and labels(pledged, "not in") == ["river"]
    assert labels(pledged, "speaker") == ["Ann Berg"] and labels(pledged, "on behalf of") == ["Norland"]
    assert labels(made, "part of") == ["Union: fleet pact"]


def test_a_condition_shows_how_it_binds_and_what_it_hangs_on(store: Store) -> None:
    """Each link of the chain has its own words; of a group one is enough."""
    (pledged,) = (n for n in about(store, "Norland").all() if n.role == "statement" and dict(n.values)["stance"] == "pledged")
    agreed, truce = at(pledged, "requires")
    assert (agreed.quote, truce.quote) == ("the Assembly agrees", "a truce holds")
    assert dict(agreed.values)["one_of"] == dict(truce.values)["one_of"] == (agreed.label, truce.label)
    assert labels(agreed, "decided by") == ["Assembly"]
    (line,) = at(truce, "depends on")
    assert (line.quote, labels(line, "decided by")) == ("a ceasefire line", ["Südland"])


def test_every_quote_is_its_slice(store: Store) -> None:
    """Of all but statements, whose quote is the sentence around, the quote is what stands at its offsets."""
    texts: dict[str, str] = {article_iri(a.id): a.text for a in (ONE, TWO)}
    found = [n for name in ("Norland", "truce", "one", "two") for n in about(store, name).all() if n.quote and n.article]
    assert found
    for node in found:
        there = texts[node.article][node.start : node.end]
        assert there in node.quote if node.kind == "statement" else there == node.quote


def test_a_demand_is_no_commitment(store: Store) -> None:
    """What others ask of an actor stands apart, and is no statement of a stance; the commitment itself lists it as a demand."""
    norland = about(store, "Norland")
    (asked,) = at(norland, "demanded of it")
    assert labels(asked, "speaker") == ["Südland"] and "stance" not in dict(asked.values)
    assert asked.iri not in [n.iri for n in at(norland, "commitment", "statement")]
    assert [n.iri for n in at(about(store, "Norland: send ships"), "demand")] == [asked.iri]


def test_an_actor_has_what_it_said_and_decides(store: Store) -> None:
    """What a speaker said, what was said for a state, and the conditions in somebody's hand with what they bind."""
    assert [n.article for n in at(about(store, "Ann Berg"), "said")] == [article_iri("one")]
    assert labels(about(store, "Norland"), "said for it") == labels(about(store, "Ann Berg"), "said")
    (decided,) = at(about(store, "Assembly"), "decides")
    assert labels(decided, "requires it", "expresses") == ["Norland: send ships"]
    assert [n.quote for n in at(decided, "says met")] == ["The Assembly has agreed, they said, with 12 votes."]


def test_a_claim_has_its_figures(store: Store) -> None:
    """As numbers, with what it says of a condition, and the statements that make it."""
    (said,) = (n for n in about(store, "two").all() if n.kind == "claim")
    claim = about(store, said.iri)
    assert dict(claim.values) == {"about": "vote", "measure": "votes", "lowest": 12, "highest": 12}
    assert labels(claim, "says met") == ["agreement (approval by Assembly)"] and len(at(claim, "statement")) == 1
    assert said.quote == "The Assembly has agreed"


def test_a_statement_has_its_mentions(store: Store) -> None:
    """Each with the role of its words and what they name."""
    said = {(dict(n.values)["names"], n.quote, n.label) for n in at(about(store, IRI_OF["s1"]), "mention")}
    assert {("speaker", "Ann Berg", "Ann Berg"), ("cue", "said", ""), ("marker", "once", "agreement (approval by Assembly)")} <= said


def test_an_article_has_its_readings(store: Store) -> None:
    """The one in force, then earlier ones with when they ended and what replaced them; an inferred date is marked."""
    two = about(store, "two")
    (now,), (before,) = at(two, "reading"), at(two, "earlier reading")
    assert dict(now.values) == {"version": "2", "reviewed": False, "read": "2026-01-08T00:00:00Z"}
    assert dict(before.values) | {"replaced_by": ""} == {"version": "1", "reviewed": False, "read": "2026-01-07T00:00:00Z", "ended": "2026-01-08T00:00:00Z", "replaced_by": ""}  # fmt: skip
    assert dict(before.values)["replaced_by"] == "reading of two by rules, not reviewed"
    one = dict(about(store, "one").values)
    assert (one["outlet"], one["published"], one["published_inferred"]) == ("The Gazette", "2026-01-06", True)
    assert len(at(about(store, "one"), "statement")) == 2


def test_a_concept_has_what_is_narrower_and_uses_it(store: Store) -> None:
    """Of all narrower ones too; concepts that are broader than each other do no harm."""
    assert labels(about(store, "help"), "narrower", "commitment") == ["Norland: send ships"]
    assert labels(about(store, "peace"), "narrower", "condition") == ["truce (event)"]
    assert labels(about(store, "Port Süd"), "only in it") == labels(about(store, "Ann Berg"), "said")


def test_what_no_person_has_reviewed_says_so(store: Store) -> None:
    """Each line that rests on such a reading alone, and a sentence at the top; nothing where a person made the reading."""
    found = about(store, "Norland: send ships")
    assert labels(found, "note") == ["no person has reviewed 1 of the 2 readings this rests on"]
    assert {n.article: n.unreviewed for n in at(found, "statement")} == {article_iri("one"): False, article_iri("two"): True}
    assert at(found, "part of")[0].unreviewed and not at(found, "committer")[0].unreviewed
    assert about(store, "Sudland officials").unreviewed
    assert not any(n.unreviewed or n.role == "note" for n in about(store, "one").all())


def test_conditions_in_a_circle_end(store: Store) -> None:
    """A chain that comes back to where it began is shown once; a long one is cut and says so."""
    truce, line = IRI_OF["k2"], IRI_OF["k3"]
    chain = [(Iri(f"x:{n}"), Iri(kg("dependsOn")), Iri(f"x:{n + 1}")) for n in range(900)]
    more: list[Triple] = [(Iri(line), Iri(kg("dependsOn")), Iri(truce)), (Iri(IRI_OF["k1"]), Iri(kg("dependsOn")), Iri("x:0")), *chain]
    added = memory([*(q for g in store.graphs() for q in store.quads(g)), *quads(article_iri("one"), more)])
    assert [dict(n.values) for n in at(about(added, truce), "depends on", "depends on")] == [{"chain": "shown above"}]
    assert "chain: too long to show" in to_text(about(added, IRI_OF["s1"]), "table")


def test_parts_in_a_circle_end(store: Store) -> None:
    """Two commitments that are part of each other are each shown as the whole, once, with what binds it."""
    (whole,) = (n.iri for n in about(store, "Norland: send ships").children if n.role == "part of")
    circle = [(Iri(whole), Iri(kg("partOf")), Iri(IRI_OF["c1"]))]
    added = memory([*(q for g in store.graphs() for q in store.quads(g)), *quads(article_iri("one"), circle)])
    found = about(added, whole)
    assert labels(found, "part of", "part of") == ["Union: fleet pact"] and labels(found, "part of", "part of", "part of") == []
    assert labels(found, "part of", "requires") == ["agreement (approval by Assembly)", "truce (event)"]


@pytest.mark.parametrize("form", ["table", "md", "json"])
def test_hostile_text_stays_on_its_line(store: Store, form: str) -> None:
    """Control and direction characters never reach a terminal; in JSON they are escapes and come back."""
    found = about(store, "one")
    shown = to_text(replace(found, label="a\nb\x9b\u2028c<b>*", children=(*found.children, Node("x\r\n- y", "z"))), form)
    assert all(c.isprintable() or c == "\n" for c in shown)
    if form == "json":
        assert json.loads(shown)["label"] == "a\nb\x9b\u2028c<b>*" and json.loads(shown)["headline"] == ONE.title
    else:
        assert shown.splitlines()[0].removeprefix("- ").replace("\\", "").startswith("a b c<b>* – article")
        assert shown.splitlines()[-1].endswith("z: x - y")


def test_json_is_nested_objects(store: Store) -> None:
    """A node has its label and, where they are, its IRI, kind, role, values, quote, article, offsets and children."""
    made = json.loads(to_text(about(store, "Norland: send ships"), "json"))
    (said,) = (c for c in made["children"] if c["role"] == "statement" and c["stance"] == "refused")
    assert made["kind"] == "commitment" and "role" not in made
    assert said["article"] == {"iri": article_iri("two"), "label": "two"} and said["unreviewed"] is True
    assert SECOND[said["start"] : said["end"]] == said["quote"] == "Officials of Sudland said Norland would never send ships."


def test_the_table_is_indented_lines(store: Store) -> None:
    """Bare leaves of one role share a line; a quote has a line of its own with its article and offsets."""
    lines = to_text(about(store, "Norland"), "table").splitlines()
    assert lines[0] == "Norland – state, https://w3id.org/proviso/id/actor/norland"
    assert "  other name: Northern Republic; Nørland" in lines
    at_truce = f"          “a truce holds” – Ships to [2JPort Süd (one), {FIRST.index('a truce')}–{FIRST.index('a truce') + 13}"
    assert any(line.strip() == at_truce.strip() for line in lines)
    assert any(line.endswith("[not reviewed]") for line in lines) and all(line == line.rstrip() for line in lines)


def test_markdown_is_one_list(store: Store) -> None:
    """Every line is an item, two spaces a level, with nothing left that Markdown or HTML would read."""
    lines = to_text(about(store, "Norland"), "md").splitlines()
    assert all(line.lstrip(" ").startswith("- ") for line in lines)
    assert "  - other name: Northern Republic; Nørland" in lines
    assert one_line("- a\n- b") == "- a - b"
