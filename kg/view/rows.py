"""Answers of queries become the rows pictures are made of: `Row`s of a chart, the kinds of a network's things.

A chart's query selects `?actor` and `?commitment`, and any of `?stance ?strength ?onlyIn ?notIn ?condition ?kind ?binding
?group ?decidedBy ?dependsOn ?speaker ?quote ?article ?start ?end`. Things are IRIs; stances, strengths and kinds of condition
the concepts of the closed schemes or their bare words. `?binding` says how the commitment's statement attaches the condition:
a property (`kg:requires`, `kg:exceptIf`, `kg:triggeredBy`) or its words (`only if`, `unless`, `in case`); it is unbound where
the condition is only what another one hangs on. `?attachment` and `?decider` are other names of `?binding` and `?decidedBy`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kg.analyse.network import thing
from kg.errors import QueryError
from kg.query import Answer, run, to_json_rows
from kg.store.embedded import Store
from kg.view.chart import Row
from kg.vocabulary import ACTOR_KINDS, CLASSES, KG, SUPERCLASSES, word

# What a query says -> what a `Row` says.
BINDINGS = {
    "requires": "requirement", "only if": "requirement", "requirement": "requirement", "exceptIf": "exceptIf", "unless": "exceptIf",
    "triggeredBy": "trigger", "in case": "trigger", "trigger": "trigger",
}  # fmt: skip
_NAMES = {"attachment": "binding", "decider": "decidedBy"}


def chart_rows(answer: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows of a chart's query as `Row`s; an answer's row as `--format json` prints it, things as `{"iri", "label"}`.

    A row without an actor or a commitment is no part of a chart and is left out. Raises QueryError where a column holds
    what a chart cannot show.

    >>> cells = {"actor": {"iri": "i:f", "label": "France"}, "commitment": {"iri": "i:c", "label": "deploy troops"}, "start": 5}
    >>> chart_rows([cells])[0].commitment_label, chart_rows([cells])[0].start
    ('deploy troops', 5)
    """
    return [_row(cells) for cells in answer if cells.get("actor") is not None and cells.get("commitment") is not None]


def _row(cells: Mapping[str, Any]) -> Row:
    cells = {_NAMES.get(name, name): cell for name, cell in cells.items()}
    iri = {name: thing(cell)[0] for name, cell in cells.items()}
    label = {name: thing(cell)[1] for name, cell in cells.items()}
    return Row(
        iri["actor"], label["actor"], iri["commitment"], label["commitment"], _word(cells, "stance"), _word(cells, "strength"),
        label.get("onlyIn", ""), label.get("notIn", ""), iri.get("condition", ""), label.get("condition", ""), _word(cells, "kind"),
        _attachment(iri.get("binding", "")), iri.get("group", ""), iri.get("decidedBy", ""), label.get("decidedBy", ""),
        iri.get("dependsOn", ""), label.get("dependsOn", ""), label.get("speaker", ""), label.get("quote", ""),
        iri.get("article", ""), label.get("article", ""), _offset(cells, "start"), _offset(cells, "end"),
    )  # fmt: skip


def _word(cells: Mapping[str, Any], column: str) -> str:
    """The bare word of a closed scheme, whether the query gives the concept or the word."""
    iri, label = thing(cells.get(column))
    try:
        return word(iri)
    except ValueError:
        return label


def _attachment(said: str) -> str:
    name = said.removeprefix(KG)
    if name and name not in BINDINGS:
        raise QueryError(f"?binding is {said!r}", "a row of the chart", f"one of: {', '.join(BINDINGS)}")
    return BINDINGS.get(name, "")


def _offset(cells: Mapping[str, Any], column: str) -> int:
    try:
        return int(cells.get(column) or 0)
    except (TypeError, ValueError):
        raise QueryError(
            f"?{column} is {cells[column]!r}, which is no offset", "a row of the chart", "select oa:start and oa:end"
        ) from None


def kinds(store: Store, answer: Answer) -> dict[str, str]:
    """What kind of thing each IRI of an answer is, in words (`state`, `unnamed source`, `commitment`), where the store says so.

    >>> from kg.store.embedded import memory
    >>> kinds(memory(), Answer((), []))
    {}
    """
    nodes = sorted({written for row in answer.rows for term in row if (written := str(term)).startswith("<")})  # as SPARQL writes IRIs
    asked = f"SELECT DISTINCT ?thing ?class {{ VALUES ?thing {{ {' '.join(nodes)} }} ?thing a ?class }} ORDER BY ?thing ?class"
    found: dict[str, str] = {}
    for row in to_json_rows(store, run(store, asked)):
        iri, name = thing(row["thing"])[0], thing(row["class"])[0].removeprefix(KG)
        known = found.get(iri, "")
        if name in CLASSES and (not known or known in SUPERCLASSES.get(name, ())):  # of a class and the one above it, the narrower
            found[iri] = name
    words = {name: kind for kind, name in ACTOR_KINDS.items()}
    return {iri: words.get(name, name.lower()) for iri, name in found.items()}
