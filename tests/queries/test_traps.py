"""What each question must find in the invented world (`world/*.yaml`), and what it must not."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest
import rdflib

from kg.query import ask_store, list_queries, load_query
from kg.store.embedded import Store

Ask = Callable[..., set[str]]
FIRST, SECOND, THIRD = "Who sails to the Straits (first)", "Straits talks drag on (second)", "third"


def test_who_conditioned_troops_on_a_parliament(ask: Ask) -> None:
    """Directly, as one of two, with unless, through what the condition depends on, by a narrower action; never by what another
    article, another statement about the whole, a demand or a withdrawal says."""
    assert ask("commitments_conditioned", "speaker actor binding decidedBy through group article") == {
        f"Ann Berg | Norland | only if | Assembly of Norland |  |  | {FIRST}",
        f"Ann Berg | Norland | only if | Assembly of Norland |  |  | {SECOND}",
        f"Ann Berg | Norland | only if | Assembly of Norland |  |  | {THIRD}",
        f"Eva Falk | Estmark | unless | Diet of Estmark |  |  | {FIRST}",
        f"Eva Falk | Estmark | unless | Diet of Estmark |  |  | {THIRD}",
        f"Ostland's envoy | Ostland | only if | Thing of Ostland |  | any of 2 conditions | {FIRST}",
        f"Carl Dorn | Sudland | only if | Senate of Sudland | ceasefire (event) |  | {FIRST}",
    }


def test_what_was_conditioned_can_be_asked_otherwise(ask: Ask) -> None:
    """By who decides, by the circumstance, by who would act, by another action."""
    anything = {"kind": "any", "decider": "any"}
    assert ask("commitments_conditioned", "actor", by="Assembly of Norland") == {"Norland"}
    assert ask("commitments_conditioned", "actor", **anything, circumstance="ceasefire") == {"Sudland", "Westmark"}
    assert ask("commitments_conditioned", "condition", **anything, actor="Westmark") == {"ceasefire (event)", "peace agreement (event)"}
    assert ask("commitments_conditioned", "actor decidedBy", action="assist if attacked") == {"The Pact | parliaments of the Pact"}


def test_a_refusal_is_a_refusal(ask: Ask) -> None:
    """Of the action, or of all that it is part of; not an offer for some places, nor holding on to troops, nor a withdrawal."""
    assert ask("commitments_refused", "actor article") == {f"Estmark | {FIRST}", f"Estmark | {THIRD}", f"Lakeland | {SECOND}"}
    assert ask("commitments_refused", "actor", action="withdraw troops") == {"Westmark"}
    assert "Southmark" in ask("commitments_refused", "actor", action="military presence")


def test_two_spans_of_content_are_one_row(ask: Ask) -> None:
    """The row begins where the first of them does."""
    assert ask("commitments_refused", "quote", action="host troops", actor="Southmark") == {
        '"Southmark," Gil Hart snapped, "will not host troops."'
    }
    assert len(ask("commitments_refused", "start end", action="host troops", actor="Southmark")) == 1


def test_copies_are_no_further_origins(ask: Ask) -> None:
    """A second independent article lifts a commitment out; a copy of the first does not."""
    assert "Southmark: deploy troops | 1 | 1" in ask("commitments_one-origin", "commitment origins articles")
    assert not any("Norland: deploy" in row for row in ask("commitments_one-origin", "commitment"))
    assert "Norland: deploy troops | 2 | 3" in ask("commitments_one-origin", "commitment origins articles", most="3")


def test_whose_word_it_is(ask: Ask) -> None:
    """First-hand by the committer or in its name; what another, a narrator or an unnamed official says is ascribed."""
    made = ask("commitments_first-hand", "made speaker commitment")
    assert "first-hand | Ostland's envoy | Ostland: deploy troops" in made
    assert "ascribed | Ann Berg | Ostland: deploy troops" in made
    assert "ascribed | Pact officials | The Pact: multinational force" in made
    assert "first-hand | Norland | Norland and Westmark: provide intelligence" in made


def test_the_tree_hangs_together(ask: Ask) -> None:
    """Own conditions at the root, the whole's under the whole, a dependency under its condition, in the article that says it."""
    tree = ask("conditions_tree", "commitment under binding condition article", action="military presence")
    ceasefire, ratified = "ceasefire (event)", "ratification (approval by Senate of Sudland)"
    assert f"Sudland: deploy troops by sea |  | only if | {ceasefire} | {FIRST}" in tree
    assert f"Sudland: deploy troops by sea | {ceasefire} | depends on | {ratified} | {FIRST}" in tree
    assert f"Westmark: deploy troops | The Pact: multinational force | only if | mandate (approval by Pact Chamber) | {FIRST}" in tree
    assert not any(row.startswith("Westmark") and ratified in row for row in tree)
    assert not any(row.startswith("Westland") for row in tree), "a withdrawal waits for nothing"


