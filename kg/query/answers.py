"""What the engine gave -> an Answer -> JSON, CSV, tables, RDF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.errors import UsageError
from kg.listing import listing
from kg.store.embedded import Store, Term
from kg.vocabulary import PREFIXES, XSD

RDF_FORMATS = {"ttl": ox.RdfFormat.TURTLE, "nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG, "jsonld": ox.RdfFormat.JSON_LD}

Row = tuple[Term | None, ...]


class Answer(NamedTuple):
    """What a query gave: `kind` is select, ask (one row, one boolean) or construct (rows of three); None where unbound."""

    columns: tuple[str, ...]
    rows: list[Row]
    kind: str = "select"

    def to_df(self) -> Any:
        """The answer as a pandas DataFrame: IRIs and texts as text, numbers and booleans as such, unbound as None.

        Raises UsageError where pandas is not installed; nothing here brings it.
        """
        try:
            import pandas
        except ImportError:
            raise UsageError("pandas is not installed", "", "pip install pandas, or use to_json_rows") from None
        return pandas.DataFrame([[plain_value(term) for term in row] for row in self.rows], columns=list(self.columns))


def received(kind: str, data: bytes) -> Answer:
    """The answer in what a `Worker` sent."""
    if kind == "c":
        return _triples(quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
    return answer_of(ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON))


def answer_of(found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Answer:
    if isinstance(found, ox.QueryBoolean):
        return Answer(("answer",), [(ox.Literal(bool(found)),)], "ask")
    if isinstance(found, ox.QueryTriples):
        return _triples(found)
    return Answer(tuple(variable.value for variable in found.variables), [tuple(row) for row in found])


def _triples(found: Iterable[ox.Triple]) -> Answer:
    rows: list[Row] = [(t.subject, t.predicate, t.object) for t in sorted(set(found), key=str)]
    return Answer(("subject", "predicate", "object"), rows, "construct")


def to_json_rows(store: Store, answer: Answer) -> list[dict[str, Any]]:
    """The rows as JSON objects keyed by column: IRIs as `{"iri": …, "label": …}`, numbers and booleans as such, unbound null."""
    labels = label_of(store, answer)
    return [{column: _json(term, labels) for column, term in zip(answer.columns, row, strict=True)} for row in answer.rows]


def plain_value(term: Term | None) -> Any:
    """A term as Python has it: an IRI or text as text, a number or boolean as such, unbound as None."""
    value = _json(term, {})
    return value["iri"] if isinstance(value, dict) else value


def label_of(store: Store, answer: Answer) -> dict[str, str]:
    """What to show for each IRI of an answer: its rdfs:label, else its prefixed name, else itself."""
    iris = {term.value for row in answer.rows for term in row if isinstance(term, ox.NamedNode)}
    labels = store.labels(iris)
    return {iri: labels.get(iri) or _prefixed(iri) for iri in iris}


def to_text_rows(store: Store, answer: Answer) -> list[list[str]]:
    """The rows as words, labels for IRIs: what a table shows. Unbound is empty."""
    labels = label_of(store, answer)
    return [[_shown(term, labels) for term in row] for row in answer.rows]


def to_text(store: Store, answer: Answer, form: str, width: int | None = None) -> str:
    """The answer in one of `kg.listing.FORMATS`; a CONSTRUCT's also as `ttl`, `nq`, `trig` or `jsonld`.

    In CSV a column that holds IRIs shows their labels and is followed by `<name>_iri`. Raises UsageError for a format
    the answer does not come in.
    """
    if form in RDF_FORMATS:
        return _rdf(answer, form)
    if form in ("json", "jsonl"):
        return listing(answer.columns, [list(row.values()) for row in to_json_rows(store, answer)], form)
    if form == "csv":
        return listing(*_with_iris(store, answer), form)
    return listing(answer.columns, to_text_rows(store, answer), form, width)


def _rdf(answer: Answer, form: str) -> str:
    if answer.kind != "construct":
        raise UsageError(f"{form} holds triples, and this answer is rows", "", "use json, jsonl, csv or md, or ask with CONSTRUCT")
    triples = [ox.Quad(*row) for row in answer.rows]  # type: ignore[arg-type]  # rows of a CONSTRUCT are whole triples
    return (ox.serialize(triples, format=RDF_FORMATS[form], prefixes=PREFIXES) or b"").decode()


def _with_iris(store: Store, answer: Answer) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows with the IRIs of each column that holds some in a column beside it; numbers as numbers."""
    labels = label_of(store, answer)
    named = [any(isinstance(row[i], ox.NamedNode) for row in answer.rows) for i in range(len(answer.columns))]
    columns = [c for name, iri in zip(answer.columns, named, strict=True) for c in ((name, name + "_iri") if iri else (name,))]
    rows: list[list[Any]] = []
    for row in answer.rows:
        cells: list[Any] = []
        for term, iri in zip(row, named, strict=True):
            value = _json(term, {})
            cells.append(value if isinstance(value, int | float) and not isinstance(value, bool) else _shown(term, labels))
            if iri:
                cells.append(term.value if isinstance(term, ox.NamedNode) else "")
        rows.append(cells)
    return columns, rows


def _json(term: Term | None, labels: Mapping[str, str]) -> Any:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return {"iri": term.value, "label": labels.get(term.value, term.value)}
    if not isinstance(term, ox.Literal):
        return str(term)
    kind = term.datatype.value.removeprefix(XSD)
    if kind == "boolean" and term.value in ("true", "false", "1", "0"):
        return term.value in ("true", "1")
    number = {"integer": int, "decimal": float, "double": float, "float": float, "int": int, "long": int}.get(kind)
    if number and re.fullmatch(r"[+-]?[0-9]{1,300}(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?", term.value):
        return number(term.value)
    return term.value


def _shown(term: Term | None, labels: Mapping[str, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return labels.get(term.value, term.value)
    return term.value if isinstance(term, ox.Literal) else str(term)


def _prefixed(iri: str) -> str:
    """The IRI in its shortest form, `kg:speaker`; the longest fitting prefix wins."""
    fitting = [(len(base), name) for name, base in PREFIXES.items() if iri.startswith(base)]
    return f"{max(fitting)[1]}:{iri[max(fitting)[0] :]}" if fitting else iri
