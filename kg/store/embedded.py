"""Named graphs on disk or in memory: one writer, any number of readers, and nothing half.

    create(path)                                  an empty store
    with writer(path, "add", when) as store:      the one writer; on leaving, readers see what it did
        store.replace_graph(graph, triples, when=when)
    open_store(path)                              a reader of the newest snapshot; never waits, never blocks

An article counts as stored in this order: what will change is kept as a patch, and the journal's line for it as pending; one
transaction, or where nothing goes one bulk load, makes the old graph the new one together with its provenance; the engine's log is
synced; one synced line in the journal says so. Killed anywhere before, the graph is the old one or the new one, whole; the next
writer sees from the pending line whether the commit came through, and then counts it. Several articles may go in together: then
one transaction has them all, and syncing, most of what a small commit costs, is done once.

Readers open a snapshot (hard links, made in milliseconds), because the engine's read-only view of files that somebody is
writing fails now and then. A digest is the SHA-256 of sorted N-Quads lines, graph after graph: that of a store is what
`sha256sum` says of its N-Quads export.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import folder
from kg.store.patches import Patch, pack, unpack, within
from kg.vocabulary import DERIVED_GRAPH, PROVENANCE_GRAPH, RDFS, XSD

if TYPE_CHECKING:
    from kg.store.columns import Columns
    from kg.triples import Triple

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Change = tuple[Iterable["Triple | ox.Triple"], Iterable["Triple | ox.Triple"]]  # what goes, what comes

_LABEL = ox.NamedNode(RDFS + "label")
_STRING = XSD + "string"
MODULUS = 2**256
MUCH = 50_000_000  # bytes that the engine's files have at least, and twice what they had, where they are merged: 2 µs a quad, for questions in half the time
LINES = 200_000  # of what is stored together: 50 MB in memory, and few enough files for the engine to merge
Made = TypeVar("Made")
_COUNTS = re.compile(r"\bcount\s*\(", re.IGNORECASE)


class Dataset(NamedTuple):
    """The graphs, by IRI, that a query asks instead of all: those merged into the default graph, and those that GRAPH sees."""

    default: Sequence[str] = ()
    named: Sequence[str] = ()


def create(path: Path) -> None:
    """Makes an empty store where nothing or an empty folder is; raises StoreError and overwrites nothing elsewhere."""

    def fill(place: Path) -> None:
        engine = _engine(place)
        snapshot(place, engine)

    folder.lay_out(path, fill)


def open_store(path: Path) -> Store:
    """The store at `path`, as it was when its last writer was done; raises StoreError and creates nothing.

    Where a writer was killed before it made its snapshot, the snapshot is made now, so that all that was acknowledged
    is seen.
    """
    folder.mark_of(path)
    with suppress(StoreError):  # a writer is at work, or this place may only be read: the last snapshot is whole
        catch_up(path)
    tried: Exception | None = None
    for _ in range(20):
        place = path / folder.SNAPSHOTS / current(path)[0]
        try:
            return Store(ox.Store.read_only(str(place)), path, place)
        except (OSError, RuntimeError, ValueError) as error:
            tried = error
            if place.is_dir() and place.name == current(path)[0]:
                break  # it has not been replaced meanwhile, so it is damaged
    raise StoreError(f"the store's snapshot cannot be read: {tried}", str(path), "kg verify says what is damaged, kg repair rebuilds it")


@contextmanager
def writer(path: Path, command: str, when: str) -> Iterator[Writer]:
    """The store at `path` with its write lock, to the end of the `with`; then readers see what was written.

    `command` (the word the user typed) and `when` (ISO dateTime with a zone) tell others who holds the lock. Raises
    StoreError where another writer does.
    """
    folder.mark_of(path)
    with folder.held(path, command, when), opened(path) as store:
        yield store


@contextmanager
def opened(path: Path) -> Iterator[Writer]:
    """A writer of the store at `path`, whose lock the caller holds; what a killed one left is settled first."""
    try:
        _tidy(path)
        folder.mend_journal(path)
        store = Writer(_engine(path), path)
        store.settle()
    except (OSError, RuntimeError) as error:
        raise _held_or_failed(path, error) from error
    try:
        yield store
    except BaseException:
        with suppress(StoreError):  # what went wrong first is what the user must hear; the next open catches up
            store.close()
        raise
    store.close()


def memory(quads: Iterable[ox.Quad] = ()) -> Store:
    """A store that lives as long as the process, for checks and tests.

    >>> memory([ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:b"), ox.Literal("c"), ox.NamedNode("x:g"))]).graphs()
    ['x:g']
    """
    engine = ox.Store()
    engine.extend(quads)
    return Store(engine)


def memory_of(lines: Iterable[bytes]) -> Store:
    """The same of N-Quads lines, as `lines_of` gives them.

    >>> memory_of([b'<x:a> <x:b> "c" <x:g> .\\n']).graphs()
    ['x:g']
    """
    made = memory()
    made._engine.load(b"".join(lines), format=ox.RdfFormat.N_QUADS, lenient=True)
    return made


def quads(graph: str, triples: Iterable[Triple | ox.Triple]) -> Iterator[ox.Quad]:
    """The triples as the engine's quads in one named graph."""
    name = ox.NamedNode(graph)
    node = cache(ox.NamedNode)  # each stands in some triples
    for triple in triples:
        if isinstance(triple, ox.Triple):
            yield ox.Quad(triple.subject, triple.predicate, triple.object, name)
        else:
            subject, predicate, value = triple
            term = node(value) if isinstance(value, str) else ox.Literal(value.value, datatype=node(value.datatype))
            yield ox.Quad(node(subject), node(predicate), term, name)


def lines_of(graph: str, triples: Iterable[Triple | ox.Triple]) -> list[bytes]:
    """These triples as they are stored: sorted N-Quads lines, each once and with its newline, `0.70` as `0.7`.

    >>> from kg.triples import Iri, Literal
    >>> lines_of("x:g", [(Iri("x:a"), Iri("x:b"), Literal("c"))])
    [b'<x:a> <x:b> "c" <x:g> .\\n']
    """
    end = f" {ox.NamedNode(graph)} .\n"
    theirs: list[ox.Triple] = []
    lines: dict[bytes, None] = {}  # a set would lose their order, which is almost that of lines
    for triple in triples:
        if isinstance(triple, ox.Triple):
            theirs.append(triple)
        else:
            s, p, o = triple
            value = _iri(o) if isinstance(o, str) else str(ox.Literal(o.value)) if o.datatype == _STRING else _value(o.value, o.datatype)
            lines[f"{_iri(s)} {_iri(p)} {value}{end}".encode()] = None
    if theirs:
        lines |= dict.fromkeys(memory(quads(graph, theirs)).lines(graph))
    return sorted(lines)


@lru_cache(10_000)
def _iri(iri: str) -> str:
    """As it stands in a line; raises ValueError where it is none."""
    return str(ox.NamedNode(iri))


@lru_cache(10_000)
def _value(words: str, datatype: str) -> str:
    """A number or a date in the form that the engine gives it; by an engine, which alone knows."""
    name = ox.NamedNode("x:any")
    (quad,) = memory([ox.Quad(name, name, ox.Literal(words, datatype=ox.NamedNode(datatype)))])._engine
    return str(quad.object)


def digest_of(graph: str, triples: Iterable[Triple | ox.Triple]) -> str:
    """The digest these triples will have once stored, to tell whether storing them would change anything."""
    return digest_of_lines(lines_of(graph, triples))


def digest_of_lines(lines: Iterable[bytes]) -> str:
    """The digest of a graph with these lines, as `lines_of` gives them."""
    return folder.sha256(b"".join(lines)).hexdigest()


def acknowledged(entries: Iterable[folder.Entry]) -> dict[str, folder.Entry]:
    """Of the lines of a journal, the last of each graph that counts as stored."""
    latest: dict[str, folder.Entry] = {}
    for entry in entries:
        if entry["did"] == "replace":
            latest[entry["graph"]] = entry
        elif entry["did"] == "remove":
            latest.pop(entry["graph"], None)
    return latest


class Replacement(NamedTuple):
    """A graph that is to hold exactly these lines (as `lines_of` gives them), and what changes with it; as in `Writer.replace_graph`."""

    graph: str
    lines: list[bytes]
    more: Mapping[str, Change]
    sources: Sequence[str] = ()
    origin: str = ""


class Commit(NamedTuple):
    """A journal line, the graph that is dropped before anything comes, and what goes from and comes to which graph."""

    entry: folder.Entry
    drop: str
    changes: Mapping[str, Patch]


class Store:
    """Named graphs to be read. `path` is the store's folder, `snapshot` the copy that is read; None for one in memory."""

    def __init__(self, engine: ox.Store, path: Path | None = None, snapshot: Path | None = None) -> None:
        self._engine, self.path, self.snapshot = engine, path, snapshot
        self._made: dict[tuple[object, ...], Any] = {}

    def query(self, text: str, dataset: Dataset | None = None) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """What the engine answers, unguarded (`kg.query.run` guards); without a dataset all graphs together are the default graph.

        A dataset overrides FROM in the text, and a graph of it that the store lacks is empty.
        """
        if dataset is None:
            counted = self._columns.answer(text) if _COUNTS.search(text) and self._columns else None
            return self._engine.query(text, use_default_graph_as_union=True) if counted is None else counted
        return self._engine.query(
            text,
            default_graph=[ox.NamedNode(iri) for iri in dataset.default],
            named_graphs=[ox.NamedNode(iri) for iri in dataset.named],
        )

    @cached_property
    def _columns(self) -> Columns | None:
        from kg.store.columns import Columns  # 3 ms that no other query needs

        return Columns(self.snapshot, self._told) if self.snapshot else None

    def once(self, make: Callable[..., Made], *words: str) -> Made:
        """What is made of this store and some words: once of a snapshot, which does not change, else each time.

        >>> memory().once(lambda store, word: len(store.graphs()), "any")
        0
        """
        if not self.snapshot:
            return make(self, *words)
        if (make, *words) not in self._made:
            self._made[make, *words] = make(self, *words)
        return cast("Made", self._made[make, *words])

    def _told(self, text: str) -> bytes:
        """A SELECT's rows as the engine writes TSV."""
        answer = self._engine.query(text, use_default_graph_as_union=True)
        assert isinstance(answer, ox.QuerySolutions)
        return answer.serialize(format=ox.QueryResultsFormat.TSV) or b""

    def select(self, text: str) -> list[tuple[Term | None, ...]]:
        """The rows of a SELECT this program wrote; raises StoreError where the store's files cannot be read.

        >>> memory().select("SELECT (1 AS ?one) {}")[0][0].value
        '1'
        """
        with self._readable():
            answer = self.query(text)
            assert isinstance(answer, ox.QuerySolutions)
            return [tuple(row) for row in answer]

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, RuntimeError) as error:
            from kg.text import one_line

            what = f"the store cannot be read: {one_line(str(error), 120)}"
            raise StoreError(what, str(self.path or ""), "kg verify says whether it is damaged, kg repair mends it") from error

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, sorted."""
        return sorted(name.value for name in self._engine.named_graphs() if isinstance(name, ox.NamedNode))

    def quads(self, graph: str) -> Iterator[ox.Quad]:
        """One graph's quads, in the engine's order."""
        return self._engine.quads_for_pattern(None, None, None, ox.NamedNode(graph))

    def graph(self, iri: str) -> list[Triple]:
        """One graph's triples, sorted; empty where there is no such graph. Languages of literals, which no graph of ours
        has, are not told."""
        from kg.triples import Iri, Literal

        def value(term: Term) -> Iri | Literal:
            return Literal(term.value, term.datatype.value) if isinstance(term, ox.Literal) else Iri(getattr(term, "value", term))

        found = [(Iri(getattr(q.subject, "value", q.subject)), Iri(q.predicate.value), value(q.object)) for q in self.quads(iri)]
        return sorted(found, key=repr)

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """The rdfs:label of each IRI that has one; of several the first by code points."""
        found = {}
        with self._readable():
            for iri in set(iris):
                told = self._engine.quads_for_pattern(_node(iri), _LABEL, None)
                names = [q.object.value for q in told if isinstance(q.object, ox.Literal)]
                if names:
                    found[iri] = min(names)
        return found

    def holds(self, graph: str) -> bool:
        """Whether there is such a graph; an empty one is none."""
        return next(self.quads(graph), None) is not None

    def count(self, graph: str | None = None) -> int:
        """How many quads the store, or one graph, holds."""
        return len(self._engine) if graph is None else sum(1 for _ in self.quads(graph))

    def lines(self, graph: str) -> list[bytes]:
        """One graph as sorted N-Quads lines, each with its newline."""
        node = ox.NamedNode(graph)
        end = f"{node} .\n".encode()
        data: bytes = self._engine.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=node) or b""
        return sorted(line[:-1] + end for line in data.split(b"\n") if line)

    def digest(self, graph: str | None = None) -> str:
        """The hex SHA-256 of the sorted N-Quads lines of one graph, or of all graphs one after another by IRI."""
        made = folder.sha256()
        for name in [graph] if graph else self.graphs():
            for line in self.lines(name):
                made.update(line)
        return made.hexdigest()

    def journal(self) -> folder.Journal:
        """What counts as stored; empty for a store in memory."""
        return folder.read_journal(self.path) if self.path else folder.Journal(())

    def acknowledged(self) -> dict[str, folder.Entry]:
        """The last journal line of each graph that counts as stored: `quads`, `sha256`, `when`, `sources`."""
        return acknowledged(self.journal().entries)

    def source(self, digest: str) -> bytes:
        """The kept source bytes with this hex SHA-256; raises StoreError where they are not, or not whole."""
        if not self.path:
            raise StoreError("a store in memory keeps no sources", digest)
        place = folder.source_path(self.path, digest)
        try:
            data = place.read_bytes()
        except OSError as error:
            raise folder.failed("the kept source cannot be read", place, error) from error
        if folder.sha256(data).hexdigest() != digest:
            raise StoreError("the kept source is damaged: its bytes do not have its hash", str(place), "kg restore from a backup")
        return data

    def patch(self, entry: folder.Entry) -> Patch:
        """What the commit of a journal line changed; nothing for one of a derived graph. Raises StoreError where it is not kept whole."""
        return unpack(self.source(entry["patch"])) if "patch" in entry else ([], [])

    def dump(self, target: Path) -> None:
        """Writes all quads as N-Quads in the engine's order, for a process that reads them again."""
        self._engine.dump(target, format=ox.RdfFormat.N_QUADS)


class Writer(Store):
    """A store that can be written, by one process, from any of its threads; made by `writer` alone."""

    def __init__(self, engine: ox.Store, path: Path) -> None:
        super().__init__(engine, path)
        self._place, self._turn = path, threading.RLock()
        self._size = _bytes(path)

    def keep_source(self, data: bytes) -> str:
        """Keeps the bytes of a file that was read, synced and never changed; returns their hex SHA-256."""
        try:
            with self._turn:
                return folder.keep(self._place, data)
        except OSError as error:
            raise folder.failed("the source was not kept", self._place, error) from error

    def replace_graph(
        self,
        graph: str,
        triples: Iterable[Triple | ox.Triple],
        more: Mapping[str, Change] | None = None,
        *,
        when: str,
        sources: Sequence[str] = (),
        origin: str = "",
    ) -> folder.Entry:
        """Makes `graph` hold exactly these triples and changes other graphs with it, in one transaction.

        `more` maps the IRIs of other graphs (never `graph`) to the triples that go from and come to them; a graph changed
        this way is not to be replaced as a whole too, or the journal can no longer vouch for it. `when` is an ISO dateTime
        with a zone, `sources` are hashes of kept sources, `origin` says which file it was read from. Returns the journal line once it is on the disk: only then does
        it count. Raises StoreError (disk full, …): the graph is then the old or the new one, whole, and unacknowledged.
        """
        return self.replace_graphs([Replacement(graph, lines_of(graph, triples), more or {}, sources, origin)], when=when)[0]

    def replace_graphs(self, some: Sequence[Replacement], *, when: str) -> list[folder.Entry]:
        """The same for several graphs, of which none may stand in what changes with another: all are stored, or none is."""
        with self._turn:
            made = [self._prepared("replace", r.graph, r.lines, r.more, when, r.sources, r.origin) for r in some]
            return self._commit(made)

    def remove_graph(self, graph: str, more: Mapping[str, Change] | None = None, *, when: str) -> folder.Entry:
        """Takes a whole graph out, and changes others with it, in one transaction; as `replace_graph`."""
        with self._turn:
            return self._commit([self._prepared("remove", graph, [], more or {}, when)])[0]

    def change_graphs(self, more: Mapping[str, Change], *, when: str) -> folder.Entry:
        """Changes graphs that grow, such as the provenance, in one transaction; as `more` of `replace_graph`."""
        with self._turn:
            return self._commit([self._prepared("change", "", [], more, when)])[0]

    def purge(self, graph: str, sources: Iterable[str] = (), more: Mapping[str, Change] | None = None, *, when: str) -> None:
        """Takes a graph out and leaves no byte of it: not in the engine's files, the journal, the snapshots, the sources.

        `sources` are the kept sources to delete, `more` what to take out of other graphs, and out of what is kept of how they
        came about. The engine never forgets a string, so its files are built again from what is left. Killed in between,
        the next writer finishes it.
        """
        gone = [line.decode() for name, change in (more or {}).items() for line in memory(quads(name, change[0])).lines(name)]
        told = {"graph": graph, "gone": gone, "files": list(sources), "when": when}
        with self._turn:
            try:
                folder.replace_synced(self._place / folder.PURGE, json.dumps(told).encode())
                self._finish_purge()
            except (OSError, RuntimeError) as error:
                raise folder.failed("the purge is not finished, the next command that writes ends it", self._place, error) from error

    def since_derived(self, rules: str) -> dict[str, list[bytes]] | None:
        """The graphs that have changed since `derived` was told these rules, with their lines as they were then (none of one that was not there).

        None where that cannot be told. kg:provenance is no such graph: nothing is derived from it.
        """
        try:
            told = json.loads((self._place / folder.DERIVED).read_bytes())
            journal = (self._place / folder.JOURNAL).read_bytes()
            then = journal[: told["size"]]
            if told != self._mark(then, rules):
                return None
            entries = [folder.entry_in(line) for line in journal[len(then) :].splitlines()]
            if any(entry is None or str(entry.get("graph", "")).startswith(DERIVED_GRAPH) for entry in entries):
                return None  # a run that broke off, or somebody's own
            if any(entry and entry.get("more", {}).keys() - {PROVENANCE_GRAPH} for entry in entries):
                return None
            return {graph: self._lines_then(graph, then) for entry in entries if entry and (graph := entry.get("graph", ""))}
        except (OSError, ValueError, LookupError, TypeError, StoreError):
            return None

    def derived(self, rules: str) -> None:
        """Notes that what is derived by these rules is up to date; where it cannot be noted, all is derived again the next time."""
        with suppress(OSError):
            mark = self._mark((self._place / folder.JOURNAL).read_bytes(), rules)
            folder.replace_synced(self._place / folder.DERIVED, json.dumps(mark).encode())

    def _mark(self, journal: bytes, rules: str) -> dict[str, object]:
        return {"size": len(journal), "sha256": folder.sha256(journal).hexdigest(), "rules": rules}

    def _lines_then(self, graph: str, journal: bytes) -> list[bytes]:
        """A graph's lines when the journal was so long."""
        at = journal.rfind(b'"graph": ' + json.dumps(graph).encode() + b",")
        entry = folder.entry_in(journal[journal.rfind(b"\n", 0, at) + 1 : journal.index(b"\n", at)]) if at >= 0 else None
        return within(graph, self.patch(entry)[1]) if entry and entry["did"] == "replace" else []

    def settle(self) -> None:
        """Finishes what a killed writer had begun: counts a commit that came through, and ends a purge."""
        waiting = [entry for entry in folder.read_waiting(self._place, self.journal()) if self._came_through(entry)]
        if waiting:
            folder.append_journal(self._place, waiting)
        if (self._place / folder.PURGE).exists():
            self._finish_purge()

    def make_snapshot(self) -> None:
        """Lets readers see what has been written so far; the two newest snapshots are kept."""
        with self._turn:
            try:
                snapshot(self._place, self._engine)
            except (OSError, RuntimeError) as error:
                raise folder.failed("readers still see the store as it was: no snapshot was made", self._place, error) from error

    def close(self) -> None:
        """Makes a snapshot where there is something new, of merged files where much is, and lets the engine's files go."""
        try:
            if current(self._place)[1] != folder.journal_size(self._place):
                if _bytes(self._place) > max(MUCH, 2 * self._size):
                    with suppress(OSError, RuntimeError):  # unmerged, they only take longer to read
                        self._engine.optimize()
                self.make_snapshot()
        finally:
            del self._engine

    def _prepared(
        self, did: str, graph: str, new: list[bytes], more: Mapping[str, Change], when: str, sources: Sequence[str] = (), origin: str = ""
    ) -> Commit:
        """A commit, with what it changes kept."""
        if graph in more:
            raise ValueError(f"{graph} is replaced as a whole, it cannot be changed as well")
        changes = {name: self._effective(name, change) for name, change in more.items()}
        entry = entry_of(did, graph, new, changes, when, sources, origin)
        gone, come = ([line for change in changes.values() for line in change[which]] for which in (0, 1))
        kept = [] if graph.startswith(DERIVED_GRAPH) else new  # what is derived can be derived again
        if gone or come or kept:
            entry |= self._kept(gone, [*come, *kept])
        return Commit(entry, graph, changes | ({graph: ([], new)} if new else {}))

    def _kept(self, gone: list[bytes], come: list[bytes]) -> folder.Entry:
        """Keeps a patch; what the journal says of that."""
        try:
            return {"patch": folder.keep(self._place, pack(gone, come))}
        except OSError as error:
            raise folder.failed("what would change was not kept, so nothing was stored", self._place, error) from error

    def _commit(self, some: Sequence[Commit]) -> list[folder.Entry]:
        entries = [commit.entry for commit in some]
        try:
            folder.write_pending(self._place, entries)
            self._apply(some)
            self._engine.flush()
            folder.append_journal(self._place, entries)
        except (OSError, RuntimeError) as error:
            which = f"{some[0].drop} and {len(some) - 1} more were" if len(some) > 1 else f"{some[0].drop} was"
            raise folder.failed(f"{which} not stored", self._place, error) from error
        return entries

    def _apply(self, some: Sequence[Commit]) -> None:
        """All of it in one transaction; or in one bulk load, which is all or nothing too and costs half or less, but cannot take anything out."""
        todo = [self._difference(commit) for commit in some]
        patches = [patch for commit in todo for patch in commit.changes.values()]
        if any(commit.drop for commit in todo) or any(gone for gone, _ in patches):
            self._engine.update(" ;\n".join(update_of(commit.drop, commit.changes) for commit in todo))
        else:
            # Lenient: these lines come from `lines_of`, which has checked their IRIs, or from an engine.
            self._engine.bulk_load(b"".join([line for _, come in patches for line in come]), format=ox.RdfFormat.N_QUADS, lenient=True)

    def _difference(self, commit: Commit) -> Commit:
        """The same without dropping a graph to write most of it again: an article read anew, or what is derived after one more, is mostly what it was."""
        if not commit.drop or not self.holds(commit.drop):
            return commit._replace(drop="")
        if commit.drop not in commit.changes:  # nothing is left of it
            return commit
        old, new = set(self.lines(commit.drop)), set(commit.changes[commit.drop][1])
        return commit._replace(drop="", changes={**commit.changes, commit.drop: (sorted(old - new), sorted(new - old))})

    def _effective(self, graph: str, change: Change) -> Patch:
        """What really goes and comes, as lines, so that the sums in the journal are those of the graph."""
        gone = {q for q in quads(graph, change[0]) if q in self._engine}
        come = {q for q in quads(graph, change[1]) if q not in self._engine or q in gone}
        # Through an engine, because storing normalises literals and sums are of what is stored.
        minus, plus = (memory(some).lines(graph) for some in (gone - come, come - gone))
        return minus, plus

    def _came_through(self, entry: folder.Entry) -> bool:
        graph = entry.get("graph", "")
        if entry["did"] == "replace" and self.digest(graph) != entry["sha256"]:
            return False
        if entry["did"] == "remove" and self.count(graph):
            return False
        gone, come = self.patch(entry)
        return not any(quad in self._engine for quad in _parsed(gone)) and all(quad in self._engine for quad in _parsed(come))

    def _finish_purge(self) -> None:
        told = json.loads((self._place / folder.PURGE).read_bytes())
        graph, gone = told["graph"], {line.encode() for line in told["gone"]}
        left = [quad for quad in _parsed(gone) if quad in self._engine]
        if graph in self.graphs() or left:
            self.remove_graph(graph, {name: (list(some), ()) for name, some in _by_graph(left).items()}, when=told["when"])
        entries, patches = self._forgotten(graph, gone)
        told["files"] += patches  # said before the journal, which names them, is written anew
        folder.replace_synced(self._place / folder.PURGE, json.dumps(told).encode())
        folder.replace_synced(self._place / folder.JOURNAL, b"".join(folder.line_of(entry) for entry in entries))
        for digest in {*told["files"]} - {entry.get("patch") for entry in entries}:
            folder.source_path(self._place, digest).unlink(missing_ok=True)
        folder.write_synced(self._place / folder.PENDING, b"")
        self._rebuild()
        shutil.rmtree(self._place / folder.SNAPSHOTS)
        (self._place / folder.SNAPSHOTS).mkdir()
        self.make_snapshot()
        shutil.rmtree(self._place / folder.DAMAGED, ignore_errors=True)
        (self._place / folder.PURGE).unlink()
        folder.sync_folder(self._place)

    def _forgotten(self, graph: str, gone: set[bytes]) -> tuple[list[folder.Entry], list[str]]:
        """The journal as if the graph and these lines had never been, and the patches that tell of them."""
        entries: list[folder.Entry] = []
        patches: list[str] = []
        for entry in self.journal().entries:
            mine = entry.get("graph") == graph
            minus, plus = self.patch(entry)
            if mine or not gone.isdisjoint([*minus, *plus]):
                patches += [entry["patch"]] if "patch" in entry else []
            if not mine and not gone.isdisjoint([*minus, *plus]):
                minus, plus = ([line for line in lines if line not in gone] for lines in (minus, plus))
                more = {name: difference(within(name, minus), within(name, plus)) for name in entry.get("more", {})}
                entry = {**entry, "more": more, "patch": folder.keep(self._place, pack(minus, plus))}
            entries += [] if mine else [entry]
        return entries, patches

    def _rebuild(self) -> None:
        dump = self._place / folder.DUMP
        self._engine.dump(dump, format=ox.RdfFormat.N_QUADS)
        del self._engine
        build(self._place)
        self._engine = _engine(self._place)


def build(path: Path) -> None:
    """Makes the engine's files anew from the N-Quads in `graph.nq`: `graph.new` while being made, `graph.ready` once whole."""
    new, dump = path / "graph.new", path / folder.DUMP
    shutil.rmtree(new, ignore_errors=True)
    fresh = ox.Store(str(new))
    fresh.bulk_load(path=dump, format=ox.RdfFormat.N_QUADS)
    fresh.flush()
    dump.unlink()
    del fresh
    new.rename(path / "graph.ready")
    _tidy(path)


def sum_of(lines: Iterable[bytes]) -> int:
    """The sum of the SHA-256 of N-Quads lines, modulo 2**256: it can be kept up line by line as a graph grows.

    >>> sum_of([b"a", b"b"]) == sum_of([b"b", b"a"])
    True
    """
    from hashlib import sha256  # once for all lines

    return sum(int.from_bytes(sha256(line).digest(), "big") for line in lines) % MODULUS


def difference(gone: list[bytes], come: list[bytes]) -> dict[str, object]:
    """What lines that go and come do to a graph's count and sum, as the journal has it."""
    return {"quads": len(come) - len(gone), "sum": f"{(sum_of(come) - sum_of(gone)) % MODULUS:064x}"}


def entry_of(
    did: str, graph: str, new: list[bytes], changes: Mapping[str, Patch], when: str, sources: Sequence[str] = (), origin: str = ""
) -> dict[str, object]:
    """The journal's line for a commit: `new` is all of a graph that is replaced, `changes` what goes and comes elsewhere."""
    entry: dict[str, object] = {"did": did, "graph": graph, "when": when} if graph else {"did": did, "when": when}
    if did == "replace":
        entry |= {"quads": len(new), "sha256": digest_of_lines(new), "sources": list(sources)}
        entry |= {"origin": origin} if origin else {}
    if changes:
        entry["more"] = {name: difference(*change) for name, change in changes.items()}
    return entry


def update_of(graph: str, changes: Mapping[str, Patch], most: int = 1_000_000) -> str:
    """One request, which the engine runs as one transaction: the graph is dropped, lines go, lines come, at most so many an operation."""
    operations = [f"DROP SILENT GRAPH {ox.NamedNode(graph)}"] if graph else []
    for name, patch in changes.items():
        node = str(ox.NamedNode(name))
        end = f" {node} .\n".encode()
        for verb, lines in zip(("DELETE", "INSERT"), patch, strict=True):
            for first in range(0, len(lines), most):
                triples = b" .\n".join(line.removesuffix(end) for line in lines[first : first + most]).decode()
                operations.append(f"{verb} DATA {{ GRAPH {node} {{\n{triples} .\n}} }}")
    return " ;\n".join(operations)


def _by_graph(found: Iterable[ox.Quad]) -> dict[str, list[ox.Triple]]:
    by_graph: dict[str, list[ox.Triple]] = {}
    for quad in found:
        by_graph.setdefault(str(getattr(quad.graph_name, "value", "")), []).append(quad.triple)
    return by_graph


def _parsed(lines: Iterable[bytes]) -> list[ox.Quad]:
    return list(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))


