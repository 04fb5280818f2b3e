"""What `kg graph` does with an answer: a chart or a network, and the file its name's ending asks for.

Answer --chart--> Picture ─┐
Answer --network--> graph ─┴--write--> x.html .svg .graphml .gexf .json
"""

from __future__ import annotations

from pathlib import Path

import networkx as nx

from kg.analyse.network import links
from kg.analyse.network import network as graph_of_links
from kg.errors import QueryError, UsageError
from kg.query import Answer, to_json_rows
from kg.resources import write_atomically
from kg.store.embedded import Store
from kg.view.chart import TITLE, build_chart
from kg.view.picture import FORMATS, encode
from kg.view.rows import chart_rows, kinds
from kg.view.shapes import Picture


def chart(store: Store, answer: Answer, title: str = TITLE, notes: tuple[str, ...] = ()) -> Picture:
    """The chart *who → what → only if → who decides* of a chart query's answer (its columns: `kg.view.rows`).

    `notes` are sentences shown under the title, such as that no person has reviewed a reading. Raises QueryError for an
    answer that is no chart.
    """
    _check(answer, ("actor", "commitment"), "chart")
    if "condition" in answer.columns and not {"binding", "attachment"} & set(answer.columns):
        _check(answer, ("binding",), "chart")  # drawn without it, an exception would look like a requirement
    return build_chart(chart_rows(to_json_rows(store, answer)), title, notes)


def network(store: Store, answer: Answer, title: str = "Network", notes: tuple[str, ...] = ()) -> nx.DiGraph[str]:
    """The network of an answer with `?source ?target`, and `?label ?weight` if it likes; nodes have their kind from the store.

    Raises QueryError for an answer that is no network, or a weight that is no number.
    """
    _check(answer, ("source", "target"), "network")
    return graph_of_links(links(to_json_rows(store, answer)), kinds(store, answer), title, notes)


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


def write(drawn: Picture | nx.DiGraph[str], path: Path) -> None:
    """Write a chart or a network as the file's ending asks; whole or not at all, the same bytes for the same answer.

    Raises UsageError for an ending that is no form of a graph, and OSError as any writing does.
    """
    write_atomically(path, encode(drawn, form_of(path)))


def _check(answer: Answer, needed: tuple[str, ...], what: str) -> None:
    missing = [column for column in needed if column not in answer.columns]
    if missing:
        selected = ", ".join(f"?{column}" for column in answer.columns)
        hint = f"it selects {selected}; a {what} needs {' and '.join('?' + column for column in needed)}"
        raise QueryError(f"the query selects no ?{missing[0]}, so its answer is no {what}", "", hint)
