"""The ontology's files keep their own style, parse without a network, and say what they are."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyshacl import validate
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS

from kg.model import slug
from kg.resources import folder
from kg.vocabulary import CLASSES, ID, KG, PREFIXES, PROPERTIES, SCHEMES, kg

ONTOLOGY = folder("ontology")
FILES = ("kg.ttl", "actions.ttl", "actors.ttl")
KGN, SCHEMA = rdflib.Namespace(KG), rdflib.Namespace(PREFIXES["schema"])
PERSON, ACTION = rdflib.URIRef(ID + "actor/emmanuel-macron"), rdflib.URIRef(ID + "action/deploy-troops")


@functools.cache
def parsed(*names: str) -> rdflib.Graph:
    """The files as one graph; not to be changed."""
    graph = rdflib.Graph()
    for name in names:
        graph.parse(ONTOLOGY / name)
    return graph


def tripped(graph: rdflib.Graph) -> set[str]:
    """The names of the style shapes that the graph breaks; those nested in a shape count as it."""
    shapes = parsed("style.ttl")
    _, report, _ = validate(graph, shacl_graph=shapes, advanced=False, inference="none")
    assert isinstance(report, rdflib.Graph)
    return {str(shape).rpartition("#")[2] for shape in report.objects(None, SH.sourceShape) if isinstance(shape, rdflib.URIRef)}


def small() -> rdflib.Graph:
    """A few terms, concepts and actors of the real files: enough to break each shape, quick to check."""
    whole = parsed(*FILES)
    kept = [KGN.Commitment, KGN.speaker, KGN["force-pledges"], KGN.forces, PERSON, ACTION]
    kept += [rdflib.URIRef(ID + rest) for rest in ("action/military-presence", "actor/france", "actor/nato", "actor/european-union")]
    kept += [rdflib.URIRef(ID + rest) for rest in ("actor/g7", "actor/coalition-of-the-willing", "actor/bundestag", "actor/germany")]
    kept += [rdflib.URIRef(ID + rest) for rest in ("tenure/emmanuel-macron-president-france-2017-05-14", "circumstance/ceasefire")]
    kept += [rdflib.URIRef(ID + rest) for rest in ("circumstance/end-of-hostilities", "place/ukraine")]
    graph = rdflib.Graph()
    for subject in kept:
        assert (subject, None, None) in whole, subject
        for triple in whole.triples((subject, None, None)):
            graph.add(triple)
    return graph


def without(subject: rdflib.term.Node, predicate: rdflib.term.Node) -> Callable[[rdflib.Graph], object]:
    """A breakage: what the subject says with the predicate is gone."""
    return lambda graph: graph.remove((subject, predicate, None))


def instead(subject: rdflib.term.Node, predicate: rdflib.term.Node, value: rdflib.term.Node) -> Callable[[rdflib.Graph], object]:
    """A breakage: the subject says something else with the predicate."""
    return lambda graph: graph.set((subject, predicate, value))


def added(subject: rdflib.term.Node, predicate: rdflib.term.Node, value: rdflib.term.Node) -> Callable[[rdflib.Graph], object]:
    """A breakage: the subject says one thing more."""
    return lambda graph: graph.add((subject, predicate, value))


TENURE = rdflib.URIRef(ID + "tenure/emmanuel-macron-president-france-2017-05-14")
BREAKAGES: dict[str, list[Callable[[rdflib.Graph], object]]] = {
    "label": [without(KGN.Commitment, RDFS.label), added(KGN.Commitment, RDFS.label, rdflib.Literal("promise", "en"))],
    "definition": [
        without(KGN.speaker, SKOS.definition),
        added(ACTION, SKOS.definition, rdflib.Literal("Another.", "en")),
        instead(KGN.speaker, SKOS.definition, rdflib.Literal("who said it", "en")),
    ],
    "example": [without(KGN.Commitment, SKOS.example), without(KGN["force-pledges"], SKOS.example)],
    "counter-example": [instead(KGN.Commitment, SKOS.editorialNote, rdflib.Literal("A wish is none.", "en"))],
    "language": [instead(ACTION, SKOS.definition, rdflib.Literal("Moving armed forces."))],
    "property": [without(KGN.speaker, RDF.type), added(KGN.speaker, RDF.type, OWL.DatatypeProperty)],
    "scheme": [without(ACTION, SKOS.inScheme), added(ACTION, SKOS.inScheme, KGN.places)],
    "scheme-of-actions": [instead(ACTION, SKOS.inScheme, KGN.places)],
    "scheme-of-circumstances": [instead(rdflib.URIRef(ID + "circumstance/ceasefire"), SKOS.inScheme, KGN.actions)],
    "scheme-of-places": [instead(rdflib.URIRef(ID + "place/ukraine"), SKOS.inScheme, KGN.actions)],
    "broader": [instead(ACTION, SKOS.broader, rdflib.URIRef(ID + "action/nothing"))],
    "name": [without(ACTION, SKOS.prefLabel), instead(PERSON, SKOS.prefLabel, rdflib.Literal("E. Macron"))],
    "other-names": [added(PERSON, SKOS.altLabel, rdflib.Literal("Emmanuel Macron"))],
    "kind": [added(PERSON, RDF.type, KGN.State), lambda graph: graph.remove((PERSON, RDF.type, KGN.Person))],
    "superclasses": [lambda graph: graph.remove((PERSON, RDF.type, KGN.Actor))],
    "institution": [lambda graph: graph.remove((rdflib.URIRef(ID + "actor/bundestag"), RDF.type, KGN.Institution))],
    "member": [added(PERSON, KGN.memberOf, rdflib.URIRef(ID + "actor/nothing"))],
    "source": [without(PERSON, DCTERMS.source), instead(PERSON, DCTERMS.source, rdflib.Literal("everybody knows"))],
    "tenure": [without(TENURE, KGN.holder), instead(TENURE, KGN["from"], rdflib.Literal("long ago"))],
    "no-blank-node": [added(rdflib.BNode(), RDFS.label, rdflib.Literal("x")), added(KGN.Commitment, RDFS.subClassOf, rdflib.BNode())],
}


def test_the_files_keep_the_style() -> None:
    """Every term, concept and actor of the packaged files is as style.ttl wants it."""
    assert tripped(parsed(*FILES)) == set()


def test_the_small_graph_is_clean() -> None:
    """What the broken terms below are made from trips nothing."""
    assert tripped(small()) == set()


@pytest.mark.parametrize("shape", BREAKAGES)
def test_a_broken_term_trips_its_shape(shape: str) -> None:
    """Each rule of the style catches the mistake it is there for."""
    for breakage in BREAKAGES[shape]:
        graph = small()
        breakage(graph)
        assert shape in tripped(graph)


def test_every_style_shape_has_a_broken_term_and_a_remedy() -> None:
    """No rule is there that nothing shows to work; each says what to do, and none of its property shapes speaks for it."""
    shapes = parsed("style.ttl")
    named = {s for kind in (SH.NodeShape, SH.PropertyShape) for s in shapes.subjects(RDF.type, kind)}
    assert {str(shape).rpartition("#")[2] for shape in named} == set(BREAKAGES)
    assert all(re.match(r"[a-z]+ ", str(shapes.value(shape, SH.message))) for shape in named)


@pytest.mark.parametrize("name", [*FILES, "alignments.ttl"])
def test_no_blank_nodes(name: str) -> None:
    """Every subject and object has an IRI or is a value, so that two readings of a file give the same graph."""
    for quad in ox.parse(path=str(ONTOLOGY / name), format=ox.RdfFormat.TURTLE):
        assert not any(isinstance(node, ox.BlankNode) for node in quad.triple)


@pytest.mark.parametrize("name", ["kg.ttl", "actions.ttl", "actors.ttl", "alignments.ttl"])
def test_each_file_says_its_version_and_licence(name: str) -> None:
    """One header with a semver version and CC BY 4.0."""
    graph = rdflib.Graph().parse(ONTOLOGY / name)
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    assert re.fullmatch(r"\d+\.\d+\.\d+", str(graph.value(header, OWL.versionInfo)))
    assert graph.value(header, DCTERMS.license) == rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")


def test_nothing_is_imported() -> None:
    """No file imports another vocabulary, the alignments least of all."""
    assert not list(parsed(*FILES, "alignments.ttl").subjects(OWL.imports))


def test_alignments_stand_apart() -> None:
    """Only alignments.ttl links our terms to others' by match or subclass, and it links terms that exist."""
    ours = {rdflib.URIRef(kg(name)) for name in (*CLASSES, *PROPERTIES)}
    matches = (SKOS.closeMatch, SKOS.exactMatch, SKOS.relatedMatch)
    assert not any(list(parsed(*FILES).subjects(predicate)) for predicate in matches)
    aligned = {subject for subject in parsed("alignments.ttl").subjects() if str(subject).startswith(KG)}
    assert aligned and aligned <= ours