def test_whose_act_is_awaited(ask: Ask) -> None:
    """Who decides, or fulfils by a commitment of its own; through the whole and through dependencies of the same article."""
    awaited = ask("actors_awaited", "decider commitments")
    assert {"Pact Chamber | 2", "Sudland | 2", "Senate of Sudland | 1", "Assembly of Norland | 1"} <= awaited
    assert not any(row.startswith(("Council", "Diet")) for row in awaited), "what is withdrawn or refused does not wait"
    assert "Westmark | Pact Chamber" in ask("waits-for", "source target")


def state(ask: Ask, actor: str, **values: str) -> set[str]:
    """The state of an actor's commitments and the article."""
    return ask("commitments_state", "state article", actor=actor, **values)


def test_what_becomes_of_it(ask: Ask) -> None:
    """Nested, grouped, excepted, triggered and inherited conditions, each as its article states them."""
    nobody = {"refusing": "Council of Westland"}
    assert state(ask, "Sudland", met="ceasefire", refusing="Senate of Sudland") >= {f"blocked | {FIRST}"}
    assert f"waits | {FIRST}" in state(ask, "Sudland", met="ceasefire", **nobody)
    assert state(ask, "Westmark", met="ceasefire", **nobody) >= {f"active | {SECOND}", f"waits | {FIRST}"}
    assert f"blocked | {FIRST}" in state(ask, "Westmark", met="peace agreement", refusing="Pact Chamber")
    assert f"active | {FIRST}" in state(ask, "Ostland", met="royal consent", refusing="Thing of Ostland")
    assert f"waits | {FIRST}" in state(ask, "Ostland", met="ceasefire", refusing="Thing of Ostland")
    assert f"lapsed | {FIRST}" in state(ask, "Estmark", met="consent of parliament", **nobody)
    assert f"stands | {FIRST}" in state(ask, "Estmark", met="ceasefire", refusing="Diet of Estmark")
    assert f"in force but untriggered | {FIRST}" in state(ask, "The Pact", met="ratification", **nobody)
    assert f"blocked | {FIRST}" in state(ask, "The Pact", met="ceasefire", refusing="parliaments of the Pact")
    assert state(ask, "Westland", met="ceasefire", **nobody) == set(), "what is withdrawn has no state"


def test_which_parts_need_no_parliament(ask: Ask) -> None:
    """Not the obligation (ratified), not the force (mandated), not Westmark's share of it; with no king in it, all do without one."""
    assert ask("parts_unapproved", "commitment") == {"The Pact: monitor a ceasefire"}
    assert "The Pact: assist if attacked" in ask("parts_unapproved", "commitment", decider="court")


