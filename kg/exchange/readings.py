"""What a store holds as articles with their readings, and a new folder of files: what every foreign format starts from and ends as."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.errors import StoreError
from kg.model import Annotation, Article
from kg.store.embedded import Store
from kg.store.folder import beside_of, failed, sync_folder, write_synced
from kg.triples import Iri, Triple, from_triples
from kg.vocabulary import ENDS, PROVENANCE_GRAPH, RDF, kg


def readings(store: Store) -> Iterator[tuple[Article, Annotation]]:
    """Each article of a store with the reading that is in force, in the order of their graphs.

    Raises StoreError where a graph says something that no annotation can.
    """
    about = store.graph(PROVENANCE_GRAPH)
    ended = {s for s, p, _ in about if p in ENDS}
    reads = {s: str(o) for s, p, o in about if p == kg("annotates") and isinstance(o, Iri) and s not in ended}
    of: dict[str, list[Triple]] = {}
    for triple in about:
        of.setdefault(triple[0], []).append(triple)
    told = {graph: of[node] for node, graph in reads.items()}
    for graph in store.graphs():
        triples = store.graph(graph)
        if (graph, RDF + "type", kg("Article")) in triples:
            try:
                yield from_triples([*triples, *told.get(graph, [])])
            except (KeyError, ValueError, IndexError, StopIteration, AssertionError) as error:
                hint = "kg check --store names what is wrong with it"
                raise StoreError(f"this article's graph is no reading that can be taken out: {error}", graph, hint) from error


def write_folder(target: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Writes files into a new folder, all or none; how many. What people have worked on there is never written over.

    Raises StoreError where the folder has something in it, or cannot be written.
    """
    target = target.resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise StoreError("something is here already, nothing was written", str(target), "name a new folder")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        new = beside_of(target, "new")
        try:
            new.mkdir()
            count = 0
            for name, data in files:
                write_synced(new / name, data)
                count += 1
            sync_folder(new)
            new.replace(target)
            sync_folder(target.parent)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as error:
        raise failed("the export was not written", target, error) from error
    return count
