"""Rules -> findings: what is wrong with an annotation file, an article's graph, a whole store.

A rule is data: a shape in `ontology/shapes.ttl` where SHACL Core can say it, else a query in `queries/checks/` (no rows:
healthy). Each has a code, a severity, and a message that says the remedy; `ontology/examples/invalid` trips each once.

    annotation file --read_annotation--> findings on the file, or an Annotation --to_triples--> triples --rules--> findings

The engine is pySHACL: 10 ms of CPU for a short item (160 triples), 200 ms for an article of forty statements (5,900
triples), every result the standard asks for. pyrudof is three to five times as fast on one graph kept loaded, but it
panics on an inverse of alternative paths, lets values pass that cannot be compared, and merges the next article's graph
into the last unless reset, which costs more than pySHACL takes (pyshacl 0.40.1, pyrudof 0.3.35, these shapes).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import yaml

from kg.articles import read_articles
from kg.errors import AnnotationError, Finding
from kg.model import Article, Registry
from kg.resources import folder
from kg.triples import Iri, Literal, Triple, nodes, to_triples
from kg.vocabulary import RDF

if TYPE_CHECKING:
    import rdflib

SH = "http://www.w3.org/ns/shacl#"
IDENTIFIER = "http://purl.org/dc/terms/identifier"
TEXT_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader  # every scalar as the words that stand there
SEVERITIES = {SH + "Violation": "error", SH + "Warning": "warning"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `query` is empty for a shape; `scope` is `article` (each graph alone), `store` (all as one) or `both`."""

    code: str
    severity: str
    message: str
    scope: str = "article"
    query: str = ""

    def finding(self, node: str, where: str, detail: str = "") -> Finding:
        """The finding that this node breaks the rule."""
        return Finding(self.code, self.severity, f"{self.message} ({_one_line(detail)})" if detail else self.message, where, 0, node)


def rules() -> dict[str, Rule]:
    """Every rule about graphs by its code; the codes of `read_annotation`, about files, are not among them.

    >>> rules()["approval-nobody"].severity
    'warning'
    """
    return dict(sorted({rule.code: rule for rule in (*_shapes().owner.values(), *_queries())}.items()))


def check_triples(triples: Iterable[Triple], where: str = "") -> list[Finding]:
    """What is wrong with one graph, sorted; `where` becomes the findings' file, empty: they are placed by their node.

    >>> from kg.vocabulary import RDF, kg
    >>> [f.code for f in check_triples([(Iri("x:c"), Iri(RDF + "type"), Iri(kg("Claim")))])]
    ['claim-unexpressed', 'no-label']
    """
    graph = list(triples)
    store = ox.Store()
    store.extend(ox.Quad(*_oxigraph(triple)) for triple in graph)
    found = {*_by_shapes(graph, where), *_by_queries(store, ("article", "both"), where)}
    return _sorted(found)


def check_annotation(path: Path, article: Article, registry: Registry) -> list[Finding]:
    """What is wrong with one annotation file, each finding at its line; graph rules are asked once the file can be read."""
    from kg.annotate.from_file import read_annotation

    try:
        read = read_annotation(path, article, registry)
    except AnnotationError as error:
        return _sorted(error.findings)
    triples = to_triples(article, read.annotation, registry)
    lines = _lines(triples, nodes(article, read.annotation, registry), read.lines)
    return _sorted({replace(f, line=lines.get(f.node, 0)) for f in check_triples(triples, str(path))})


def check_store(store: ox.Store) -> list[Finding]:
    """What is wrong with a store: each named graph alone, then all as one (two names for one thing, …), sorted.

    A finding is placed by its node; a thing that several graphs describe in the same wrong way is found once.
    """
    found = set(_by_queries(store, ("store", "both"), ""))
    for name in store.named_graphs():
        found |= set(check_triples(_triple(quad) for quad in store.quads_for_pattern(None, None, None, name)))
    return _sorted(found)


def find_article_for(path: Path) -> Article | None:
    """The article an annotation file speaks of; None where there is none.

    It is the text inside the file, else the article file of the same stem beside it or in a sibling folder `articles/`.
    A file that is no YAML or JSON gets an empty article, so that `check_annotation` can say where it breaks.
    """
    try:
        source = path.read_bytes()
        document = json.loads(source) if path.suffix == ".json" else yaml.load(source, Loader=TEXT_LOADER)
    except (yaml.YAMLError, ValueError, RecursionError):
        return Article(path.stem, "")
    header = document.get("article") if isinstance(document, dict) else None
    header = header if isinstance(header, dict) else {}
    if isinstance(header.get("text"), str):
        return _article(header, path.stem)
    readings = [r.article for file in _article_files(path) for r in read_articles(file) if r.article]
    return next((a for a in readings if a.id == header.get("id")), readings[0] if readings else None)


