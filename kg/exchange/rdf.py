"""A whole store as TriG, N-Quads, JSON-LD or Turtle, and back: the same store gives the same bytes and the same digest.

    Store --export--> a file (Turtle: a folder, a file per graph, and `manifest.json`) --load--> Store

Everything is in it: articles, `kg:registry`, `kg:derived/…`, `kg:provenance`. The N-Quads file's SHA-256 is the store's
digest. A file is written beside its place and renamed, so a failed export leaves the old one as it was. Nothing is fetched:
the parsers are the engine's own, which know no addresses (a JSON-LD file with a remote `@context` is refused).

JSON-LD is written in expanded form, full IRIs and no `@context`, because that is what the serialiser does with our
literals without loss.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.errors import Conflict, ReadError, StoreError, UsageError
from kg.store.embedded import LINES, Replacement, Store, Writer, digest_of, lines_of, memory, quads
from kg.store.folder import beside_of, failed, replace_file, sync_folder, write_synced
from kg.vocabulary import ENDS, KG, PREFIXES, PROVENANCE_GRAPH, RDF, REGISTRY_GRAPH, XSD, kg

FORMATS = {"ttl": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG, "nq": ox.RdfFormat.N_QUADS, "jsonld": ox.RdfFormat.JSON_LD}
MANIFEST = "manifest.json"
_ARTICLE = ox.NamedNode(KG + "Article")
_TYPE = ox.NamedNode(RDF + "type")

_ENDS = tuple(map(ox.NamedNode, ENDS))

Graphs = dict[str, list[ox.Triple]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an import did: graphs that came in, graphs that were there already, and graphs of which the store kept its own; `untold`
    are the articles among the first with which no reading in force came, as in a Turtle file alone, so that they count as not reviewed.
    """

    added: tuple[str, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...]
    untold: tuple[str, ...]


def export(store: Store, target: Path, form: str) -> None:
    """Writes the whole store to a file, or for `ttl` to a folder; what was there stays until the new one is whole.

    Raises UsageError for an unknown format, StoreError where it cannot be written.
    """
    _known(form)
    try:
        if form == "ttl":
            _export_folder(store, target)
        else:
            replace_file(target, lambda stream: dump(store, stream, form))
    except OSError as error:
        raise failed("the export was not written, what was there is as it was", target, error) from error


def dump(store: Store, stream: BinaryIO, form: str) -> None:
    """Writes the whole store as `trig`, `nq` or `jsonld` to an open stream; the bytes depend on the triples alone.

    >>> import io
    >>> from kg.store.embedded import memory
    >>> out = io.BytesIO()
    >>> dump(memory([ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:b"), ox.Literal("c"), ox.NamedNode("x:g"))]), out, "nq")
    >>> out.getvalue()
    b'<x:a> <x:b> "c" <x:g> .\\n'
    """
    if form == "ttl":
        raise UsageError("Turtle holds one graph, and a store has many", "", "give a folder with -o, or use trig")
    if form == "nq":
        for graph in store.graphs():
            stream.writelines(store.lines(graph))
        return
    every = (quad for graph in store.graphs() for quad in _sorted(store, graph))
    ox.serialize(every, stream, FORMATS[_known(form)], prefixes=PREFIXES)
    stream.write(b"\n")


def load(store: Writer, graphs: Graphs, source: str, when: str) -> Loaded:
    """Takes the graphs that `read` found in an export into a store, an article whole or not at all.

    An article's graph that is there already with other content is a Conflict: nothing at all is then taken. Provenance is
    added to what is there so that of each article one reading is in force, and what the store's registry does not describe to
    that; of derived graphs it keeps its own.
    `source` says where they come from, `when` is an ISO dateTime with a zone.
    """
    there = set(store.graphs())
    differing = [name for name in sorted(graphs.keys() & there) if store.digest(name) != digest_of(name, graphs[name])]
    clashing = [name for name in differing if name != PROVENANCE_GRAPH and _is_article(graphs[name], name)]
    if clashing:
        more = f" (and {len(clashing) - 1} more)" if len(clashing) > 1 else ""
        hint = "kg remove it first, or import into a new store"
        raise Conflict(f"the store has another reading of {clashing[0]}{more}; nothing was imported", source, hint)
    added = [name for name in sorted(graphs) if name not in there and name != PROVENANCE_GRAPH]
    for some in _together(added, graphs):
        store.replace_graphs([Replacement(name, lines_of(name, graphs[name]), {}) for name in some], when=when)
    if PROVENANCE_GRAPH in graphs and (PROVENANCE_GRAPH not in there or PROVENANCE_GRAPH in differing):
        change = _provenance(store, graphs, there, when)
        if any(change):
            store.change_graphs({PROVENANCE_GRAPH: change}, when=when)
            added.append(PROVENANCE_GRAPH)
    if REGISTRY_GRAPH in differing:  # what the store's registry does not describe comes in
        own = [quad.triple for quad in store.quads(REGISTRY_GRAPH)]
        described = {triple.subject for triple in own}
        store.replace_graph(REGISTRY_GRAPH, [*own, *(t for t in graphs[REGISTRY_GRAPH] if t.subject not in described)], when=when)
    same = sorted(graphs.keys() & there - set(differing))
    told = _told(graphs.get(PROVENANCE_GRAPH, ()))
    untold = tuple(name for name in added if _is_article(graphs[name], name) and not told.of.get(name, set()) - told.ended)
    return Loaded(tuple(added), tuple(same), tuple(name for name in differing if name != PROVENANCE_GRAPH), untold)


