"""What breaks the shapes is what pySHACL says breaks them."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from kg.annotate.beside import find_article_for
from kg.annotate.from_file import read_annotation
from kg.check import check_triples
from kg.errors import AnnotationError
from kg.model import Registry
from kg.resources import folder
from kg.shacl import SH, Facts, broken, read_shapes
from kg.store.embedded import memory
from kg.triples import Iri, Literal, Triple, to_triples
from kg.vocabulary import KG, RDF, XSD, kg

PATH = folder("ontology") / "shapes.ttl"
EXAMPLES = folder("ontology") / "examples"
SHAPES, JUDGE = read_shapes(PATH), rdflib.Graph().parse(PATH)
OWNER = {str(part): str(s) for s in JUDGE.subjects(rdflib.DCTERMS.identifier) for part in (s, *JUDGE.objects(s, rdflib.SH.property))}
WORDS = ("5", "-1", "0.5", "1e0", "x", "", "2026-02-30", "2026-02-28", "2026-01", "2026", "2026-13", "07")
TYPES = [XSD + name for name in ("integer", "decimal", "double", "string", "date", "gYear", "gYearMonth")]


def ours(triples: list[Triple]) -> set[tuple[str, str]]:
    return set(broken(Facts(triples), SHAPES))


def judged(triples: list[Triple]) -> set[tuple[str, str]]:
    """The same by pySHACL."""
    data = rdflib.Graph()
    for s, p, o in triples:
        value = rdflib.URIRef(o) if isinstance(o, Iri) else rdflib.Literal(o.value, datatype=rdflib.URIRef(o.datatype), normalize=False)
        data.add((rdflib.URIRef(s), rdflib.URIRef(p), value))
    _, report, _ = pyshacl.validate(data, shacl_graph=JUDGE, inference="none", inplace=True)
    found = report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult)
    return {(OWNER[str(report.value(r, rdflib.SH.sourceShape))], str(report.value(r, rdflib.SH.focusNode))) for r in found}


def graphs() -> dict[str, list[Triple]]:
    """The graphs of the examples, those of annotation files that can be read and those that are graphs themselves."""
    found: dict[str, list[Triple]] = {}
    for path in sorted((*EXAMPLES.glob("valid/*.yaml"), *EXAMPLES.glob("invalid/*.yaml"))):
        article = find_article_for(path)
        assert article
        try:
            found[path.stem] = to_triples(article, read_annotation(path, article, Registry()).annotation, Registry())
        except AnnotationError:
            continue
    for path in sorted(EXAMPLES.glob("invalid/*.trig")):
        store = memory(ox.parse(path=path, format=ox.RdfFormat.TRIG))
        found |= {f"{path.stem} {name}": store.graph(name) for name in store.graphs()}
    return found


GRAPHS = graphs()


def damaged(graph: list[Triple], chance: random.Random) -> list[Triple]:
    """The graph with one to four triples taken out, turned, said again of another thing, or with another value."""
    out = list(graph)
    for _ in range(chance.randint(1, 4)):
        if not out:
            break
        at = chance.randrange(len(out))
        s, p, o = out[at]
        other = chance.choice(out)
        literal = Literal(chance.choice(WORDS), chance.choice(TYPES))
        out[at : at + 1] = chance.choice(
            (
                [],
                [(s, p, o), (s, p, other[2])],
                [(s, p, other[2])],
                [(s, p, o), (other[0], p, o)],
                [(s, p, literal)],
                [(s, p, o), (s, p, literal)],
            )
        )
    return out


def test_there_are_graphs() -> None:
    """The folders of examples are read, and the damage does harm."""
    assert len(GRAPHS) > 40
    assert sum(bool(ours(damaged(GRAPHS["any-of"], random.Random(seed)))) for seed in range(20)) > 5


@pytest.mark.parametrize("name", GRAPHS)
def test_examples_break_what_they_break_by_pyshacl(name: str) -> None:
    """The same shapes at the same nodes."""
    assert ours(GRAPHS[name]) == judged(GRAPHS[name])


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 200))])
def test_damaged_graphs_break_what_they_break_by_pyshacl(seed: int) -> None:
    """Whatever is wrong with a graph, in whatever way. pySHACL compares what is no number by its letters; by the standard it is not less than anything."""
    chance = random.Random(seed)
    for _ in range(3):
        graph = damaged(GRAPHS[chance.choice(list(GRAPHS))], chance)
        no_number = any(
            isinstance(o, Literal) and o.datatype == XSD + "integer" and not re.fullmatch(r"[+-]?\d+", o.value) for _, _, o in graph
        )
        assert ours(graph) >= judged(graph) if no_number else ours(graph) == judged(graph)


def test_a_class_takes_in_those_below_it() -> None:
    """Where the graph says that one class is below another."""
    cls = Iri(RDF + "type")
    below: list[Triple] = [(Iri(KG + "Plan"), Iri(str(rdflib.RDFS.subClassOf)), Iri(kg("Commitment"))), (Iri("x:c"), cls, Iri(KG + "Plan"))]
    assert {node for _, node in ours(below)} == {"x:c"}
    assert ours(below) == judged(below)


@pytest.mark.parametrize(
    "says",
    [
        "sh:path <x:p> ; sh:pattern 'a'",
        "sh:path [ sh:zeroOrMorePath <x:p> ] ; sh:minCount 1",
        "sh:path [ sh:inversePath [ sh:alternativePath ( [ sh:inversePath <x:p> ] ) ] ] ; sh:minCount 1",
        "sh:path <x:p> ; sh:datatype <x:d>",
    ],
)
def test_what_is_not_known_here_is_refused(says: str, tmp_path: Path) -> None:
    """No shape is passed over."""
    file = tmp_path / "shapes.ttl"
    file.write_text(f"@prefix sh: <{SH}> . <x:s> a sh:PropertyShape ; sh:targetClass <x:c> ; {says} .", "utf-8")
    with pytest.raises(ValueError, match="not known here"):
        read_shapes(file)


def test_a_rule_is_found_once_a_node() -> None:
    """However many parts of a shape a node breaks."""
    graph: list[Triple] = [(Iri("x:a"), Iri(RDF + "type"), Iri(kg("Article")))]
    assert [f.code for f in check_triples(graph)].count("article-incomplete") == 1
