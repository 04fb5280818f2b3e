"""What is derived after a change is what is derived from all."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.actors import load_registry
from kg.analyse import derive as deriving
from kg.analyse import touched
from kg.analyse.derive import derivations, derive
from kg.store.embedded import Replacement, Writer, create, lines_of, writer
from kg.triples import registry_triples
from kg.vocabulary import DERIVED_GRAPH, ID, OA, REGISTRY_GRAPH, SCHEMA, kg
from tests.analyse.test_origins import report
from tests.analyse.world import World

WHEN = "2026-01-06T12:00:00Z"
SPEAKERS = ("berg", "falk", "lund", "norland")
PHRASES = (
    "We shall send three grey ships to the harbour of Port Süd in spring",
    "Norland will send ships to the harbour of Port Süd once the assembly agrees",
    "nobody has sent ships to that harbour, and nobody will before the vote",
    "at least 40 people were killed in strikes across the whole northern valley",
    "at least 55 people were killed in strikes across the whole northern valley",
    "the talks go on “until further notice”",
)
TOLD = [report(40 + n, 8) for n in range(3)]


def an_article(name: str, draw: random.Random) -> list[bytes]:
    """An article that shares words, commitments, conditions, speakers and days with others, as its graph's lines."""
    world = World()
    for _ in range(draw.randrange(1, 5)):
        s = world.speaks(
            draw.choice(PHRASES),
            name,
            speaker=draw.choice(SPEAKERS),
            date=draw.choice(("", "", "2026-01-05", "2026-02")),
            expresses=draw.choice(("ships", "troops", "talks")),
            force=draw.choice(("pledges", "asserts", "denies")),
            mode=draw.choice(("direct", "indirect", "mixed")),
        )
        world.tell(s, kg("stance"), kg(f"stance-{draw.choice(('pledged', 'refused', 'open'))}"), name)
        if draw.random() < 0.5:
            c = world.condition(draw.choice(("vote", "truce", "winter", "budget")))
            world.tell(s, kg("requires"), c, name)
            world.tell(s, kg("attaches"), c, name)
    if draw.random() < 0.3:
        world.tell("commitment/ships", kg("partOf"), "commitment/troops", name)
    if draw.random() < 0.1:
        world.tell("actor/berg", "http://www.w3.org/2000/01/rdf-schema#label", draw.choice(("Ada Berg", "Zoe Berg")), name)
    a = f"article/{name}"
    text = " ".join(draw.choice(TOLD)[draw.randrange(3) :]) if draw.random() < 0.6 else " ".join(report(draw.randrange(10**6), 5))
    told = [q for q in world.quads if q.predicate.value not in (kg("origin"), kg("firstHand"), kg("text"), OA + "unknown")]
    extra = [ox.Quad(ox.NamedNode(ID + a), ox.NamedNode(kg("text")), ox.Literal(text))]
    if day := draw.choice(("2026-01-06", "2026-01-07", "2026-01-19", "2026-01", "")):
        extra.append(ox.Quad(ox.NamedNode(ID + a), ox.NamedNode(SCHEMA + "datePublished"), ox.Literal(day)))
    return lines_of(ID + a, [q.triple for q in [*told, *extra]])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Writer]:
    create(tmp_path / "store")
    with writer(tmp_path / "store", "test", WHEN) as held:
        held.replace_graph(REGISTRY_GRAPH, registry_triples(load_registry()), when=WHEN)
        yield held


def held_to_all(store: Writer) -> None:
    """Each derived graph is what its rule gives from all."""
    for name, make in derivations(store).items():
        graph = DERIVED_GRAPH + name
        assert store.lines(graph) == lines_of(graph, make()), name


@pytest.mark.parametrize("seed", range(4))
def test_what_follows_a_change_is_what_follows_from_all(store: Writer, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles come, go and are read anew, one or a few at a time; every rule changes some time, and most steps are not from all."""
    monkeypatch.setattr(deriving, "FEW", 0)
    monkeypatch.setattr(touched, "MUCH", 0)
    small: Counter[bool] = Counter()
    touch = touched.touch

    def counted(*args: object) -> touched.Touched | None:
        found = touch(*args)  # type: ignore[arg-type]
        small[found is not None] += 1
        return found

    monkeypatch.setattr(deriving, "touch", counted)
    draw = random.Random(seed)
    changed: Counter[str] = Counter()
    names = [f"n{n}" for n in range(8)]
    for name in names[:4]:
        store.replace_graphs([Replacement(f"{ID}article/{name}", an_article(name, draw), {})], when=WHEN)
    derive(store, WHEN)
    for _ in range(10):
        for name in draw.sample(names, draw.choice((1, 1, 1, 2))):
            graph = f"{ID}article/{name}"
            if store.holds(graph) and draw.random() < 0.4:
                store.remove_graph(graph, when=WHEN)
            else:
                store.replace_graphs([Replacement(graph, an_article(name, draw), {})], when=WHEN)
        changed.update(derive(store, WHEN))
        held_to_all(store)
    assert {"origin", "first-hand", "conditional-on", "standing-ascribed", "utterance", "disagreement"} <= set(changed)
    assert small[True] > small[False]


def test_where_nothing_changed_nothing_is_derived(store: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """By other rules, after a run that broke off, or where the journal is another one, all is derived again."""
    article, draw = f"{ID}article/n0", random.Random(1)
    store.replace_graphs([Replacement(article, an_article("n0", draw), {})], when=WHEN)
    rules = deriving._rules()
    assert store.since_derived(rules) is None and derive(store, WHEN)
    assert store.since_derived(rules) == {} and derive(store, WHEN) == []
    was = store.lines(article)
    store.replace_graphs(
        [Replacement(article, an_article("n0", draw), {}), Replacement(f"{ID}article/n1", an_article("n1", draw), {})], when=WHEN
    )
    assert store.since_derived(rules) == {article: was, f"{ID}article/n1": []}
    assert store.since_derived("others") is None
    monkeypatch.setattr(store, "derived", lambda rules: None)  # as if killed before it was noted
    assert derive(store, WHEN) and store.since_derived(rules) is None
    monkeypatch.undo()
    derive(store, WHEN)
    held_to_all(store)
    store.remove_graph(DERIVED_GRAPH + "origin", when=WHEN)  # somebody's own doing
    assert derive(store, WHEN) == ["origin"]


def test_a_name_that_counts_elsewhere_derives_all(store: Writer) -> None:
    """So does the registry; a name that no other article's thing goes by does not, nor one that comes later in the order of names."""
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    actor = f"<{ID}actor/berg> <{label}> "

    def named(name: str, words: str) -> dict[str, list[bytes]]:
        graph = f"{ID}article/{name}"
        store.replace_graphs([Replacement(graph, [f'{actor}"{words}" <{graph}> .\n'.encode()], {})], when=WHEN)
        return {graph: []}

    assert touched.touch(store, named("a", "Berg"), {}) is not None
    assert touched.touch(store, named("b", "Berg"), {}) is not None
    assert touched.touch(store, named("c", "Zoe Berg"), {}) is not None
    assert touched.touch(store, named("d", "Ada Berg"), {}) is None
    assert touched.touch(store, {REGISTRY_GRAPH: []}, {}) is None