def _article(header: Mapping[str, object], stem: str) -> Article:
    """The article written inside an annotation file; what is no text there is left to `read_annotation` to complain of."""
    words = {key: value for key, value in header.items() if isinstance(value, str)}
    return Article(
        words.get("id", stem), words["text"], words.get("title"), words.get("outlet"), words.get("author"), words.get("published"),
        str(header.get("published_inferred")).lower() == "true", words.get("url"), words.get("language"), words.get("file"),
    )  # fmt: skip


def _article_files(path: Path) -> list[Path]:
    folders = (path.parent, path.parent.parent / "articles")
    return [file for place in folders for suffix in (".txt", ".md", ".html") if (file := place / (path.stem + suffix)).is_file()][:1]


# ---------------------------------------------------------------------------------------------------- shapes


@dataclass(frozen=True)
class _Shapes:
    """The parsed shapes graph, and for each shape in it (also a nested one without a name) the rule it belongs to."""

    graph: rdflib.Graph
    owner: Mapping[str, Rule]


@cache
def _shapes() -> _Shapes:
    import rdflib

    graph = rdflib.Graph().parse(folder("ontology") / "shapes.ttl", format="turtle")
    owner: dict[str, Rule] = {}
    for shape, code in graph.subject_objects(rdflib.URIRef(IDENTIFIER)):
        severity, message = graph.value(shape, rdflib.SH.severity), graph.value(shape, rdflib.SH.message)
        rule = Rule(str(code), SEVERITIES[str(severity)], str(message))
        owner |= {str(part): rule for part in (shape, *graph.objects(shape, rdflib.SH.property))}
    return _Shapes(graph, owner)


def _by_shapes(triples: Iterable[Triple], where: str) -> Iterator[Finding]:
    import pyshacl
    import rdflib

    data = rdflib.Graph()
    for s, p, o in triples:
        value = rdflib.URIRef(o) if isinstance(o, Iri) else rdflib.Literal(o.value, datatype=rdflib.URIRef(o.datatype))
        data.add((rdflib.URIRef(s), rdflib.URIRef(p), value))
    shapes = _shapes()
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes.graph, inference="none", inplace=True)
    for result in report.subjects(rdflib.URIRef(RDF + "type"), rdflib.SH.ValidationResult):
        rule = shapes.owner[str(report.value(result, rdflib.SH.sourceShape))]
        yield rule.finding(str(report.value(result, rdflib.SH.focusNode)), where)


# ---------------------------------------------------------------------------------------------------- queries


@cache
def _queries() -> tuple[Rule, ...]:
    return tuple(_query(path) for path in sorted(folder("queries").glob("checks/*.rq")))


def _query(path: Path) -> Rule:
    source = path.read_text("utf-8")
    header = yaml.safe_load("\n".join(line[3:] for line in source.splitlines() if line.startswith("#+ ")))
    return Rule(header["code"], header["severity"], header["message"], header["scope"], source)


def _by_queries(store: ox.Store, scopes: tuple[str, ...], where: str) -> Iterator[Finding]:
    for rule in _queries():
        if rule.scope in scopes:
            for row in _solutions(store, rule.query):
                yield rule.finding(row[0], where, row[1] if len(row) > 1 else "")


def _solutions(store: ox.Store, query: str) -> Iterator[list[str]]:
    answer = store.query(query, use_default_graph_as_union=True)
    assert isinstance(answer, ox.QuerySolutions)  # every check is a SELECT
    for row in answer:
        yield ["" if term is None else _plain(term) for term in row]


def _plain(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode) else str(term)


def _oxigraph(triple: Triple) -> tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]:
    s, p, o = triple
    value = ox.NamedNode(o) if isinstance(o, Iri) else ox.Literal(o.value, datatype=ox.NamedNode(o.datatype))
    return ox.NamedNode(s), ox.NamedNode(p), value


def _triple(quad: ox.Quad) -> Triple:
    o = quad.object
    value = Literal(o.value, o.datatype.value) if isinstance(o, ox.Literal) else Iri(_plain(o))
    return Iri(_plain(quad.subject)), Iri(quad.predicate.value), value


# ---------------------------------------------------------------------------------------------------- places


def _lines(triples: Iterable[Triple], came_from: Mapping[str, str], lines: Mapping[str, int]) -> dict[str, int]:
    """The IRI of a thing -> the line of the entry it came from; of words shared by entries, the first of these lines."""
    known = {node: lines[id] for node, id in came_from.items() if id in lines}
    shared: dict[str, int] = {}
    for s, _, o in triples:
        if isinstance(o, Iri) and o not in known and s in known:
            shared[o] = min(known[s], shared.get(o, known[s]))
    return known | shared


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda f: (f.file, f.line, f.code, f.node, f.message))


def _one_line(words: str, length: int = 80) -> str:
    """Words of a text, fit to be shown: one line, cut, without control and direction characters."""
    words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return words if len(words) <= length else words[: length - 1] + "…"