def _bytes(path: Path) -> int:
    """How much the engine's files hold."""
    held = 0
    for file in (path / folder.GRAPH).glob("*.sst"):
        with suppress(FileNotFoundError):  # the engine merges some whenever it likes
            held += file.stat().st_size
    return held


def _engine(path: Path) -> ox.Store:
    return ox.Store(str(path / folder.GRAPH))


def _tidy(path: Path) -> None:
    """Puts in place what a rebuild had ready, and takes away what one that was killed had not, and the engine's old logs."""
    ready = path / "graph.ready"
    if ready.is_dir():
        shutil.rmtree(path / folder.GRAPH, ignore_errors=True)
        ready.rename(path / folder.GRAPH)
        folder.sync_folder(path)
    shutil.rmtree(path / "graph.new", ignore_errors=True)
    for left in (path / folder.DUMP, *(path / folder.GRAPH).glob("LOG.old.*")):
        left.unlink(missing_ok=True)


def current(path: Path) -> tuple[str, int]:
    """The name of the snapshot to read, and the size of the journal it stands for."""
    try:
        name, size = (path / folder.SNAPSHOTS / folder.CURRENT).read_bytes().split()
        return str(int(name)), int(size)
    except FileNotFoundError:
        return "0", -1
    except ValueError:
        raise StoreError("the store does not say which snapshot to read", str(path), "kg repair makes a new one") from None
    except OSError as error:
        raise folder.failed("the store cannot be read", path, error) from error


def snapshot(path: Path, engine: ox.Store) -> None:
    """Makes the copy that readers read from now on, and takes away all but the one before."""
    place = path / folder.SNAPSHOTS
    size = folder.journal_size(path)
    numbers = sorted(int(p.name) for p in place.iterdir() if p.name.isdecimal())
    name = str(numbers[-1] + 1 if numbers else 1)
    engine.backup(str(place / name))
    folder.sync_folder(place / name)
    folder.replace_synced(place / folder.CURRENT, f"{name} {size}\n".encode())
    for old in numbers[:-1]:
        shutil.rmtree(place / str(old), ignore_errors=True)


def catch_up(path: Path) -> None:
    """Makes the snapshot a killed writer did not make; raises StoreError where somebody writes, or nothing may be written."""
    if current(path)[1] != folder.journal_size(path):
        with writer(path, "open", ""):
            pass


def _held_or_failed(path: Path, error: OSError | RuntimeError) -> StoreError:
    if "lock" in str(error).lower():
        return StoreError("the store is held by another program", str(path / folder.GRAPH), "end the program that has opened its files")
    return folder.failed("the store cannot be opened", path, error)


def _node(iri: str) -> ox.NamedNode | None:
    return ox.NamedNode(iri)