def test_where_troops_may_stand(ask: Ask) -> None:
    """Offered in one place and not in another; refused everywhere."""
    may = ask("places_allowed", "actor may reach place")
    assert {"Southmark | perhaps | only in | norland", "Southmark | no | not in | straits", "Norland | yes | only in | straits"} <= may
    assert {"Estmark | no |  | ", "Estmark | yes |  | ", "Westland | withdrawn |  | "} <= may
    assert ask("places_allowed", "actor may", within="norland") >= {"Southmark | perhaps", "Lakeland | no"}
    assert "Norland | yes" not in ask("places_allowed", "actor may", within="norland")


def test_pillars_without_a_contributor(ask: Ask) -> None:
    """The force has Westmark; an alliance is nobody in particular."""
    assert ask("parts_no-contributor", "commitment") == {"The Pact: assist if attacked", "The Pact: monitor a ceasefire"}


def test_wordings_of_one_utterance(ask: Ask) -> None:
    """In other words, of one commitment and one month; not what was said after the other article came out."""
    assert ask("wordings_compared", "speaker wording otherWording") == {
        "Ida Lund | Westmark will place soldiers there after a peace deal | Westmark would send forces once a ceasefire was in place"
    }


def test_one_sentence_two_speakers(ask: Ask) -> None:
    """Whatever the punctuation; one speaker in two articles is no dispute."""
    assert ask("quotes_disputed", "wording speaker otherSpeaker") == {"We fundamentally rule nothing out | Gil Hart | Ida Lund"}


def test_figures_contradict_within_one_measure(ask: Ask) -> None:
    """Twelve and fifteen leaders do, ten states do not."""
    figures = ask("figures_compared", "of lowest contradicts")
    assert figures == {
        "leaders present | 12 | the meeting: 15 leaders (leaders present)",
        "leaders present | 15 | the meeting: 12 leaders (leaders present)",
        "states present | 10 | ",
    }
    assert ask("figures_compared", "of", measure="STATES") == {"states present"}
    assert ask("figures_compared", "of", about="weather") == set()


def test_copies_and_what_they_dropped(ask: Ask) -> None:
    """The later is the copy; what it keeps was not dropped."""
    copied = ask("articles_copied", "article relation source commitment")
    assert f"{THIRD} | copy | {FIRST} | Southmark: deploy troops" in copied
    assert not [row for row in copied if "Norland: deploy" in row or row.startswith((FIRST, SECOND))]


def test_conditions_differ_between_articles(ask: Ask) -> None:
    """A peace deal in one, a ceasefire in the other."""
    assert ask("conditions_differing", "commitment condition otherCondition") == {
        "Westmark: deploy troops | peace agreement (event) | ceasefire (event)"
    }


def test_how_it_was_said(ask: Ask) -> None:
    """Signed, or only by officials without a name."""
    used = ask("channels_used", "channel only commitment")
    assert "through an unnamed source | true | The Pact: multinational force" in used
    assert "signed document | true | Norland and Westmark: provide intelligence" in used
    assert "spoken | false | Norland: deploy troops" in used


def test_what_changed_between_two_dates(ask: Ask) -> None:
    """A refusal became a pledge; what was said before is its background, what was said later is left out."""
    changed = ask("stances_changed", "change before stance", actor="Estmark", since="2026-05-31", until="2026-06-30")
    assert changed == {"changed | refused | pledged"}
    assert ask("stances_changed", "change before stance", actor="Estmark", since="2026-04", until="2026-05") == {"new |  | refused"}
    assert ask("stances_changed", "date", actor="Norland", since="2026-05-05", until="2026-05-31") == {"2026-05-31"}


def test_speakers_demands_threats_denials_and_nesting(ask: Ask) -> None:
    """Each with its own words."""
    assert "Ann Berg | Norland" in ask("speakers_for-whom", "speaker behalf")
    assert ask("statements_nested", "relayer speaker actor") == {"Gil Hart | Ida Lund | Westmark"}
    assert ask("claims_denied", "deniers speaker claim") == {f"2 | {who} | the islands were mined" for who in ("Carl Dorn", "Ida Lund")}
    assert ask("claims_denied", "claim", least="3") == set()
    assert ask("demands_made", "speaker actor commitment") == {
        "Ann Berg | Sudland | Sudland: withdraw troops", "Eva Falk | Norland | Norland: deploy troops",
    }  # fmt: skip
    assert ask("demands_made", "speaker", of="Sudland") == {"Ann Berg"}
    assert ask("threats_averted", "actor against averted condition") == {
        "Sudland | Westland | if it happens | return of the islands (reciprocity by Westland)"
    }


