"""Rows of an answer, as any query gives them, become rows of a chart."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.query import Answer, Row
from kg.store.embedded import memory
from kg.view.rows import chart_rows, kinds
from kg.vocabulary import KG, RDF, XSD

THINGS = {"actor": {"iri": "i:f", "label": "France"}, "commitment": {"iri": "i:c", "label": "deploy troops"}}


def test_concepts_become_their_words() -> None:
    """With or without a label in the store, a stance is `pledged` and a kind `approval`."""
    for label in ("pledged", "kg:stance-pledged"):
        cells = THINGS | {
            "stance": {"iri": KG + "stance-pledged", "label": label},
            "kind": {"iri": KG + "kind-approval", "label": "x"},
            "strength": "firm",
        }
        (row,) = chart_rows([cells])
        assert (row.stance, row.condition_kind, row.strength) == ("pledged", "approval", "firm")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"iri": KG + "requires", "label": "r"}, "requirement"),
        ("unless", "exceptIf"),
        ("in case", "trigger"),
        ("trigger", "trigger"),
        (None, ""),
    ],
)
def test_how_a_condition_is_attached(said: Any, meant: str) -> None:
    """The property, its words, or nothing; under either name of the column."""
    for name in ("binding", "attachment"):
        assert chart_rows([THINGS | {name: said}])[0].attachment == meant


@pytest.mark.parametrize("cells", [{"binding": "perhaps"}, {"start": "soon"}, {"end": [1]}])
def test_what_a_chart_cannot_show_is_the_query_s_mistake(cells: dict[str, Any]) -> None:
    """The message names the column."""
    with pytest.raises(QueryError, match=next(iter(cells))):
        chart_rows([THINGS | cells])


def test_a_row_without_a_commitment_is_left_out() -> None:
    """Unbound cells are no boxes."""
    assert chart_rows([THINGS | {"commitment": None}, {}]) == []


def test_the_narrowest_class_says_the_kind() -> None:
    """A parliament is an institution and an actor, and is called a parliament; what is no IRI has no kind, nor has what is unknown."""
    types = [
        ("p", "Actor"),
        ("p", "Institution"),
        ("p", "Parliament"),
        ("u", "Actor"),
        ("u", "UnnamedSource"),
        ("c", "Commitment"),
        ("x", "Odd"),
    ]
    quads = [ox.Quad(ox.NamedNode(f"i:{s}"), ox.NamedNode(RDF + "type"), ox.NamedNode(KG + o)) for s, o in types]
    rows: list[Row] = [(ox.NamedNode(f"i:{s}"), None) for s in "pucx?"] + [
        (ox.Literal("<i:p> } #"), ox.Literal("1", datatype=ox.NamedNode(XSD + "integer")))
    ]
    assert kinds(memory(quads), Answer(("source", "weight"), rows)) == {"i:p": "parliament", "i:u": "unnamed source", "i:c": "commitment"}


def test_the_kinds_of_many_things() -> None:
    """Ten thousand IRIs are no more than one question."""
    rows: list[Row] = [(ox.NamedNode(f"https://w3id.org/proviso/id/actor/{at}"),) for at in range(10_000)]
    assert kinds(memory(), Answer(("source",), rows)) == {}
