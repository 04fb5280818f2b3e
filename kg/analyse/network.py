"""Who is linked to what: rows of `?source ?target ?label ?weight` become a directed graph, and the graph a file.

Any query in `queries/networks/` that selects these columns is a network; nothing here knows which. The files (GraphML,
GEXF, node-link JSON) have the same bytes for the same rows on every machine: nothing in them comes from a clock.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from xml.etree import ElementTree

import networkx as nx

from kg.errors import QueryError

# What no XML 1.0 document may hold: C0 controls but tab, line feed and carriage return, surrogates, two non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REACHED, BETWEEN, PIECES = "Reached by most along the arrows", "Between most others, a broker", "Without it the network falls apart"
MOST_EXACT = 300  # nodes up to which all shortest ways are counted
GEXF = "http://www.gexf.net/1.2draft"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One row of a network query: an edge between two IRIs, their labels, what the edge says, and how much it weighs."""

    source: str
    target: str
    label: str = ""
    weight: float = 1.0
    source_label: str = ""
    target_label: str = ""


def printable(text: str) -> str:
    """The text with what XML cannot hold and no screen can show (control characters, lone surrogates) replaced by `�`.

    >>> printable("Kyiv\\x00 <b>")
    'Kyiv� <b>'
    """
    return _UNPRINTABLE.sub("\ufffd", text)


def links(rows: Iterable[Mapping[str, Any]]) -> list[Link]:
    """The rows of an answer as links; things are `{"iri": …, "label": …}`, as `--format json` prints them, or plain text.

    A row without a source or a target is no edge and is left out; a missing weight is 1. Raises QueryError for a weight
    that is no finite number.

    >>> links([{"source": {"iri": "i:a", "label": "A"}, "target": "b", "weight": None}])
    [Link(source='i:a', target='b', label='', weight=1.0, source_label='A', target_label='b')]
    """
    found = []
    for row in rows:
        (source, source_label), (target, target_label) = thing(row.get("source")), thing(row.get("target"))
        if source and target:
            found.append(Link(source, target, thing(row.get("label"))[1], _weight(row.get("weight")), source_label, target_label))
    return found


def _weight(cell: Any) -> float:
    try:
        weight = 1.0 if cell is None else float(cell)
    except (TypeError, ValueError):
        weight = math.nan
    if not math.isfinite(weight):
        raise QueryError(
            f"?weight is {cell!r}, which is no number", "a row of the network", "select a number as ?weight, such as (COUNT(*) AS ?weight)"
        )
    return weight


def thing(cell: Any) -> tuple[str, str]:
    """What a cell of an answer names, and its words: `("", "")` for an unbound one, the text twice for a literal.

    >>> thing({"iri": "i:a", "label": "A"}), thing("2026"), thing(None)
    (('i:a', 'A'), ('2026', '2026'), ('', ''))
    """
    if isinstance(cell, Mapping):
        iri = printable(str(cell["iri"]))
        return iri, printable(str(cell.get("label") or iri))
    words = "" if cell is None else printable(str(cell))
    return words, words


