"""Who is linked to what: rows of `?source ?target ?label ?weight` become a directed graph, and the graph a file.

Any query in `queries/networks/` that selects these columns is a network; nothing here knows which. The files (GraphML,
GEXF, node-link JSON) have the same bytes for the same rows on every machine: nothing in them comes from a clock.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import networkx as nx

from kg.errors import QueryError

# What no XML 1.0 document may hold: C0 controls but tab, line feed and carriage return, surrogates, two non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
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
    rows: Iterable[Link], kinds: Mapping[str, str] | None = None, title: str = "Network", notes: Iterable[str] = ()
) -> nx.DiGraph[str]:
    """The directed graph of the rows, nodes and edges in the order of their IRIs.

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
        labels, weight = edges.get((source, target), (set(), 0.0))
        edges[source, target] = (labels | ({printable(row.label)} - {""}), weight + row.weight)
    graph: nx.DiGraph[str] = nx.DiGraph(title=printable(title), notes=printable("\n".join(notes)))
    graph.add_nodes_from((iri, {"label": names[iri], "kind": printable((kinds or {}).get(iri, ""))}) for iri in sorted(names))
    graph.add_edges_from(
        (*ends, {"label": " · ".join(sorted(labels)), "weight": weight}) for ends, (labels, weight) in sorted(edges.items())
    )
    return graph


def to_graphml(graph: nx.DiGraph[str]) -> bytes:
    """The graph as GraphML in UTF-8, which Gephi, yEd, Cytoscape and igraph read.

    >>> b"graphml" in to_graphml(network([Link("a", "b")]))
    True
    """
    written = io.BytesIO()
    nx.write_graphml_xml(_flat(graph), written, encoding="utf-8", prettyprint=True)
    return written.getvalue()


def to_gexf(graph: nx.DiGraph[str]) -> bytes:
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


def _flat(graph: nx.DiGraph[str]) -> nx.DiGraph[str]:
    """The graph with lists (of quotes) as JSON text, since XML formats have only words and numbers in attributes."""
    flat = graph.copy()
    for _, held in flat.nodes(data=True):
        held |= {name: json.dumps(value, ensure_ascii=False) for name, value in held.items() if isinstance(value, list)}
    return flat


def to_json(graph: nx.DiGraph[str]) -> bytes:
    """The graph as node-link JSON in UTF-8: `{"directed", "multigraph", "graph", "nodes": […], "edges": […]}`.

    >>> json.loads(to_json(network([Link("a", "b")])))["edges"]
    [{'label': '', 'weight': 1.0, 'source': 'a', 'target': 'b'}]
    """
    return json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=1).encode() + b"\n"


WRITERS: Mapping[str, Callable[[nx.DiGraph[str]], bytes]] = {"graphml": to_graphml, "gexf": to_gexf, "json": to_json}
