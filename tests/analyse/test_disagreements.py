"""Where sources cannot all be right: each kind, and what is none."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.analyse import disagreements
from kg.analyse.disagreements import Contrast, disagreement_triples, find_contrasts
from kg.analyse.timeline import Moves
from kg.analyse.utterances import utterance_triples
from kg.store.embedded import memory, open_store, quads
from kg.vocabulary import DERIVED_GRAPH, SCHEMA, kg
from tests.analyse.world import World


def contrasts(world: World, kind: str) -> list[Contrast]:
    told = memory([*world.quads, *quads(f"{DERIVED_GRAPH}utterance", utterance_triples(world.store()))])
    return [one for one in find_contrasts(Moves(told)) if one.kind == kind]


def test_a_lost_hedge_is_told_with_its_words() -> None:
    """A wording that says the same is one without a difference."""
    world = World()
    world.speaks("Norland may send ships to the harbour", "a")
    world.speaks("Norland will send ships to the harbour", "b")
    world.speaks("Norland may send ships to that harbour", "c")
    assert [one.differs for one in contrasts(world, "wording")] == [("modal: may → will",), ()]


def test_a_sentence_of_two_speakers() -> None:
    """Quoted words that another source gives to another; of one source, or too short, none."""
    world = World()
    world.speaks("We stand firmly behind every word", "a", speaker="berg")
    world.speaks("everybody will stand firmly behind every word", "b", speaker="falk", mode="indirect")
    world.speaks("So we stand firmly behind every word of it", "c", speaker="falk", mode="indirect")
    world.speaks("Yes, we do", "d", speaker="berg")
    world.speaks("Yes, we do", "e", speaker="falk")
    [one] = contrasts(world, "speaker")
    assert (one.about, one.differs) == (("We stand firmly behind every word",), ("speaker: Berg → Falk",))


def test_what_anybody_may_say_has_no_owner() -> None:
    """A stock phrase of few words is disputed only where more than it is alike, and nothing is that was told in another year."""
    world = World()
    world.speaks("flights are suspended “until further notice”", "a", speaker="berg", mode="mixed")
    world.speaks("grain will be exported until further notice", "b", speaker="falk", mode="indirect")
    assert contrasts(world, "speaker") == []
    world.speaks("all flights are suspended until further notice", "c", speaker="falk", mode="indirect")
    [one] = contrasts(world, "speaker")
    assert one.other.passage.article.endswith("/c")
    world.speaks("We stand firmly behind every word", "d", speaker="berg")
    world.speaks("We stand firmly behind every word", "e", speaker="falk")
    for article, day in (("d", "2026-01-06"), ("e", "2026-06-06")):
        world.tell(f"article/{article}", SCHEMA + "datePublished", day, article)
    assert contrasts(world, "speaker") == [one]


def test_a_condition_that_another_source_has_instead() -> None:
    """Of one kind and in one way; a source without any says nothing else."""
    world = World()
    truce, peace, vote = (world.condition(name, kind) for name, kind in (("truce", "event"), ("peace", "event"), ("vote", "approval")))
    world.says("aid", article="a", requires=[truce])
    world.says("aid", article="b", requires=[peace])
    world.says("aid", article="c", requires=[vote])
    world.says("aid", article="d", exceptIf=[peace])
    world.says("aid", article="e")
    assert [one.differs for one in contrasts(world, "condition")] == [("condition: truce → peace",)]


def test_of_many_sources_each_pair_of_conditions_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the first two that differ so; of few, each pair of sources."""
    world = World()
    truce, peace = world.condition("truce"), world.condition("peace")
    for article, condition in (("a", truce), ("b", peace), ("c", peace), ("d", truce)):
        world.says("ships", article=article, requires=[condition])
    assert len(contrasts(world, "condition")) == 4
    monkeypatch.setattr(disagreements, "SOURCES", 3)
    [one] = contrasts(world, "condition")
    assert [side.passage.article.rpartition("/")[2] for side in (one.one, one.other)] == ["a", "b"]


def test_a_denial_is_between_who_says_it_and_who_denies_it() -> None:
    """Whoever says so twice is one; who denies what it says itself is no other source."""
    world = World()
    said = world.speaks("Norland sent a fleet", "a", speaker="berg", expresses="fleet")
    world.speaks("Norland sent a fleet", "b", speaker="berg", expresses="fleet")
    denied = world.speaks("it had sent a fleet", "c", speaker="falk", expresses="fleet", force="denies", mode="indirect")
    world.speaks("it had sent a fleet", "d", speaker="berg", expresses="fleet", force="denies", mode="indirect")
    pairs = [(one.one.iri.rpartition("/id/")[2], one.other.iri.rpartition("/id/")[2]) for one in contrasts(world, "denial")]
    assert pairs == [(said, denied)]


def test_each_is_in_the_graph_between_two_things_with_its_kind(seeds: Path) -> None:
    """Kinds of the seeds; a wording that says the same is no disagreement."""
    store = open_store(seeds)
    kinds: dict[str, str] = {}
    between: dict[str, set[str]] = {}
    for t in disagreement_triples(store):
        assert isinstance(t.subject, ox.NamedNode)
        assert isinstance(t.object, ox.NamedNode | ox.Literal)
        if t.predicate.value == kg("disagreementKind"):
            kinds[t.subject.value] = t.object.value
        if t.predicate.value == kg("between"):
            between.setdefault(t.subject.value, set()).add(t.object.value)
    assert set(kinds.values()) == {"wording", "speaker", "number", "condition", "stance"}
    assert kinds.keys() == between.keys() and {len(sides) for sides in between.values()} == {2}