def test_what_evidence_is_missing(ask: Ask) -> None:
    """An article that only a machine read; with a lower limit, nothing more."""
    assert ask("evidence_missing", "problem thing") == {"only a machine's reading | third"}
    assert any("one passage for 1 statements" in row for row in ask("evidence_missing", "problem", shared="0"))


def test_every_edge_has_its_words(ask: Ask) -> None:
    """Also the decider's, and those of a condition that another depends on."""
    words = ask("evidence_paths", "role words refersTo", actor="Sudland")
    assert "decider | the Senate | Senate of Sudland" in words
    assert "condition | the Senate ratified it | ratification (approval by Senate of Sudland)" in words
    assert "marker | once | ceasefire (event)" in words


def test_the_chart_has_every_edge(ask: Ask) -> None:
    """What is attached and how, who decides, what it depends on; a commitment without a condition too."""
    chart = ask("who-what-only-if", "actor condition attachment decider dependsOn")
    ratified = "ratification (approval by Senate of Sudland)"
    assert {"Sudland | ceasefire (event) | requirement |  | ", f"Sudland | ceasefire (event) |  |  | {ratified}"} <= chart
    assert {f"Sudland | {ratified} |  | Senate of Sudland | ", "Southmark |  |  |  | "} <= chart
    assert ask("who-what-only-if", "actor", circumstance="armed attack") == {"The Pact"}


def test_what_is_derived(ask: Ask) -> None:
    """The latest first-hand stance stands; a whole's condition binds its part, a withdrawal's binds nothing."""
    standing = ask("standing", "subject object")
    assert "Estmark: deploy troops | pledged" in standing and "Estmark: deploy troops | refused" not in standing
    assert not any("monitor" in row for row in standing)
    assert "The Pact: monitor a ceasefire | pledged" in ask("standing-ascribed", "subject object")
    assert not any("Norland: deploy" in row for row in ask("standing-ascribed", "subject"))
    bound = ask("conditional-on", "subject object")
    assert "Westmark: deploy troops | mandate (approval by Pact Chamber)" in bound
    assert not any(row.startswith("Westland") for row in bound)
    opposed = ask("opposed-by", "subject object")
    assert {"ceasefire (event) | Sudland", "mandate (approval by Pact Chamber) | Pact Chamber"} <= opposed


EMPTY = {"stances_changed"}  # its default is about Germany, which is not of this world


@pytest.fixture(scope="module")
def other_engine(world: Store) -> rdflib.Graph:
    """The same world in rdflib, as one set of triples."""
    found = (quad.triple for graph in world.graphs() for quad in world.quads(graph))
    return rdflib.Graph().parse(data=ox.serialize(found, format=ox.RdfFormat.N_TRIPLES), format="nt")


@pytest.mark.parametrize("name", sorted({q.name for f in ("questions", "counts", "networks", "derive") for q in list_queries(f)}))
def test_another_engine_answers_the_same(name: str, world: Store, other_engine: rdflib.Graph) -> None:
    """Row for row."""
    query = load_query(name)
    ours = [tuple(None if t is None else getattr(t, "value", "") for t in row) for row in ask_store(world, query).rows]
    theirs = [tuple(None if t is None else str(t) for t in row) for row in other_engine.query(query.text)]  # type: ignore[union-attr]  # a SELECT's rows
    assert sorted(map(str, ours)) == sorted(map(str, theirs))
    assert bool(ours) == (name not in EMPTY)
