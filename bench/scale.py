"""What loading, checking, asking and drawing cost as the graph grows, beside raw pyoxigraph, rdflib, pySHACL and pyvis in the same run.

    .venv/bin/python bench/scale.py [QUADS …]            10,000, 100,000 and 1,000,000 where none are given
    .venv/bin/python bench/scale.py 100000 --markdown    the table as docs/bench.md has it

The corpora are those of bench/corpus.py. CPU seconds of this process, the least of five where they are short; growth is the exponent from the size
before. rdflib has what fits it: up to a million quads.
"""

from __future__ import annotations

import gc
import itertools
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version
from math import log10
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib

from bench.corpus import STATEMENTS, Corpus, graphs
from kg.actors import load_registry
from kg.annotate.to_file import to_json
from kg.articles import find_files, read_articles
from kg.check import check_reading, trust_reading
from kg.ingest import add
from kg.listing import listing
from kg.query import NamedQuery, ask_store, bind, list_queries, list_questions, load_query
from kg.resources import folder
from kg.store.embedded import LINES, Replacement, Store, Writer, create, open_store, quads, writer
from kg.triples import annotation_triples, article_iri, registry_triples, to_triples
from kg.vocabulary import PROVENANCE_GRAPH, REGISTRY_GRAPH

WHEN = "2026-06-01T12:00:00Z"
RDFLIB = 1_000_000  # quads that rdflib is given at most: it holds them in memory
SHORT = 2.0  # CPU seconds
MANY = 20  # counts in a row, for one is shorter than the clock's tick
Row = tuple[str, int, str, float, str, float | None, float | None]


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of some work in this process, and what it gave."""
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def best(work: Callable[[], Any]) -> tuple[float, Any]:
    """The same, the least of five times where it is short, so that whoever comes first pays for no cold cache."""
    first = cpu(work)
    return min([first, *(cpu(work) for _ in range(4 if first[0] < 0.5 else 0))], key=lambda one: one[0])


class Bench:
    """The rows of one size."""

    def __init__(self, quads: int, place: Path) -> None:
        self.quads, self.place, self.registry = quads, place, load_registry()
        self.rows: list[Row] = []

    def row(self, what: str, ours: float, peer: str = "", theirs: float | None = None) -> None:
        """One figure beside another."""
        self.rows.append((what, self.quads, "CPU s", ours, peer, theirs, ours / theirs if theirs else None))
        print(f"{what}: {ours:.3f} {peer} {theirs or ''}", file=sys.stderr, flush=True)

    def run(self) -> list[Row]:
        """All of them."""
        made, (corpus, articles) = cpu(self._corpus)
        self.row(f"making {articles} articles", made)
        (stored, closed), loaded = self._stored("store"), self._loaded(corpus, "raw")
        if stored < SHORT:  # the least of three, for whoever comes first pays for what is cold
            stored = min(stored, *(self._stored(f"store{again}")[0] for again in (2, 3)))
            loaded = min(loaded, *(self._loaded(corpus, f"raw{again}") for again in (2, 3)))
        self.row("storing them, durable", stored, "raw bulk load: no digests, journal or kept changes", loaded)
        self.row("merging the engine's files, and the snapshot, once at the end", closed)
        self._queries()
        return self.rows

    def _stored(self, name: str) -> tuple[float, float]:
        """CPU seconds of storing all in a new store, and of closing it."""
        create(self.place / name)
        with writer(self.place / name, "bench", WHEN) as store:
            store.replace_graph(REGISTRY_GRAPH, registry_triples(self.registry), when=WHEN)
            spent = self._store(store)
            begun = time.process_time()
        return spent, time.process_time() - begun

    def _loaded(self, corpus: Path, name: str) -> float:
        """CPU seconds of a raw bulk load of all into a new engine."""
        begun = time.process_time()
        raw = ox.Store(str(self.place / name))
        raw.bulk_load(path=corpus, format=ox.RdfFormat.N_QUADS)
        raw.flush()
        return time.process_time() - begun

    def _corpus(self) -> tuple[Path, int]:
        target, articles = self.place / "corpus.nq", 0
        with target.open("wb") as stream:
            for _, _, lines in graphs(self.quads, self.registry):
                stream.writelines(lines)
                articles += 1
        return target, articles

    def _store(self, store: Writer) -> float:
        """CPU seconds of storing all, in groups as `kg add` does."""
        some: list[Replacement] = []
        count, spent = 0, 0.0
        for article, annotation, lines in graphs(self.quads, self.registry):
            told = annotation_triples(article, annotation.annotator, WHEN, article.sha256, article.sha256)
            some.append(Replacement(article_iri(article.id), lines, {PROVENANCE_GRAPH: ([], told)}))
            count += len(lines)
            if count > LINES:
                spent += cpu(lambda some=some: store.replace_graphs(some, when=WHEN))[0]  # type: ignore[misc]
                some, count = [], 0
        return spent + (cpu(lambda: store.replace_graphs(some, when=WHEN))[0] if some else 0.0)

    def _queries(self) -> None:
        store = open_store(self.place / "store")
        raw = ox.Store.read_only(str(store.snapshot))
        memory = self._in_rdflib() if self.quads <= RDFLIB else None
        gc.freeze()  # or one of the questions pays for a walk through the millions of objects that rdflib holds, a second of CPU
        somebody = self._somebody(store)
        for query in list_questions():
            self._question(store, raw, query)
            if any(parameter.name == "actor" for parameter in query.parameters):
                self._question(store, raw, query, {"actor": somebody})
        for query in list_queries("counts"):
            self._count(store, raw, memory, query)

    def _count(self, store: Store, raw: ox.Store, memory: rdflib.Graph | None, query: NamedQuery) -> None:
        theirs, _ = best(lambda: list(raw.query(query.text, use_default_graph_as_union=True)))
        first, answer = cpu(lambda: ask_store(store, query))
        ask_store(store, query)  # which reads the columns, where the store is large enough for them
        ours = best(lambda: [ask_store(store, query) for _ in range(MANY)])[0] / MANY
        name = f"{query.name} ({len(answer.rows)} rows)"
        self.row(f"count, the first time: {name}", first, "raw pyoxigraph", theirs)
        self.row(f"count: {name}", ours, "raw pyoxigraph", theirs)
        if memory is not None:
            self.row(f"count: {name}", ours, "rdflib in memory", best(lambda: list(memory.query(query.text)))[0])

    def _somebody(self, store: Store) -> str:
        """The actor with the tenth most commitments: by Zipf's law a share of all that stays as the store grows."""
        return str(getattr(ask_store(store, load_query("commitments_per-committer")).rows[9][0], "value", ""))

    def _question(self, store: Store, raw: ox.Store, query: NamedQuery, given: dict[str, str] | None = None) -> None:
        text = bind(store, query, given or {})
        theirs, _ = best(lambda: list(raw.query(text, use_default_graph_as_union=True)))
        ours, answer = best(lambda: ask_store(store, query, given))
        self.row(f"question{' of one actor' if given else ''}: {query.name} ({len(answer.rows)} rows)", ours, "raw pyoxigraph", theirs)

    def _in_rdflib(self) -> rdflib.Graph:
        loaded, graph = cpu(
            lambda: rdflib.Graph().parse(data=_triples(ox.parse(path=self.place / "corpus.nq", format=ox.RdfFormat.N_QUADS)), format="nt")
        )
        self.row("the quads as triples, parsed into memory by rdflib", loaded)
        return graph