def test_concepts_are_where_their_iri_says() -> None:
    """An action's IRI is below id:action/, and so on; an actor's below id:actor/; ids are slugs."""
    graph = parsed(*FILES)
    for name, place in (
        ("Action", "action/"),
        ("Circumstance", "circumstance/"),
        ("Place", "place/"),
        ("Actor", "actor/"),
        ("Tenure", "tenure/"),
    ):
        iris = [str(iri) for iri in graph.subjects(RDF.type, KGN[name])]
        assert iris and all(
            iri.startswith(ID + place) and slug(iri.removeprefix(ID + place)) == iri.removeprefix(ID + place) for iri in iris
        )


def test_a_tenures_iri_is_made_of_what_it_says() -> None:
    """Holder, office, body and first day make the IRI, as they do in kg.registry."""
    graph = parsed("actors.ttl")
    for iri in graph.subjects(RDF.type, KGN.Tenure):
        holder, body = (str(graph.value(iri, KGN[term])).rpartition("/")[2] for term in ("holder", "officeOf"))
        key = slug(f"{holder} {graph.value(iri, KGN.office)} {body} {graph.value(iri, KGN['from']) or ''}")
        assert str(iri) == f"{ID}tenure/{key}"


def test_broader_goes_nowhere_in_circles() -> None:
    """No concept is broader than itself."""
    graph = parsed("actions.ttl")
    assert not [
        concept
        for concept in graph.subjects(SKOS.broader)
        if concept in set(graph.transitive_objects(graph.value(concept, SKOS.broader), SKOS.broader))
    ]


