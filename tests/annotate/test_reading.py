"""One article becomes one annotation: ids, actors, concepts, dates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.actors import load_registry
from kg.annotate.reading import _Reading, read_rules
from kg.annotate.rules.found import Deed, Said
from kg.annotate.telling import Told
from kg.check import check_triples
from kg.model import Article, Registry, Span
from kg.triples import to_triples

GOLD = Path(__file__).parents[2] / "bench" / "gold" / "dev.jsonl"
TEXT = (
    "German Chancellor Friedrich Merz said on Tuesday that Germany would send troops to Ukraine if the Bundestag consents. "
    "“We will not wait,” he said. Zed Quux, a lawyer, told reporters that the plan was dead. "
    "Foreign Minister Ann Lee says Peru will build a bridge and close a port. The cabinet will meet on Friday."
)
ARTICLE = Article("a", TEXT, published="2026-01-08")


def test_names_become_actors_of_the_registry_or_of_the_article() -> None:
    """Titles, names and pronouns are linked; whom nobody knows is made, with a kind."""
    read = read_rules(ARTICLE, load_registry())
    by_cue = {s.cue.text: [r.target for r in s.speaker] for s in read.statements if s.cue}
    assert (by_cue["told"], by_cue["says"]) == (["zed-quux"], ["ann-lee"])
    assert [r.target for s in read.statements if "not wait" in s.content[0].text for r in s.speaker] == ["friedrich-merz"]
    assert {(a.id, a.kind) for a in read.actors} >= {("zed-quux", "person"), ("ann-lee", "person")}


def test_a_statement_that_commits_to_two_things_is_two_with_the_same_words() -> None:
    """One content, two commitments: two statements, each expressing one."""
    read = read_rules(ARTICLE, load_registry())
    twice = [s for s in read.statements if s.content[0].text.startswith("Peru will")]
    assert len(twice) == 2
    assert len({s.expresses for s in twice}) == 2


def test_one_act_in_two_lengths_is_one_commitment() -> None:
    """With its article and without."""
    read = read_rules(Article("a", "Kosovo approves the deployment of troops to Gaza as part of an international force."), load_registry())
    assert [c.action.span.text for c in read.commitments if c.action.span] == ["the deployment of troops to Gaza"]


def test_office_holders_speak_for_their_state() -> None:
    """By the title before the name, from then on by the name alone, by the office held on the day; a former one for nobody."""
    text = (
        "Slovak foreign minister Ada Lund said talks would go on. Lund later said Slovakia would send aid if parliament agrees. Friedrich Merz said "
        "Germany would pay. Former French president Bo Krag said nobody would pay."
    )
    read = read_rules(Article("a", text, published="2026-01-08"), load_registry())
    behalf = [([r.target for r in s.speaker], [(r.target, r.span.text) for r in s.on_behalf_of if r.span]) for s in read.statements]
    assert (["ada-lund"], [("slovakia", "Slovak")]) in behalf and (["ada-lund"], [("slovakia", "Lund")]) in behalf
    assert (["friedrich-merz"], [("germany", "Friedrich Merz")]) in behalf and (["bo-krag"], []) in behalf


def test_he_is_who_spoke_last_or_began_a_sentence() -> None:
    """Not whom he spoke of, nor who begins a sentence of the quotation."""
    text = (
        "Keir Starmer met Friedrich Merz in Paris. Starmer was in no doubt that day. “We thank Emmanuel Macron for it,” he said. “We can get there if "
        "Putin wants to. Putin is not ready,” he added. It was late."
    )
    read = read_rules(Article("a", text, published="2026-01-08"), load_registry())
    assert [[r.target for r in s.speaker] for s in read.statements] == [["keir-starmer"]] * len(read.statements) and len(
        read.statements
    ) > 1


@pytest.mark.parametrize(("mode", "committer"), [("indirect", "hamas"), ("direct", "israel")])
def test_in_retold_words_it_is_the_speaker(mode: str, committer: str) -> None:
    """In direct speech it is what was named last."""
    text = "Hamas said of Israel that it would go."

    def span(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words), words)

    reading = _Reading(Article("a", text), load_registry())
    reading.naming.link(span("Israel"))
    said = Said((span("it would go"),), mode, "pledges", span("said"), (span("Hamas"),))
    read = reading.read([Told(said, (Deed((span("it"),), span("go"), "pledged", "firm"),))])
    assert [r.target for r in read.commitments[0].committer] == [committer]


@pytest.mark.parametrize(
    ("text", "committer", "by"),
    [
        ("Peruvian foreign minister Ada Lund says that the country will reopen its port if the country is at peace.", "peru", ["peru"]),
        (
            "The leader of the Houthis Abdul-Malik al-Houthi announced that the group will close the strait if the truce ends.",
            "houthis",
            [],
        ),
        (
            "Ibex Airlines says it will cut fares. Its owner Bo Krag said the company would hire pilots if fuel gets cheaper.",
            "ibex-airlines",
            [],
        ),
    ],
)
def test_the_country_and_the_group_are_the_speaker_s_or_named_last(text: str, committer: str, by: list[str]) -> None:
    """Not actors called *country* and *group*: neither who would act nor who decides."""
    read = read_rules(Article("a", text, published="2026-01-08"), load_registry())
    assert [r.target for r in read.commitments[-1].committer] == [committer]
    assert [[r.target for r in k.by] for k in read.conditions] == [by]


def test_them_is_not_who_gives_the_order() -> None:
    """An order to leave within two days: the one who gives it decides nothing."""
    text = "Peru expels two envoys of a shipping firm and orders them to leave the country within 48 hours."
    [condition] = read_rules(Article("a", text), load_registry()).conditions
    assert condition.kind == "time" and not condition.by


def test_them_is_not_who_acts() -> None:
    """Of two who were named it is the other."""
    text = "Norway and Peru met. Peru will sanction them."

    def span(words: str) -> Span:
        return Span(at := text.rindex(words), at + len(words), words)

    reading = _Reading(Article("a", text), load_registry())
    reading.naming.link(span("Norway"))
    told = Told(
        Said((span("Peru will sanction them"),), "indirect"), (Deed((span("Peru"),), span("sanction"), "pledged", None, span("them")),)
    )
    [commitment] = reading.read([told]).commitments
    assert commitment.beneficiary and commitment.beneficiary.target == "norway"


@pytest.mark.parametrize(("text", "target"), [("Peru will jail Norway citizens.", None), ("Peru will sue Norway today.", "norway")])
def test_a_name_before_a_noun_is_no_target(text: str, target: str | None) -> None:
    """It says whose citizens they are; a day is no such noun."""

    def span(words: str) -> Span:
        return Span(at := text.index(words), at + len(words), words)

    deed = Deed((span("Peru"),), span(text[text.index("will") + 5 : -1]), "pledged", beneficiary=span("Norway"))
    told = Told(Said((span(text[:-1]),), "indirect", "threatens", speakers=(span("Peru"),)), (deed,))
    [commitment] = _Reading(Article("a", text), load_registry()).read([told]).commitments
    assert (commitment.against and commitment.against.target, commitment.beneficiary) == (target, None)


def test_an_elliptical_noun_takes_the_act_named_before() -> None:
    """*His country's contribution* to what others were said to do, marked inferred; what needs the consent stands before it."""
    text = (
        "France will send troops to Ukraine, President Emmanuel Macron said. German Chancellor Friedrich Merz said his country's contribution "
        "would require the consent of the Bundestag."
    )
    read = read_rules(Article("a", text, published="2026-01-08"), load_registry())
    acts = {c.id: (c.committer[0].target, c.action.target) for c in read.commitments}
    found = [(acts[s.expresses], s.stance, s.inferred) for s in read.statements if s.expresses in acts and s.conditions]
    assert found == [(("germany", "deploy-troops"), "open", True)]
    assert [[r.target for r in k.by] for k in read.conditions] == [["bundestag"]]