def _triples(quads: Iterable[ox.Quad]) -> bytes:
    return ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""


def checks() -> Iterator[Row]:
    """What checking an article costs beside making its graph and beside pySHACL alone."""
    import pyshacl

    registry, shapes = load_registry(), rdflib.Graph().parse(folder("ontology") / "shapes.ttl")
    some = list(itertools.islice(Corpus(registry).articles(), 20))
    made, _ = best(lambda: [trust_reading(*one, registry) for one in some])
    checked, _ = best(lambda: [check_reading(*one, registry) for one in some])
    data = [rdflib.Graph().parse(data=_triples(quads("x:g", to_triples(*one, registry))), format="nt") for one in some]
    alone, _ = best(lambda: [pyshacl.validate(graph, shacl_graph=shapes, inference="none") for graph in data])
    count, size = len(some), sum(map(len, data)) // len(some)
    added = (checked - made) / count
    yield (
        "check of an article, beyond its making",
        size,
        "CPU s",
        added,
        "pySHACL, the shapes alone",
        alone / count,
        added * count / alone,
    )
    yield ("making its graph, as it will be stored", size, "CPU s", made / count, "", None, None)


def adding(top: Path) -> Iterator[Row]:
    """An article whose annotation a person wrote, from its two files to a synced journal: of one statement, and of three to nine."""
    registry = load_registry()
    for statements, count in (((1, 1), 600), (STATEMENTS, 200)):
        place, kept = top / f"news-{count}", top / f"store-{count}"
        place.mkdir()
        for article, annotation in itertools.islice(Corpus(registry, statements=statements).articles(), count):
            text = article.text.rstrip()
            (place / f"{article.id}.txt").write_text(text, "utf-8")
            (place / f"{article.id}.json").write_text(to_json(replace(article, text=text), annotation, indent=None), "utf-8")
        create(kept)
        with writer(kept, "bench", WHEN) as store:
            readings = (reading for path in find_files([place]) for reading in read_articles(path))
            spent, outcomes = cpu(lambda store=store, readings=readings: list(add(store, readings, registry, WHEN)))  # type: ignore[misc]
            told = store.acknowledged()
        stored = [told[article_iri(o.article)]["quads"] for o in outcomes if o.outcome == "stored"]
        yield ("adding an annotated article, durable", sum(stored) // len(stored), "CPU s", spent / count, "", None, None)


def pictures() -> Iterator[Row]:
    """A network of some edges as a page, beside pyvis."""
    import networkx as nx
    from pyvis.network import Network

    from kg.view.graph import write
    from kg.view.network import network_picture

    for edges in (1_000, 4_000, 10_000):
        graph = nx.DiGraph(nx.scale_free_graph(edges * 2 // 3, seed=7))
        net: nx.DiGraph[str] = nx.DiGraph()
        for n in graph:
            net.add_node(f"i:{n}", label=f"Actor {n}", kind="state")
        for s, t in graph.edges:
            if s != t:
                net.add_edge(f"i:{s}", f"i:{t}", label="speaks of", weight=1.0)

        def theirs(net: nx.DiGraph[str] = net) -> None:
            page = Network(directed=True, cdn_resources="in_line")
            for key, said in net.nodes(data=True):
                page.add_node(key, label=said["label"])
            for s, t in net.edges:
                page.add_edge(s, t)
            page.generate_html()

        with tempfile.TemporaryDirectory() as place:
            ours, _ = cpu(lambda net=net, place=place: write(network_picture(net), Path(place, "page.html")))  # type: ignore[misc]
        peer, _ = cpu(theirs)
        yield "a network as a page (edges in place of quads)", net.number_of_edges(), "CPU s", ours, "pyvis", peer, ours / peer


def main() -> None:
    """Prints the table."""
    sizes = [int(word) for word in sys.argv[1:] if word.isdecimal()] or [10_000, 100_000, 1_000_000]
    before: dict[str, tuple[int, float]] = {}
    out: list[tuple[object, ...]] = []
    # One folder, removed at the end: where thousands of files were removed just before, ext4 without a journal takes five times as long to make one.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as top:
        rows: list[Row] = [*checks(), *adding(Path(top)), *pictures()]
        for size in sizes:
            place = Path(top, str(size))
            place.mkdir()
            rows += Bench(size, place).run()
    for what, size, _, ours, peer, theirs, ratio in rows:
        name = what.partition(" (")[0] if ":" in what else " ".join(word for word in what.split() if not word.isdecimal())
        last = before.get(name)
        growth = (
            round(log10(ours / last[1]) / log10(size / last[0]), 2)
            if last and ours > 0.005 and last[1] > 0.005 and size > last[0]
            else None
        )
        before[name] = size, ours
        out.append((what, f"{size:,}", f"{ours:.4f}", peer, None if theirs is None else f"{theirs:.4f}", ratio and round(ratio, 2), growth))
    columns = ("what", "size", "CPU s", "beside", "its CPU s", "ratio", "growth")
    print(listing(columns, out, "md" if "--markdown" in sys.argv else "table"), end="")
    packages = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib", "pyshacl", "pyvis", "networkx"))
    print(
        f"\nPython {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores; {packages}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
