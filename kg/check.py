"""Rules -> findings: what is wrong with an annotation file, an article's graph, a whole store.

A rule is data: a shape in `ontology/shapes.ttl` where SHACL Core can say it, else a query in `queries/checks/` (no rows:
healthy). Each has a code, a severity, and a message that says the remedy; `ontology/examples/invalid` trips each once.

    annotation file --read_annotation--> findings on the file, or an Annotation --to_triples--> triples --rules--> findings

The shapes are asked by `kg.shacl`, which the tests hold to pySHACL's results: pySHACL takes 26 ms of CPU for an article of 900
triples, this less than one. pyrudof is three to five times as fast as pySHACL on one graph kept loaded, but it panics on an
inverse of alternative paths, lets values pass that cannot be compared, and merges the next article's graph into the last unless
reset, which costs more than pySHACL takes (pyshacl 0.40.1, pyrudof 0.3.35, these shapes). The queries are asked of an article
that `kg.screening` does not find in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from kg.annotate.beside import ARTICLES, SUFFIXES, find_annotation, find_article_for
from kg.annotate.document import Document, Keys, read_document
from kg.annotate.from_file import resolve
from kg.articles import read_articles
from kg.errors import AnnotationError, Finding, ReadError
from kg.model import Annotation, Article, Registry
from kg.query import list_queries
from kg.resources import STORE_MARK, folder
from kg.screening import passes
from kg.shacl import SH, Facts, Shape, broken, read_shapes
from kg.store.embedded import Store, lines_of, memory_of, open_store
from kg.text import one_line
from kg.triples import Iri, Triple, article_iri, nodes, same_statements, to_triples

IDENTIFIER = "http://purl.org/dc/terms/identifier"
SEVERITIES = {SH + "Violation": "error", SH + "Warning": "warning"}
# Rule -> the one key of an entry that breaks it; of other rules about graphs the whole entry does.
AFTERWARDS = {"missing-key", "unknown-id"}  # what only taking something out can bring about once the first round is over
ONE_KEY = {"stance-forbidden": ("stance",), "strength-forbidden": ("strength",)}


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
        return Finding(self.code, self.severity, f"{self.message} ({one_line(detail, 80)})" if detail else self.message, where, 0, node)


def rules() -> dict[str, Rule]:
    """Every rule about graphs by its code; the codes of `read_annotation`, about files, are not among them.

    >>> rules()["approval-nobody"].severity
    'warning'
    """
    return dict(sorted({rule.code: rule for rule in (*_shapes()[1].values(), *_queries())}.items()))


def check_triples(triples: Iterable[Triple], where: str = "") -> list[Finding]:
    """What is wrong with one graph, sorted; `where` becomes the findings' file, empty: they are placed by their node.

    >>> from kg.vocabulary import RDF, kg
    >>> [f.code for f in check_triples([(Iri("x:c"), Iri(RDF + "type"), Iri(kg("Claim")))])]
    ['claim-unexpressed', 'no-label']
    """
    graph = list(triples)
    return _of_graph(graph, lines_of("x:graph", graph), where)


def _of_graph(triples: Iterable[Triple], lines: Iterable[bytes], where: str) -> list[Finding]:
    facts = Facts(triples)
    asked = [rule for rule in _queries() if rule.scope in ("article", "both") and not passes(rule.code, facts)]
    return _sorted({*_by_shapes(facts, where), *(_by_queries(memory_of(lines), asked, where) if asked else ())})


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with one file or store, and of an annotation file that can be read what it says, and its graph as it will be stored.

    `lines` are as `kg.store.embedded.lines_of` gives them; `error` says why it could not be checked.
    """

    findings: tuple[Finding, ...]
    annotation: Annotation | None = None
    lines: list[bytes] = field(default_factory=list)
    error: ReadError | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the reading out of a store."""
        return tuple(f for f in self.findings if f.severity == "error")


def check_annotation(path: Path, article: Article, registry: Registry) -> Checked:
    """One annotation file, each finding at its line; the rules about graphs are asked once the file can be read.

    Raises ReadError where the file cannot be opened.
    """
    try:
        document = read_document(path)
    except AnnotationError as error:
        return Checked(tuple(_sorted(error.findings)))
    return check_document(document, article, registry)


def check_document(document: Document, article: Article, registry: Registry) -> Checked:
    """The same of the values of a file, wherever they come from."""
    try:
        read = resolve(document, article, registry)
    except AnnotationError as error:
        return Checked(tuple(_sorted(error.findings)))
    triples = to_triples(article, read.annotation, registry)
    stored = lines_of(article_iri(article.id), triples)
    found = _of_graph(triples, stored, document.path)
    if found:
        lines = _lines(triples, nodes(article, read.annotation, registry), {id: document.line(way) for id, way in read.ways.items()})
        found = _sorted({f._replace(line=lines.get(f.node, 0)) for f in found})
    if not any(f.severity == "error" for f in found):  # else an error says already in what the two differ
        found += [
            _twice(document.path, document.line(read.ways[second]), first)
            for first, second in same_statements(article, read.annotation, registry)
        ]
    return Checked(tuple(_sorted([*found, *read.warnings])), read.annotation, stored)


def check_what_holds(document: Document, article: Article, registry: Registry) -> tuple[Checked, tuple[Finding, ...]]:
    """As `check_document`, but what is at fault is taken out until the rest holds; and the errors for which that was done.

    Out goes the thing a finding is about, and where it was needed, in the next round, what needed it (a warning `left-out`): a
    statement without its force, but only the link to a speaker that nobody knows.
    """
    told: dict[Finding, None] = {}
    value, real, first = document.value, document.lines, True
    while True:
        ways = list(_ways(value))  # numbered in place of lines, so that each finding leads to the one thing it is about
        checked = check_document(Document(document.path, value, {keys: n for n, keys in enumerate(ways, 1)}), article, registry)
        places, found, gone = Document(document.path, value, real), [], set()
        for finding in checked.findings:
            keys = ways[finding.line - 1] if finding.line else ()
            found.append(finding._replace(line=places.line(keys) if keys else 0))
            if finding.severity == "error":
                told[found[-1] if first or finding.code not in AFTERWARDS else _left_out(found[-1], keys)] = None
                gone |= {(*keys, *ONE_KEY.get(finding.code, ()))} & set(ways) if len(keys) > 1 else set()
        if not gone:
            return replace(checked, findings=tuple(found)), tuple(_sorted(told))
        value, real = _without(value, real, gone)
        first = False


def _left_out(finding: Finding, keys: Keys) -> Finding:
    part = next((f", its {key}" for key in keys[2:] if isinstance(key, str)), "")
    what = f"left out too, as what it needs is at fault: an entry of {keys[0]}{part}"
    return finding._replace(code="left-out", severity="warning", message=what)


def _ways(value: Any, keys: Keys = ()) -> Iterator[Keys]:
    """The way to each value below this one, and to itself."""
    yield keys
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _ways(below, (*keys, key))


def _without(value: Any, lines: Mapping[Keys, int], gone: set[Keys], old: Keys = (), new: Keys = ()) -> tuple[Any, dict[Keys, int]]:
    """The values without those that these ways lead to, and the lines of what is left."""
    left: dict[Keys, int] = {new: lines[old]} if old in lines else {}
    if not isinstance(value, dict | list):
        return value, left
    kept: dict[str | int, Any] = {}
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        if (*old, key) not in gone:
            name = key if isinstance(value, dict) else len(kept)
            kept[name], more = _without(below, lines, gone, (*old, key), (*new, name))
            left |= more
    return (kept if isinstance(value, dict) else list(kept.values())), left


def check_reading(article: Article, annotation: Annotation, registry: Registry) -> Checked:
    """A reading that stands in no file; findings are placed by their nodes."""
    triples = to_triples(article, annotation, registry)
    lines = lines_of(article_iri(article.id), triples)
    return Checked(tuple(_of_graph(triples, lines, "")), annotation, lines)


def trust_reading(article: Article, annotation: Annotation, registry: Registry) -> Checked:
    """A reading by the annotator, unasked: the shapes cost twenty times what the reading does.

    That what the annotator makes holds to them is tested over whole corpora; `kg check STORE` asks them of what is stored.
    """
    return Checked((), annotation, lines_of(article_iri(article.id), to_triples(article, annotation, registry)))


def _twice(path: str, line: int, first: str) -> Finding:
    return Finding(
        "statement-twice", "error", f"these words, speaker, force and content are those of {first}; keep one of the two", path, line
    )


def check_store(store: Store) -> list[Finding]:
    """What is wrong with a store: each named graph alone, then all as one (two names for one thing, …), sorted.

    A finding is placed by its node; a thing that several graphs describe in the same wrong way is found once.
    """
    found = set(check_whole(store))
    for name in store.graphs():
        found |= set(check_triples(store.graph(name)))
    return _sorted(found)


def check_whole(store: Store) -> list[Finding]:
    """What is wrong with a store's graphs taken together; each alone was checked when it was added."""
    return _sorted(set(_by_queries(store, [rule for rule in _queries() if rule.scope in ("store", "both")], "")))