# ------------------------------------------------------------------------------------------------------ JSON-LD context


def expanded(document: dict[str, object], tmp_path: Path) -> Iterable[set[tuple[str, str, str]]]:
    """The triples of a document under the packaged context, as two independent readers see them, without a network."""
    path = tmp_path / "a.jsonld"
    path.write_text(json.dumps(document), "utf-8")
    yield {(str(q.subject), str(q.predicate), str(q.object)) for q in ox.parse(path=str(path), format=ox.RdfFormat.JSON_LD)}
    yield {(s.n3(), p.n3(), o.n3()) for s, p, o in rdflib.Graph().parse(path, format="json-ld")}


def context() -> dict[str, object]:
    """The packaged context."""
    read = json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8"))["@context"]
    assert isinstance(read, dict)
    return read


def test_the_context_knows_every_term() -> None:
    """Each prefix, class and property stands in it under its own name, and each leads to its own IRI."""
    known = context()
    assert {name: known[name] for name in PREFIXES} == PREFIXES
    for name in (*CLASSES, *PROPERTIES):
        entry = known[name]
        assert (entry["@id"] if isinstance(entry, dict) else entry) == f"kg:{name}"


def test_the_context_types_values_as_the_ontology_does() -> None:
    """Object properties lead to IRIs, the others to values of their range."""
    graph, known = parsed("kg.ttl"), context()
    for name in PROPERTIES:
        entry, term, value_type = known[name], rdflib.URIRef(kg(name)), graph.value(rdflib.URIRef(kg(name)), RDFS.range)
        typed = entry.get("@type") if isinstance(entry, dict) else None
        if (term, RDF.type, OWL.ObjectProperty) in graph:
            assert typed in ("@id", "@vocab"), name
        else:
            ours = str(value_type).replace(PREFIXES["xsd"], "xsd:") if value_type else "xsd:string"
            assert (typed or "xsd:string") == ours, name


def test_bare_words_expand_to_concepts() -> None:
    """A closed scheme's words stand for its concepts where the property asks for them, all of them."""
    known = context()
    for term, scheme in (
        ("force", "forces"),
        ("stance", "stances"),
        ("strength", "strengths"),
        ("mode", "modes"),
        ("channel", "channels"),
        ("kind", "condition-kinds"),
        ("role", "roles"),
    ):
        entry = known[term]
        assert isinstance(entry, dict)
        assert entry["@context"] == {bare: f"kg:{SCHEMES[scheme][0]}{bare.replace(' ', '-')}" for bare in SCHEMES[scheme][1]}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD reader still makes one
def test_a_document_expands_offline(tmp_path: Path) -> None:
    """A statement in plain JSON becomes the triples it means, for both readers."""
    document: dict[str, object] = {
        "@context": context(),
        "@id": "id:article/a/statement/1",
        "@type": "Statement",
        "label": "Merz: the Bundestag must consent",
        "speaker": "id:actor/friedrich-merz",
        "force": "pledges",
        "channel": "signed document",
        "stance": "kg:stance-open",
        "confidence": "0.7",
        "inferred": True,
        "saidOn": {"@value": "2026-01", "@type": "xsd:gYearMonth"},
        "mention": {"@id": "id:article/a/mention/1", "@type": ["Mention", "Passage"], "exact": "Merz", "start": 5, "role": "speaker"},
    }
    statement, mention, xsd = f"<{ID}article/a/statement/1>", f"<{ID}article/a/mention/1>", PREFIXES["xsd"]
    expected = {
        (statement, f"<{RDF.type}>", f"<{KG}Statement>"),
        (statement, f"<{RDFS.label}>", '"Merz: the Bundestag must consent"'),
        (statement, f"<{KG}speaker>", f"<{ID}actor/friedrich-merz>"),
        (statement, f"<{KG}force>", f"<{KG}force-pledges>"),
        (statement, f"<{KG}channel>", f"<{KG}channel-signed-document>"),
        (statement, f"<{KG}stance>", f"<{KG}stance-open>"),
        (statement, f"<{KG}confidence>", f'"0.7"^^<{xsd}decimal>'),
        (statement, f"<{KG}inferred>", f'"true"^^<{xsd}boolean>'),
        (statement, f"<{KG}saidOn>", f'"2026-01"^^<{xsd}gYearMonth>'),
        (statement, f"<{KG}mention>", mention),
        (mention, f"<{RDF.type}>", f"<{KG}Mention>"),
        (mention, f"<{RDF.type}>", f"<{KG}Passage>"),
        (mention, f"<{PREFIXES['oa']}exact>", '"Merz"'),
        (mention, f"<{PREFIXES['oa']}start>", f'"5"^^<{xsd}integer>'),
        (mention, f"<{KG}role>", f"<{KG}role-speaker>"),
    }
    for triples in expanded(document, tmp_path):
        assert triples == expected
