"""A damaged store put right from what is kept beside the engine, and an older one brought to this version's layout.

    rewrite   the engine is whole, journal or kept files are not: the journal is written anew from the engine
    rebuild   the engine is not what was stored: its graphs are made again from the kept changes of the journal's commits
    upgrade   a store of the layout before this one: dumped beside itself, its graphs completed, then rewritten

What could not be put right is left in the findings of the next `verify`; nothing that can still be read is thrown away.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from kg.articles import read_articles
from kg.errors import StoreError
from kg.store import folder
from kg.store.embedded import Writer, acknowledged, build, current, difference, opened
from kg.store.patches import Patch, pack, unpack, within
from kg.store.verify import inspect
from kg.triples import Iri, Triple
from kg.vocabulary import DERIVED_GRAPH, PROV, PROVENANCE_GRAPH, concept, kg

BEHIND = {"graph-unread", "graph-lost"}  # the engine has less than the journal
AHEAD = {"journal-line", "graph-unknown", "source-lost", "source-damaged"}  # the journal, or what it needs, has less than the engine


def upgrade(path: Path, when: str) -> Path | None:
    """Brings a store of the layout before this one to this one; returns the dump it wrote first, None where nothing was to do.

    The dump (N-Quads) stands beside the store's folder. Raises StoreError where it cannot be written, and where the store
    is of neither layout.
    """
    try:
        folder.mark_of(path, folder.LAYOUT - 1)
    except StoreError:
        folder.mark_of(path)
        return None
    dump = path.resolve().with_name(f"{path.resolve().name}.layout-{folder.LAYOUT - 1}.nq")
    with folder.held(path, "repair", when):
        entries = folder.read_journal(path).entries
        with opened(path) as store:
            try:
                store.dump(dump)
            except OSError as error:
                raise folder.failed("the store was not upgraded: no dump of it could be written", dump, error) from error
            _mention_needs(store, when)
            rewrite(store, acknowledged(entries), when)
            store.make_snapshot()
            folder.write_mark(path)
    return dump


def _mention_needs(store: Writer, when: str) -> None:
    """What layout 2 had not: each statement and condition mentions the words that name what its conditions depend on in the article."""
    found = store.select(
        f"""SELECT DISTINCT ?graph ?owner ?named {{ GRAPH ?graph {{
            {{ ?owner <{kg("attaches")}>/<{kg("dependsOn")}>* ?needing }} UNION {{ ?owner <{kg("dependsOn")}>+ ?needing }}
            ?needing <{kg("mention")}> ?named . ?named <{kg("role")}> <{concept("roles", "condition")}> }} }}"""
    )
    links: dict[str, list[Triple]] = {}  # of articles' graphs, which may be changed here alone: the journal is written anew after it
    for graph, owner, named in (map(str, (getattr(term, "value", "") for term in row)) for row in found):
        links.setdefault(graph, []).append((Iri(owner), Iri(kg("mention")), Iri(named)))
    store.change_graphs({graph: ([], triples) for graph, triples in links.items()}, when=when)


def repair(path: Path, when: str) -> list[str]:
    """Puts right what `verify` finds; returns the graphs that counted as stored and could not be made again, with their files.

    Derived graphs are left out: `kg.analyse.derive.derive` makes them. Raises StoreError where somebody is writing.
    """
    with folder.held(path, "repair", when):
        (path / folder.DERIVED).unlink(missing_ok=True)
        found, entries = inspect(path), folder.read_journal(path).entries
        codes = {finding.code for finding in found if finding.severity == "error"}
        known = {graph: entry for graph, entry in acknowledged(entries).items() if not graph.startswith(DERIVED_GRAPH)}
        for finding in found:
            if finding.code.startswith("source-"):
                _keep_again(path, entries, Path(finding.file).name)
        if codes & BEHIND or ("graph-changed" in codes and not codes & AHEAD):
            _rebuild(path, entries, known)
        (path / folder.SNAPSHOTS).mkdir(exist_ok=True)
        (path / folder.JOURNAL).touch()  # where it is gone, what it said is written anew from the engine
        if "snapshot" in codes:
            (path / folder.SNAPSHOTS / folder.CURRENT).unlink(missing_ok=True)
        with opened(path) as store:  # which settles what was pending
            if codes:
                rewrite(store, known, when)
                store.make_snapshot()
            there = store.graphs()
        for old in (path / folder.SNAPSHOTS).iterdir():
            if codes and old.name not in (folder.CURRENT, current(path)[0]):
                shutil.rmtree(old)
    return [f"{graph} ({entry.get('origin', 'from an import')})" for graph, entry in known.items() if graph not in there]


def rewrite(store: Writer, known: Mapping[str, folder.Entry], when: str) -> None:
    """Writes the journal, and the kept changes, anew from what the engine holds; `known` says what it does not (origin, sources)."""
    path = store.path
    assert path
    entries: list[folder.Entry] = []
    before = {entry.get("patch") for entry in store.journal().entries}
    for graph in store.graphs():
        lines = store.lines(graph)
        patch = {} if graph.startswith(DERIVED_GRAPH) else {"patch": folder.keep(path, pack([], lines))}
        if graph == PROVENANCE_GRAPH:
            entries.append({"did": "change", "when": when, "more": {graph: difference([], lines)}, **patch})
            continue
        told = {key: value for key, value in known.get(graph, {}).items() if key in ("when", "origin", "sources")}
        made = {"quads": len(lines), "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}
        entries.append({"did": "replace", "graph": graph, "when": when, "sources": _sources(store, graph), **told, **made, **patch})
    folder.replace_synced(path / folder.JOURNAL, b"".join(folder.line_of(entry) for entry in entries))
    folder.write_synced(path / folder.PENDING, b"")
    for patch_of in before - {entry.get("patch") for entry in entries} - {None}:
        folder.source_path(path, str(patch_of)).unlink(missing_ok=True)


def _sources(store: Writer, graph: str) -> list[str]:
    """The kept files of an article's reading in force, as its provenance has them: what was read, then the annotation."""
    asked = f"""SELECT ?source ?annotation {{ GRAPH <{PROVENANCE_GRAPH}> {{
        ?reading <{kg("annotates")}> {ox.NamedNode(graph)} ; <{kg("sourceSha256")}> ?source ; <{kg("annotationSha256")}> ?annotation
        FILTER NOT EXISTS {{ ?reading <{PROV}invalidatedAtTime> ?ended }} }} }} ORDER BY ?reading LIMIT 1"""
    return [term.value for row in store.select(asked) for term in row if isinstance(term, ox.Literal)]


