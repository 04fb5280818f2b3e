"""Networks: rows become a graph, the graph a file that others read."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest

from kg.analyse.network import WRITERS, Link, Place, in_words, links, network, places, printable, to_gexf, to_graphml, to_json
from kg.errors import QueryError
from kg.store.embedded import open_store
from kg.view.graph import draw

HOSTILE = [
    "</script><script>alert(1)</script>",
    "a\"b'c&d<e>",
    "\x00\x08\x1f\ud800\ufffe",
    "\u202eRTL",
    "مرحبا",
    "👩‍👩‍👧",
    "]]>",
    "x" * 300,
    "a\tb\nc",
]


def _said(graph: nx.Graph[str], what: str) -> dict[str, str]:
    return {node: held[what] for node, held in graph.nodes(data=True)}


def _same(graph: nx.Graph[str], other: nx.Graph[str]) -> bool:
    weights = [sorted((s, t, held["weight"]) for s, t, held in one.edges(data=True)) for one in (graph, other)]
    return other.is_directed() and _said(graph, "label") == _said(other, "label") and weights[0] == weights[1]


def test_rows_between_the_same_two_are_one_edge() -> None:
    """Weights add up, labels join, and what stands in the rows in any order gives one graph."""
    rows = [Link("a", "b", "refuses", 2), Link("a", "b", "asks", 1), Link("b", "a", "asks", 1), Link("b", "b")]
    graph = network(rows, {"a": "state"})
    assert graph.edges["a", "b"] == {"label": "asks · refuses", "weight": 3.0}
    assert _said(graph, "kind") == {"a": "state", "b": ""}
    assert set(graph.edges) == {("a", "b"), ("b", "a"), ("b", "b")}


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_a_file_has_the_same_bytes_for_the_same_rows(form: str) -> None:
    """The order of the rows is not in the file, and neither is the day."""
    rows = [Link(f"n{a}", f"n{b}", f"l{a}", a + 1) for a in range(9) for b in range(a)]
    mixed = rows[:]
    random.Random(1).shuffle(mixed)
    assert WRITERS[form](network(rows)) == WRITERS[form](network(mixed))


def test_every_file_comes_back() -> None:
    """GraphML, GEXF and JSON read back by networkx are the graph, with hostile labels in it."""
    graph = network([Link(f"id:{at}", "id:x", text, at, text, text[::-1]) for at, text in enumerate(HOSTILE[:2] + HOSTILE[3:8])])
    assert _same(graph, nx.read_graphml(io.BytesIO(to_graphml(graph))))
    assert _same(graph, nx.read_gexf(io.BytesIO(to_gexf(graph))))
    assert _same(graph, nx.node_link_graph(json.loads(to_json(graph)), edges="edges"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_leaves_a_file_well_formed(text: str) -> None:
    """Whatever stands in an id, a label or a kind, XML stays XML and the words stay the words but for what XML cannot hold."""
    graph = network([Link(text, "b", text, 1, text, text)], {printable(text): text})
    for write in (to_graphml, to_gexf):
        ElementTree.fromstring(write(graph))
    assert json.loads(to_json(graph))["edges"][0]["label"] == printable(text)


def test_rows_of_an_answer_are_links() -> None:
    """Unbound ends are no edge; a weight that is no number is the query's mistake and is said."""
    rows: list[dict[str, Any]] = [
        {"source": {"iri": "a", "label": "A"}, "target": {"iri": "b", "label": "B"}, "label": "l", "weight": "3"},
        {"source": None, "target": "b"},
    ]
    assert links(rows) == [Link("a", "b", "l", 3.0, "A", "B")]
    odd: list[Any] = ["many", "nan", "inf", [], {"iri": "i:w", "label": "3"}]
    for weight in odd:
        with pytest.raises(QueryError, match="no number"):
            links([{"source": "a", "target": "b", "weight": weight}])


def test_equal_rows_count_as_often_as_they_come() -> None:
    """An answer is a bag: a query that counts nothing still gives weights."""
    assert network([Link("a", "b"), Link("a", "b")]).edges["a", "b"]["weight"] == 2


def test_title_and_notes_travel_with_every_file() -> None:
    """Whoever opens the file elsewhere reads that no person has reviewed it."""
    graph = network([Link("a", "b")], title="Who <waits>", notes=("not reviewed", "made up"))
    for write in WRITERS.values():
        held = write(graph).decode()
        assert "not reviewed" in held and ("Who <waits>" in held or "Who &lt;waits&gt;" in held)


def test_no_rows_give_an_empty_graph() -> None:
    """An empty answer is a picture of nothing, not an error."""
    for write in WRITERS.values():
        assert write(network([]))


@pytest.mark.parametrize("seed", range(12))
def test_places_are_what_a_search_node_by_node_finds(seed: int) -> None:
    """Who reaches whom along the arrows, circles too; how many pieces a network falls into without a node."""
    drawn = random.Random(seed)
    graph = network([Link(f"n{drawn.randrange(9)}", f"n{drawn.randrange(9)}") for _ in range(drawn.randrange(4, 16))])
    whole = graph.to_undirected()
    for node, place in places(graph).items():
        assert place.reached_by == len(nx.ancestors(graph, node))
        without = whole.subgraph(set(whole) - {node})
        alone = not set(whole[node]) - {node}
        assert place.pieces == nx.number_connected_components(without) - nx.number_connected_components(whole) + alone


def test_the_words_name_the_first_three(seeds: Path) -> None:
    """Of who waits for whom: who can hold up most, and where the network hangs together."""
    graph = draw(open_store(seeds), "waits-for")
    assert isinstance(graph, nx.DiGraph)
    notes = graph.graph["notes"].splitlines()
    assert notes[0].startswith("Waited for by most, directly or through others (can hold up most): Vladimir Putin (8), ")
    assert any(note.startswith("Without it the network falls apart: Vladimir Putin (5 more pieces), ") for note in notes)
    assert all({"reached_by", "between", "pieces"} <= set(held) for _, held in graph.nodes(data=True))


def test_where_arrows_mean_nothing_none_is_reached() -> None:
    """The sentence is left out, and the files say that there is no direction; a pair is one edge, whichever end comes first."""
    graph = network([Link("a", "b"), Link("b", "c")])
    assert not any(line.startswith("Reached") for line in in_words(graph, places(graph), ""))
    pairs = network([Link("a", "b", "x"), Link("b", "a", "y", 2), Link("b", "c")], directed=False)
    assert pairs.edges["b", "a"] == {"label": "x · y", "weight": 3.0} and len(pairs.edges) == 2
    assert places(pairs)["b"] == Place(reached_by=2, between=1.0, pieces=1)
    for back in (nx.read_graphml(io.BytesIO(to_graphml(pairs))), nx.read_gexf(io.BytesIO(to_gexf(pairs)))):
        assert not back.is_directed() and set(back.edges) == {("a", "b"), ("b", "c")}
    assert b'"directed": false' in to_json(pairs)


def test_who_commits_together_has_no_direction(seeds: Path) -> None:
    """As its query says; the other networks have one."""
    for name, directed in (("together", False), ("waits-for", True)):
        graph = draw(open_store(seeds), name)
        assert isinstance(graph, nx.Graph) and graph.is_directed() is directed