def check_path(path: Path, registry: Registry) -> Iterator[Checked]:
    """What is wrong with a store, an annotation file, an article's annotation, or each annotation file in a folder.

    A file that cannot be checked at all gives a `Checked` with its `error`; raises StoreError for a store that cannot be
    opened, and where nothing is.
    """
    if not path.exists() and path.suffix in (*SUFFIXES, *ARTICLES):
        yield Checked((), error=ReadError("there is no such file", str(path), "check the path"))
        return
    if not path.exists() or (path / STORE_MARK).exists():
        yield Checked(tuple(check_store(open_store(path))))
        return
    files = sorted(f for f in path.rglob("*") if f.suffix in SUFFIXES and f.is_file()) if path.is_dir() else [path]
    if not files:
        yield Checked((), error=ReadError("there are no annotation files in this folder", str(path), f"they end in {', '.join(SUFFIXES)}"))
    for file in files:
        try:
            for annotation, article in _annotations_of(file):
                yield check_annotation(annotation, article, registry)
        except ReadError as error:
            yield Checked((), error=error)
        except AnnotationError as error:
            yield Checked(error.findings)


def _annotations_of(file: Path) -> Iterator[tuple[Path, Article]]:
    if file.suffix in SUFFIXES:
        yield file, find_article_for(file)
        return
    for reading in read_articles(file):
        annotation = find_annotation(file, reading.article.id) if reading.article else None
        if not reading.article or not annotation:
            raise reading.error or ReadError("the article has no annotation", str(file), "write one beside it")
        yield annotation, reading.article