def test_conditions_stand_once_and_are_used_where_they_bind() -> None:
    """The condition has its marker and decider, and the statement its date."""
    read = read_rules(ARTICLE, load_registry())
    first = read.statements[0]
    assert [(k.text.text, k.kind) for k in read.conditions][:1] == [("the Bundestag consents", "approval")]
    assert [r.target for r in read.conditions[0].by] == ["bundestag"]
    assert [use.id for use in first.conditions] == [read.conditions[0].id]
    assert first.said_on is not None
    assert first.said_on.target == "2026-01-06"


def test_narration_with_a_commitment_is_a_statement_without_speaker() -> None:
    """A sentence of the article's own voice that commits somebody is kept, said by nobody."""
    said = read_rules(Article("a", "Peru will build a bridge."), Registry()).statements
    assert [(s.speaker, s.cue, s.force, s.stance) for s in said] == [((), None, "pledges", "pledged")]


def test_a_reading_obeys_the_rules_and_comes_back_from_its_file() -> None:
    """What is read passes the checks without an error, is signed as unreviewed, and its file says the same."""
    read = read_rules(ARTICLE, load_registry())
    assert not [f for f in check_triples(to_triples(ARTICLE, read, load_registry())) if f.severity == "error"]
    assert not read.annotator.reviewed
    assert read_rules(ARTICLE, load_registry()) == read


