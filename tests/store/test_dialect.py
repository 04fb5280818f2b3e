"""What Virtuoso writes otherwise comes back as it was stored, and a text that only looks like it stays as it is."""

from __future__ import annotations

import json

import pytest

from kg.store.dialect import OUR_YEAR, STANDARD, VIRTUOSO, YEAR, dialect_of
from kg.vocabulary import XSD

BOOLEAN = f"{XSD}boolean"


@pytest.mark.parametrize(
    ("there", "here"),
    [
        (f'<x:a> <x:b> "1"^^<{BOOLEAN}> .', f'<x:a> <x:b> "true"^^<{BOOLEAN}> .'),
        (f'<x:a>\t<x:b>\t"0"^^<{BOOLEAN}> .', f'<x:a>\t<x:b>\t"false"^^<{BOOLEAN}> .'),
        (f'<x:a> <x:b> "2026"^^<{OUR_YEAR}> .', f'<x:a> <x:b> "2026"^^<{YEAR}> .'),
        (f'<x:a> <x:b> "1"^^<{XSD}integer> .', f'<x:a> <x:b> "1"^^<{XSD}integer> .'),
        (f'<x:a> <x:b> "\\"1\\"^^<{BOOLEAN}> ." .', f'<x:a> <x:b> "\\"1\\"^^<{BOOLEAN}> ." .'),
    ],
)
def test_triples_are_put_right(there: str, here: str) -> None:
    """At the end of a line alone, where no text can stand."""
    assert VIRTUOSO.read_triples(f"{there}\n".encode()) == f"{here}\n".encode()
    assert STANDARD.read_triples(there.encode()) == there.encode()


def test_rows_are_put_right() -> None:
    """Kinds of terms, booleans and years; texts and numbers are not touched."""
    terms = [
        {"type": "typed-literal", "value": "1", "datatype": BOOLEAN}, {"type": "typed-literal", "value": "2026", "datatype": OUR_YEAR},
        {"type": "literal", "value": "1"}, {"type": "typed-literal", "value": "1", "datatype": f"{XSD}integer"}, {"type": "uri", "value": "x:1"},
    ]  # fmt: skip
    data = json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": term} for term in terms]}}).encode()
    read = [row["a"] for row in json.loads(VIRTUOSO.read_json(data))["results"]["bindings"]]
    assert read == [
        {"type": "literal", "value": "true", "datatype": BOOLEAN}, {"type": "literal", "value": "2026", "datatype": YEAR},
        {"type": "literal", "value": "1"}, {"type": "literal", "value": "1", "datatype": f"{XSD}integer"}, {"type": "uri", "value": "x:1"},
    ]  # fmt: skip
    assert STANDARD.read_json(data) == data


def test_years_go_out_in_a_type_that_is_kept() -> None:
    """A year at the end of a line, never words about one."""
    year, words = f'<x:a> <x:b> "2026"^^<{YEAR}> <x:g> .\n'.encode(), f'<x:a> <x:b> "\\"2026\\"^^<{YEAR}>" <x:g> .\n'.encode()
    assert VIRTUOSO.lines([year, words], "x:g") == [year.replace(YEAR.encode(), OUR_YEAR.encode()), words]
    assert STANDARD.lines([year], "x:g") == [year]


def test_virtuoso_is_known_behind_a_proxy() -> None:
    """By its name, or by how its answers begin; nobody else is taken for it."""
    opening = b'{ "head": { "link": [], "vars": ["s"] },\n  "results": { "distinct": false, "ordered": true, '
    assert dialect_of("Virtuoso/07.20.3229") is dialect_of("nginx", opening) is VIRTUOSO
    assert dialect_of("Oxigraph/0.5.13", b'{"head":{"vars":["s"]},"results":{') is STANDARD
    assert VIRTUOSO.owns("http://www.openlinksw.com/schemas/virtrdf#") and not STANDARD.owns("http://www.openlinksw.com/schemas/virtrdf#")