def _rebuild(path: Path, entries: Sequence[folder.Entry], whole: Mapping[str, folder.Entry]) -> None:
    """The engine's files made again from the kept changes; those that are lost too stay out, and the old files are then kept aside."""
    lost = False
    grown: dict[str, set[bytes]] = {}
    with (path / folder.DUMP).open("wb") as dump:
        for entry in entries:
            patch = _patch(path, entry)
            if patch is None:
                lost = True
                continue
            for graph in entry.get("more", {}):
                state = grown.setdefault(graph, set())
                state.difference_update(within(graph, patch[0]))
                state.update(within(graph, patch[1]))
            if whole.get(entry.get("graph", "")) == entry:
                dump.writelines(within(entry["graph"], patch[1]))
        for lines in grown.values():
            dump.writelines(sorted(lines))
    if lost and (path / folder.GRAPH).exists():
        shutil.rmtree(path / folder.DAMAGED, ignore_errors=True)
        (path / folder.GRAPH).rename(path / folder.DAMAGED)
    build(path)


def _patch(path: Path, entry: folder.Entry) -> Patch | None:
    if "patch" not in entry:
        return [], []
    data = folder.whole(folder.source_path(path, entry["patch"]), entry["patch"])
    return None if data is None else unpack(data)


def _keep_again(path: Path, entries: Sequence[folder.Entry], digest: str) -> None:
    """Takes a kept file that is gone or damaged from where it was read, if that, or the part of it with one article, still has its bytes."""
    origins = dict.fromkeys(Path(entry["origin"]) for entry in entries if "origin" in entry and digest in entry.get("sources", []))
    files = (folder.whole(origin, digest) or b"" for origin in origins)
    parts = (reading.source for origin in origins for reading in read_articles(origin, later=True))
    data = next((data for data in chain(files, parts) if folder.sha256(data).hexdigest() == digest), None)
    if data is not None:
        folder.keep(path, data)