def network(
    rows: Iterable[Link],
    kinds: Mapping[str, str] | None = None,
    title: str = "Network",
    notes: Iterable[str] = (),
    directed: bool = True,
) -> nx.Graph[str]:
    """The graph of the rows, nodes and edges in the order of their IRIs; a directed one (nx.DiGraph) unless arrows mean nothing.

    Rows with the same two ends are one edge: its weights are added, its different labels joined by ` · `. Every node has
    a `label` and a `kind` (from `kinds`, by IRI; `""` where it has none). The graph itself has the `title` and the `notes`,
    a line each, which every file and picture of it shows. Text is made `printable`.

    >>> graph = network([Link("i:a", "i:b", "refuses", 2, "A", "B"), Link("i:a", "i:b", "asks", 1, "A", "B")], {"i:a": "state"})
    >>> graph.nodes["i:a"], graph.edges["i:a", "i:b"]
    ({'label': 'A', 'kind': 'state'}, {'label': 'asks · refuses', 'weight': 3.0})
    """
    names: dict[str, str] = {}
    edges: dict[tuple[str, str], tuple[set[str], float]] = {}
    for row in sorted(rows):
        source, target = printable(row.source), printable(row.target)
        names.setdefault(source, printable(row.source_label) or source)
        names.setdefault(target, printable(row.target_label) or target)
        ends = (source, target) if directed else (min(source, target), max(source, target))
        labels, weight = edges.get(ends, (set(), 0.0))
        edges[ends] = (labels | ({printable(row.label)} - {""}), weight + row.weight)
    graph: nx.Graph[str] = (nx.DiGraph if directed else nx.Graph)(title=printable(title), notes=printable("\n".join(notes)))
    graph.add_nodes_from((iri, {"label": names[iri], "kind": printable((kinds or {}).get(iri, ""))}) for iri in sorted(names))
    graph.add_edges_from(
        (*ends, {"label": " · ".join(sorted(labels)), "weight": weight}) for ends, (labels, weight) in sorted(edges.items())
    )
    return graph


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: `reached_by` so many others along the arrows; `between` so many pairs of others, as far as the shortest ways go
    through it (a broker); without it (an articulation point) the network falls into `pieces` more pieces, arrows or not.
    """

    reached_by: int
    between: float
    pieces: int


def places(graph: nx.Graph[str]) -> dict[str, Place]:
    """The place of each node. Of more than `MOST_EXACT` nodes `between` is estimated from that many of them, drawn by a fixed seed.

    >>> places(network([Link("a", "b"), Link("b", "c")]))["b"]
    Place(reached_by=1, between=1.0, pieces=1)
    """
    whole = nx.condensation(nx.DiGraph(graph))  # where arrows mean nothing it has each both ways
    held = dict.fromkeys(whole, 0)  # the parts that reach a part, as bits
    for part in nx.topological_sort(whole):
        for other in whole.predecessors(part):
            held[part] |= held[other] | 1 << other
    size = {part: len(whole.nodes[part]["members"]) for part in whole}
    reached = {part: size[part] - 1 + sum(size[other] for other in _bits(held[part])) for part in whole}
    part_of = whole.graph["mapping"]
    sample = MOST_EXACT if len(graph) > MOST_EXACT else None
    between = nx.betweenness_centrality(graph, k=sample, normalized=False, seed=7)
    pieces = _pieces(graph.to_undirected(as_view=True))
    return {node: Place(reached[part_of[node]], round(between[node], 2), pieces.get(node, 0)) for node in graph}


def _bits(held: int) -> Iterable[int]:
    while held:
        low = held & -held
        yield low.bit_length() - 1
        held ^= low


def _pieces(graph: nx.Graph[str]) -> dict[str, int]:
    """For each node that holds pieces together how many more there are without it."""
    blocks = cast(Iterable[set[str]], nx.biconnected_components(graph))
    parts = Counter(node for block in blocks for node in block)
    return {node: count - 1 for node, count in parts.items() if count > 1}


def in_words(graph: nx.Graph[str], found: Mapping[str, Place], reached: str = REACHED) -> list[str]:
    """What the places tell, a sentence each, the first three nodes by name; `reached` says what it means to be reached in this network,
    "" where arrows mean nothing.

    >>> graph = network([Link("i:a", "i:b", "", 1, "Ada", "Bo"), Link("i:b", "i:c", "", 1, "Bo", "Cy")])
    >>> in_words(graph, places(graph), "Waited for by most")
    ['Waited for by most: Cy (2), Bo (1).', 'Between most others, a broker: Bo (1).', 'Without it the network falls apart: Bo (1 more piece).']
    """
    told = []
    for name, word in (("reached_by", reached), ("between", BETWEEN), ("pieces", PIECES)):
        values = {node: getattr(place, name) for node, place in found.items()}
        first = sorted((node for node in values if values[node] > 0), key=lambda node: (-values[node], node))[:3]
        unit = {"pieces": " more piece"}.get(name, "")
        some = [f"{graph.nodes[node]['label']} ({values[node]:g}{unit}{'s' * (bool(unit) and values[node] > 1)})" for node in first]
        told += [f"{word}: {', '.join(some)}."] if some and word else []
    return told


def to_graphml(graph: nx.Graph[str]) -> bytes:
    """The graph as GraphML in UTF-8, which Gephi, yEd, Cytoscape and igraph read.

    >>> b"graphml" in to_graphml(network([Link("a", "b")]))
    True
    """
    written = io.BytesIO()
    nx.write_graphml_xml(_flat(graph), written, encoding="utf-8", prettyprint=True)
    return written.getvalue()


def to_gexf(graph: nx.Graph[str]) -> bytes:
    """The graph as GEXF 1.2 in UTF-8, for Gephi; without the date of writing, which would change the bytes every day.

    Title and notes stand in its description.

    >>> b"lastmodifieddate" in to_gexf(network([Link("a", "b")]))
    False
    """
    root = ElementTree.fromstring("\n".join(nx.generate_gexf(_flat(graph), prettyprint=False)))
    for meta in root.findall(f"{{{GEXF}}}meta"):
        meta.clear()
        ElementTree.SubElement(meta, f"{{{GEXF}}}description").text = "\n".join(
            filter(None, [graph.graph.get("title"), graph.graph.get("notes")])
        )
    ElementTree.register_namespace("", GEXF)
    ElementTree.indent(root)
    written = io.BytesIO()
    ElementTree.ElementTree(root).write(written, encoding="utf-8", xml_declaration=True)
    return written.getvalue() + b"\n"


def _flat(graph: nx.Graph[str]) -> nx.Graph[str]:
    """The graph with lists (of quotes) as JSON text, since XML formats have only words and numbers in attributes."""
    flat = graph.copy()
    for _, held in flat.nodes(data=True):
        held |= {name: json.dumps(value, ensure_ascii=False) for name, value in held.items() if isinstance(value, list)}
    return flat


def to_json(graph: nx.Graph[str]) -> bytes:
    """The graph as node-link JSON in UTF-8: `{"directed", "multigraph", "graph", "nodes": […], "edges": […]}`.

    >>> json.loads(to_json(network([Link("a", "b")])))["edges"]
    [{'label': '', 'weight': 1.0, 'source': 'a', 'target': 'b'}]
    """
    return json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=1).encode() + b"\n"


WRITERS: Mapping[str, Callable[[nx.Graph[str]], bytes]] = {"graphml": to_graphml, "gexf": to_gexf, "json": to_json}
