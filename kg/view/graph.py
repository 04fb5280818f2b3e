"""What `kg graph` does with an answer: a chart or a network, and the file its name's ending asks for.

Answer --chart--> Picture ─┐
Answer --network--> graph ─┴--write--> x.html .svg .graphml .gexf .json
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import networkx as nx

from kg.analyse.network import REACHED, in_words, links, places
from kg.analyse.network import network as graph_of_links
from kg.errors import QueryError, UsageError
from kg.query import Answer, ask_store, list_queries, load_query, to_json_rows, unreviewed
from kg.store.embedded import Store
from kg.store.folder import replace_file
from kg.view.chart import TITLE, build_chart
from kg.view.picture import FORMATS, encode
from kg.view.rows import chart_rows, kinds
from kg.view.shapes import Picture

_QUERIES = {"chart": "who-what-only-if", "network": "commitments"}  # kind -> the query drawn where none is given


def draw(store: Store, kind: str = "chart", query: str = "", given: Mapping[str, str] | None = None) -> Picture | nx.Graph[str]:
    """The chart or network of a named query's answer, with its question as title and what to beware of as notes.

    `kind` is `chart`, `network` or the name of a file in `queries/networks/`; `query` the named query whose rows are drawn,
    by default the one that belongs to the kind; `given` the values of its parameters. A query made for networks is drawn as
    one also where `kind` is `chart`. Raises UsageError for an unknown kind, query or parameter, and QueryError for an answer
    that is no such picture.

    >>> from kg.store.embedded import memory
    >>> draw(memory()).title
    'Who commits to what, only if what?'
    """
    named = load_query(_query_of(kind, query))
    answer = ask_store(store, named, given)
    only = tuple(f"{name}: {value}" for name, value in (given or {}).items() if f"{{{name}}}" not in named.question)
    notes = (*only, *unreviewed(store, answer))
    if kind == "chart" and named.draw != "network":
        return chart(store, answer, named.asked(given), notes)
    return network(store, answer, named.asked(given), notes, named.header.get("reached", REACHED))


def _query_of(kind: str, query: str) -> str:
    """The name of the query that is drawn."""
    if kind in _QUERIES:
        return query or _QUERIES[kind]
    networks = [found.name for found in list_queries("networks")]
    if kind not in networks:
        raise UsageError(f"there is no kind of graph called {kind!r}", "option --kind", f"one of: {', '.join((*_QUERIES, *networks))}")
    if query:
        raise UsageError(
            f"{kind} is a query of its own, so there is nothing to draw of {query}", "option --query", "give --kind or --query"
        )
    return kind


def chart(store: Store, answer: Answer, title: str = TITLE, notes: tuple[str, ...] = ()) -> Picture:
    """The chart *who → what → only if → who decides* of a chart query's answer (its columns: `kg.view.rows`).

    `notes` are sentences shown under the title, such as that no person has reviewed a reading. Raises QueryError for an
    answer that is no chart.
    """
    _check(answer, ("actor", "commitment"), "chart")
    if "condition" in answer.columns and not {"binding", "attachment"} & set(answer.columns):
        _check(answer, ("binding",), "chart")  # drawn without it, an exception would look like a requirement
    return build_chart(chart_rows(to_json_rows(store, answer)), title, notes)


def network(store: Store, answer: Answer, title: str = "Network", notes: tuple[str, ...] = (), reached: str = REACHED) -> nx.Graph[str]:
    """The network of an answer with `?source ?target`, and `?label ?weight` if it likes; nodes have their kind from the store.

    Each node has its place (`kg.analyse.network.Place`) as attributes, and the notes say in words who stands where; `reached` is
    what it means to be reached by others along the arrows, "" where they mean nothing: the graph then has no direction.

    Raises QueryError for an answer that is no network, or a weight that is no number.
    """
    _check(answer, ("source", "target"), "network")
    graph = graph_of_links(links(to_json_rows(store, answer)), kinds(store, answer), title, directed=bool(reached))
    found = places(graph)
    graph.graph["notes"] = "\n".join((*in_words(graph, found, reached), *notes))
    nx.set_node_attributes(graph, {node: asdict(place) for node, place in found.items()})
    return graph


def form_of(path: Path) -> str:
    """The form a file's name asks for, one of `FORMATS`; raises UsageError for another ending, before any work is done.

    >>> form_of(Path("pledges.HTML"))
    'html'
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        what = f"a graph is not written as {path.suffix!r}" if path.suffix else "the file's name does not say which form the graph has"
        raise UsageError(what, str(path), f"end the name in one of: {', '.join('.' + known for known in FORMATS)}")
    return form


def write(drawn: Picture | nx.Graph[str], path: Path) -> None:
    """Write a chart or a network as the file's ending asks; whole or not at all, the same bytes for the same answer.

    Raises UsageError for an ending that is no form of a graph, and OSError as any writing does.
    """
    data = encode(drawn, form_of(path))
    replace_file(path, lambda file: file.write(data))


def _check(answer: Answer, needed: tuple[str, ...], what: str) -> None:
    missing = [column for column in needed if column not in answer.columns]
    if missing:
        selected = ", ".join(f"?{column}" for column in answer.columns)
        hint = f"it selects {selected}; a {what} needs {' and '.join('?' + column for column in needed)}"
        raise QueryError(f"the query selects no ?{missing[0]}, so its answer is no {what}", "", hint)