def _provenance(store: Store, graphs: Graphs, there: set[str], when: str) -> tuple[list[ox.Triple], list[ox.Triple]]:
    """What goes out of the store's provenance and what comes in, so that of each article that is in the store one reading is in force.

    That is a person's before a machine's; of an article that was `there` else the one that was in force, of another the
    one that comes with it, though it ended here when the article was removed.
    """
    own = {quad.triple for quad in store.quads(PROVENANCE_GRAPH)}
    here, coming = _told(own), _told(graphs[PROVENANCE_GRAPH])
    reviewed = here.reviewed | coming.reviewed
    best: set[ox.NamedNode] = set()
    ended: list[ox.Triple] = []
    for article in sorted(coming.of):
        ours, theirs = here.of.get(article, set()) - here.ended, coming.of[article] - coming.ended
        if article in there:
            first, some = ours, ours | (theirs - here.ended if ours else theirs)
        else:
            first, some = theirs, theirs | ours if article in graphs else set()  # what is told of an article without a graph is history
        by_worth = sorted(some, key=lambda r: (article in there and r not in reviewed, r not in first, r not in reviewed, r.value))
        best |= set(by_worth[:1])
        for other in by_worth[1:]:
            ended.append(ox.Triple(other, _ENDS[0], ox.Literal(when, datatype=ox.NamedNode(XSD + "dateTime"))))
            ended.append(ox.Triple(other, _ENDS[1], by_worth[0]))

    def wrong(triple: ox.Triple) -> bool:
        return triple.predicate in _ENDS and triple.subject in best

    gone = sorted((triple for triple in own if wrong(triple)), key=str)
    return gone, [triple for triple in [*graphs[PROVENANCE_GRAPH], *ended] if triple not in own and not wrong(triple)]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a provenance tells: the readings of each article, which of all readings have ended, and which a person has reviewed."""

    of: dict[str, set[ox.NamedNode]]
    ended: set[ox.NamedNode]
    reviewed: set[ox.NamedNode]


def _told(triples: Iterable[ox.Triple]) -> _Told:
    told = _Told(defaultdict(set), set(), set())
    for triple in triples:
        node = triple.subject
        if not isinstance(node, ox.NamedNode):
            continue
        if triple.predicate in _ENDS:
            told.ended.add(node)
        elif triple.predicate.value == kg("annotates") and isinstance(triple.object, ox.NamedNode):
            told.of[triple.object.value].add(node)
        elif triple.predicate.value == kg("reviewed") and getattr(triple.object, "value", "") == "true":
            told.reviewed.add(node)
    return told


def _together(names: Iterable[str], graphs: Graphs) -> Iterator[list[str]]:
    """Names of graphs of so many triples at a time as are stored together: what is stored together costs less."""
    some: list[str] = []
    count = 0
    for name in names:
        some.append(name)
        count += len(graphs[name])
        if count > LINES:
            yield some
            some, count = [], 0
    if some:
        yield some


def read(source: Path, form: str | None = None) -> Graphs:
    """The named graphs in a file, or in a folder that `export` made; raises ReadError with file and line."""
    if source.is_dir():
        return _read_folder(source)
    form = form or source.suffix.removeprefix(".")
    graphs: Graphs = defaultdict(list)
    for quad in _parse(source, FORMATS[_known(form)]):
        graphs[getattr(quad.graph_name, "value", "")].append(quad.triple)
    if "" in graphs and form == "ttl":
        triples = graphs.pop("")
        graphs[_article_of(source, triples)] = triples
    if "" in graphs:
        what = f"{len(graphs[''])} triples stand in no named graph, and each of a store's does"
        raise ReadError(what, str(source), "put them into the graph of their article")
    if not graphs:
        raise ReadError("there is no graph in it", str(source), "give what kg export wrote")
    return dict(graphs)


def _parse(source: Path, form: ox.RdfFormat) -> Iterator[ox.Quad]:
    try:
        with source.open("rb") as stream:
            for quad in ox.parse(stream, format=form):
                if any(isinstance(term, ox.BlankNode) for term in (quad.subject, quad.object, quad.graph_name)):
                    what = f"a blank node, which a store cannot keep the same: {str(quad)[:100]}"
                    raise ReadError(what, str(source), "give it an IRI")
                yield quad
    except SyntaxError as error:
        words = re.sub(r"^Parser error .*? column \d+: |\(line \d+\)$", "", str(error))
        place = f"{source}:{error.lineno}" if error.lineno else str(source)
        if "LoadDocumentCallback" in words:
            what = "the file asks for a context from elsewhere, and nothing is fetched"
            raise ReadError(what, place, "put the context into the file") from None
        raise ReadError(f"this is not {form.name}: {words}", place, "look at this line, or say the format with --format") from None
    except OSError as error:
        raise ReadError(f"the file cannot be read: {error.strerror or error}", str(source), "name a file of an export") from error


def _article_of(source: Path, triples: list[ox.Triple]) -> str:
    articles = {t.subject.value for t in triples if t.predicate == _TYPE and t.object == _ARTICLE and isinstance(t.subject, ox.NamedNode)}
    if len(articles) != 1:
        what = f"a Turtle file alone must describe one article, this one has {len(articles)}"
        raise ReadError(what, str(source), f"import the whole folder with its {MANIFEST}")
    return articles.pop()


def _read_folder(source: Path) -> Graphs:
    place = source / MANIFEST
    try:
        manifest = json.loads(place.read_bytes())
        files = {str(name): str(graph) for name, graph in manifest["graphs"].items()}
    except OSError:
        hint = "name a file, or a folder that kg export made"
        raise ReadError(f"the folder has no {MANIFEST}, so it is no export", str(source), hint) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ReadError("the manifest is damaged", str(place), "export again") from None
    graphs: Graphs = {}
    for name, graph in files.items():
        if Path(name).name != name:
            raise ReadError(f"the manifest names a file outside the folder: {name}", str(place), "take it out")
        graphs[graph] = [quad.triple for quad in _parse(source / name, ox.RdfFormat.TURTLE)]
    if memory(quad for graph, triples in graphs.items() for quad in quads(graph, triples)).digest() != manifest.get("digest"):
        raise ReadError("the files are not those the manifest was made for: their digest differs", str(place), "export again")
    return graphs


def _is_article(triples: list[ox.Triple], graph: str) -> bool:
    return any(t.predicate == _TYPE and t.object == _ARTICLE and getattr(t.subject, "value", "") == graph for t in triples)


def _sorted(store: Store, graph: str) -> list[ox.Quad]:
    return sorted(store.quads(graph), key=str)


def _known(form: str) -> str:
    if form not in FORMATS:
        raise UsageError(f"{form!r} is not an RDF format known here", "", f"use one of {', '.join(FORMATS)}")
    return form


def _export_folder(store: Store, target: Path) -> None:
    target = target.resolve()
    if target.exists() and not (target / MANIFEST).is_file() and (not target.is_dir() or any(target.iterdir())):
        hint = "name a new folder, or one with an earlier export"
        raise StoreError("something else is here already, nothing was written", str(target), hint)
    target.parent.mkdir(parents=True, exist_ok=True)
    new, old = beside_of(target, "new"), target.with_name(f".{target.name}.{os.getpid()}.old")
    try:
        new.mkdir()
        _fill(store, new)
        if target.exists():
            target.rename(old)  # a folder cannot be renamed onto a full one: between these two lines there is none
        new.rename(target)
        sync_folder(target.parent)
    finally:
        if not target.exists() and old.exists():
            old.rename(target)
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)


def _fill(store: Store, folder: Path) -> None:
    files = {}
    for graph in store.graphs():
        name = _file_name(graph)
        files[name] = graph
        triples = (quad.triple for quad in _sorted(store, graph))
        write_synced(folder / name, ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"")
    manifest = {"graphs": dict(sorted(files.items())), "digest": store.digest()}
    write_synced(folder / MANIFEST, json.dumps(manifest, indent=1).encode() + b"\n")
    sync_folder(folder)


def _file_name(graph: str) -> str:
    """A name any file system takes, the same every time, and never one for two graphs."""
    words = re.sub(r"[^A-Za-z0-9._-]+", "_", re.split(r"[/#]", graph)[-1])[:80].strip("._")
    return f"{words}-{hashlib.sha256(graph.encode()).hexdigest()[:10]}.ttl"