# ---------------------------------------------------------------------------------------------------- shapes


@cache
def _shapes() -> tuple[list[Shape], Mapping[str, Rule]]:
    """The shapes, and for each the rule it is."""
    shapes = read_shapes(folder("ontology") / "shapes.ttl")
    told = {shape.iri: [shape.said[term][0].value for term in (IDENTIFIER, SH + "severity", SH + "message")] for shape in shapes}
    return shapes, {iri: Rule(code, SEVERITIES[severity], message) for iri, (code, severity, message) in told.items()}


def _by_shapes(facts: Facts, where: str) -> Iterator[Finding]:
    shapes, owner = _shapes()
    for shape, node in broken(facts, shapes):
        yield owner[shape].finding(node, where)


# ---------------------------------------------------------------------------------------------------- queries


@cache
def _queries() -> tuple[Rule, ...]:
    found = ((query.header, query.text) for query in list_queries("checks"))
    return tuple(Rule(header["code"], header["severity"], header["message"], header["scope"], text) for header, text in found)


def _by_queries(store: Store, asked: Iterable[Rule], where: str) -> Iterator[Finding]:
    for rule in asked:
        for row in store.select(rule.query):
            node, *detail = ("" if term is None else getattr(term, "value", str(term)) for term in row)
            yield rule.finding(node, where, *detail)


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
