"""The vocabulary and the ontology say the same, both ways."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.resources import folder
from kg.vocabulary import (
    ACTOR_KINDS,
    CLASSES,
    FORCES,
    FORCES_WITHOUT_STANCE,
    KG,
    OPEN_SCHEMES,
    PREFIXES,
    PROPERTIES,
    RDF,
    RDFS,
    SCHEMES,
    SKOS,
    SUPERCLASSES,
    concept,
    kg,
    word,
)

OWL = "http://www.w3.org/2002/07/owl#"
ONTOLOGY = list(ox.parse(path=str(folder("ontology") / "kg.ttl"), format=ox.RdfFormat.TURTLE))


def typed(*types: str) -> set[str]:
    """The IRIs of the ontology that have one of the types."""
    return {q.subject.value for q in ONTOLOGY if q.predicate.value == RDF + "type" and q.object.value in types}


def pairs(predicate: str) -> set[tuple[str, str]]:
    """Subjects and objects of a predicate, by IRI or words."""
    return {(q.subject.value, q.object.value) for q in ONTOLOGY if q.predicate.value == predicate}


def test_classes_are_the_same() -> None:
    """Each class of the vocabulary is defined, and no other."""
    assert typed(OWL + "Class") == {kg(name) for name in CLASSES}


def test_properties_are_the_same() -> None:
    """Each property of the vocabulary is defined, and no other."""
    assert typed(OWL + "ObjectProperty", OWL + "DatatypeProperty") == {kg(name) for name in PROPERTIES}


def test_schemes_are_the_same() -> None:
    """The closed and open schemes are defined, and no other."""
    assert typed(SKOS + "ConceptScheme") == {kg(name) for name in (*SCHEMES, *OPEN_SCHEMES)}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_concepts_are_the_same(scheme: str) -> None:
    """The concepts of a closed scheme are the vocabulary's, each under its bare word."""
    ours = {concept(scheme, bare): bare for bare in SCHEMES[scheme][1]}
    assert {subject for subject, where in pairs(SKOS + "inScheme") if where == kg(scheme)} == set(ours)
    assert {(iri, name) for iri, name in pairs(SKOS + "prefLabel") if iri in ours} == set(ours.items())


def test_nothing_else_is_named() -> None:
    """Every term the ontology speaks about is in the vocabulary; nothing is defined by being mentioned."""
    terms = {kg(name) for name in (*CLASSES, *PROPERTIES, *SCHEMES, *OPEN_SCHEMES)} | {
        concept(s, w) for s, (_, words) in SCHEMES.items() for w in words
    }
    named = {node.value for quad in ONTOLOGY for node in quad.triple if isinstance(node, ox.NamedNode) and node.value.startswith(KG)}
    assert named == terms


def test_superclasses_are_the_ontologys() -> None:
    """The classes written out above a kind of actor are those that rdfs:subClassOf leads to."""
    parents = {child: parent for child, parent in pairs(RDFS + "subClassOf") if parent.startswith(KG)}

    def above(iri: str) -> set[str]:
        return {parents[iri], *above(parents[iri])} if iri in parents else set()

    assert {name: above(kg(name)) for name in ACTOR_KINDS.values()} == {name: set(map(kg, up)) for name, up in SUPERCLASSES.items()}


def test_ways_of_binding_are_ways_of_attaching() -> None:
    """requires, exceptIf and triggeredBy are subproperties of attaches, and there are no others."""
    assert pairs(RDFS + "subPropertyOf") == {(kg(name), kg("attaches")) for name in ("requires", "exceptIf", "triggeredBy")}


def test_words_and_concepts_go_both_ways() -> None:
    """A word's concept has that word, in every closed scheme."""
    for scheme, (_, words) in SCHEMES.items():
        assert [word(concept(scheme, bare)) for bare in words] == list(words)


def test_unknown_words_are_refused() -> None:
    """What a scheme does not have is an error that lists what it has; what is no concept has no word."""
    with pytest.raises(ValueError, match="asserts, pledges"):
        concept("forces", "mumbles")
    with pytest.raises(ValueError, match="no-such"):
        word(KG + "force-no-such")


def test_names_are_unique() -> None:
    """No class, property, scheme or prefix stands twice, and forces without a stance are forces."""
    for names in (CLASSES, PROPERTIES, tuple(PREFIXES.values())):
        assert len(set(names)) == len(names)
    assert set(FORCES_WITHOUT_STANCE) <= set(FORCES)