@pytest.mark.parametrize("line", GOLD.read_text("utf-8").splitlines()[::10])
def test_what_is_read_of_news_obeys_the_shapes(line: str) -> None:
    """Every tenth item of the gold: no error; so a reading by the annotator is stored without asking the shapes again."""
    item = json.loads(line)
    article = Article(item["id"], item["text"], published=item["date"])
    read = read_rules(article, load_registry())
    assert not [f for f in check_triples(to_triples(article, read, load_registry())) if f.severity == "error"]


def test_every_item_says_how_sure_it_is_and_what_found_it() -> None:
    """Confidence and origin stand on every statement, condition and named actor."""
    read = read_rules(ARTICLE, load_registry())
    assert all(s.confidence and s.found_by for s in read.statements)
    assert all(k.confidence and k.found_by for k in read.conditions)
    assert all(r.confidence and r.found_by for c in read.commitments for r in (*c.committer, c.action))


WORDS = [
    "Merz",
    "he",
    "it",
    "said",
    "that",
    "will",
    "would",
    "if",
    "unless",
    "agree",
    "to",
    "“",
    "”",
    ",",
    ".",
    ":",
    "Germany",
    "the",
    "Bundestag",
    "on",
    "Tuesday",
    "and",
    "threatens",
    "30",
    "troops",
    "\n",
    "plans",
    "told",
    "who",
    "😀",
    "é́",
]


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_ids_are_known_and_spans_are_slices_whatever_the_text(text: str) -> None:
    """Every id that is used is there, every actor is known or made, every span equals its slice."""
    registry = load_registry()
    read = read_rules(Article("a", text, published="2026-01-08"), registry)
    actors = {*registry.actors, *(a.id for a in read.actors)}
    things = {c.id for c in read.commitments} | {q.id for q in read.claims}
    spans: list[Span | None] = [span for s in read.statements for span in (*s.content, s.cue)]
    for s in read.statements:
        assert s.expresses is None or s.expresses in things
        assert s.relayed_by is None or s.relayed_by in {other.id for other in read.statements}
        assert {use.id for use in s.conditions} <= {k.id for k in read.conditions}
        assert {r.target for r in s.speaker} <= actors
        spans += [r.span for r in s.speaker]
    for c in read.commitments:
        assert {r.target for r in c.committer} <= actors
        spans += [r.span for r in (*c.committer, c.action)]
    spans += [k.text for k in read.conditions]
    assert all(span is None or text[span.start : span.end] == span.text for span in spans)
