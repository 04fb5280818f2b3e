"""Named graphs behind a SPARQL 1.1 endpoint: the same store at an address, its journal and its lock graphs of their own there.

    create(endpoint, when)                        makes an empty dataset a store
    with writer(endpoint, "add", when, me) as store:   the one writer
    RemoteStore(endpoint)                         a reader, of what is there at each query

An article counts as stored when its journal line is there: one request takes the old graph out and puts the new one, its
provenance and its line in, so where a request is one transaction they come together or not at all. An update whose answer is lost
is looked up by its line. The files that were read stay where they are; only their hashes are kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pyoxigraph as ox

from kg.errors import Finding, LimitError, StoreError
from kg.store import folder
from kg.store.embedded import (
    Change,
    Commit,
    Dataset,
    Store,
    Term,
    Writer,
    acknowledged,
    difference,
    digest_of_lines,
    memory,
    quads,
    sum_of,
    update_of,
)
from kg.store.endpoint import Endpoint
from kg.store.patches import Patch
from kg.store.scan import Found, Scan
from kg.store.verify import compare, sums
from kg.vocabulary import JOURNAL_GRAPH, LOCK_GRAPH, RDF

LAYOUT = 2  # in 1 a statement did not mention what its conditions depend on
VALUE = RDF + "value"
ENTRY = JOURNAL_GRAPH + "/"  # + number and chance
MOST_TRIPLES = 1000  # of one operation: Virtuoso's compiler takes no more than some thousands
MOST_NAMES = 500  # IRIs of one VALUES
_OURS = (JOURNAL_GRAPH, LOCK_GRAPH)
_held_here: set[str] = set()  # locks of this process


def create(endpoint: Endpoint, when: str) -> bool:
    """Makes the dataset behind an endpoint a store; False where it is one. Raises StoreError where somebody's graphs are in it."""
    if _mark(endpoint):
        return False
    rows = _select(endpoint, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } LIMIT 100")
    there = [graph for (graph,) in rows if graph and not endpoint.dialect.owns(_value(graph))]
    if there:
        raise StoreError(
            f"graphs of somebody's are here already: {_value(there[0])}", endpoint.address, "give an endpoint over an empty dataset"
        )
    mark = json.dumps({"proviso-store": LAYOUT, "since": when}, sort_keys=True)
    text = f"INSERT DATA {{ GRAPH <{JOURNAL_GRAPH}> {{ <{JOURNAL_GRAPH}> <{VALUE}> {ox.Literal(mark)} }} }}"
    endpoint.changed(text, lambda: _mark(endpoint) != "")
    return True


def open_remote(endpoint: Endpoint) -> RemoteStore:
    """The store behind an endpoint; raises StoreError where there is none, and where its default graph is not all graphs together."""
    mark = _mark(endpoint)
    if not mark:
        raise StoreError(
            "there is no store at this address",
            endpoint.address,
            "kg add ARTICLES makes one in an empty dataset; or name another with --store",
        )
    try:
        layout = json.loads(mark)["proviso-store"]
    except (ValueError, KeyError, TypeError):
        layout = None
    if layout != LAYOUT:
        hint = "export it with the version that wrote it, then import the export into a new store"
        raise StoreError(f"the store has layout {layout}; this version reads layout {LAYOUT} at an address", endpoint.address, hint)
    if not _select(endpoint, f"SELECT ?mark {{ <{JOURNAL_GRAPH}> <{VALUE}> ?mark }}"):
        hint = "let its default graph be the union of all graphs (docs/remote.md says how)"
        raise StoreError("questions ask all graphs together, and this endpoint asks its default graph alone", endpoint.address, hint)
    return RemoteStore(endpoint)


@contextmanager
def writer(endpoint: Endpoint, command: str, when: str) -> Iterator[RemoteWriter]:
    """The store behind an endpoint with its lock, to the end of the `with`; raises StoreError naming who holds it."""
    open_remote(endpoint)
    lock = f"{LOCK_GRAPH}/{uuid.uuid4().hex}"
    _held_here.add(lock)  # before it is taken, or another thread could believe it was left behind
    try:
        _take(endpoint, lock, {"command": command, "pid": os.getpid(), "host": os.uname().nodename, "since": when})
        yield RemoteWriter(endpoint, lock)
    except BaseException:
        with suppress(StoreError):  # what went wrong first is what the user must hear
            _let_go(endpoint, lock)
        raise
    else:
        _let_go(endpoint, lock)
    finally:
        _held_here.discard(lock)


class RemoteStore(Store):
    """Named graphs behind an endpoint, to be read. Each query sees what is there when it is asked; the journal is read once.

    With `at_home` the graphs are copied into memory with the first query, and all see that.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint, self.path, self.snapshot = endpoint, None, None  # and no engine: all that would ask one is below
        self._journal: folder.Journal | None = None
        self._sums: tuple[folder.Journal, dict[str, folder.Entry], Mapping[str, tuple[int, int]]] | None = None  # of which journal
        self._copy: ox.Store | None = None

    def query(self, text: str, dataset: Dataset | None = None) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """What the server answers, unguarded, as `Store.query`; raises QueryError, and StoreError where it does not."""
        if self.at_home:
            return self._copied().query(text, dataset)
        kind, data = self.endpoint.asked(text, dataset)
        return _parsed(kind, data, self.endpoint.address)

    @property
    def at_home(self) -> bool:
        """Whether queries are asked of a copy of the graphs: this kind of server is known to misread some, and nobody said to believe it."""
        return self.endpoint.dialect.misreads and not self.endpoint.believed

    def _copied(self) -> Store:
        """All graphs, as they were when the first query needed them here."""
        if self._copy is None:
            self._copy = ox.Store()
            self._copy.extend(quad for graph in self.graphs() for quad in self.quads(graph))
        return Store(self._copy)

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs that hold something, sorted, as the journal has them."""
        entries = self.journal().entries
        whole = {graph for graph, entry in self.acknowledged().items() if entry["quads"]}
        return sorted(whole | {graph for graph, (count, _) in sums(entries).items() if count})

    def quads(self, graph: str) -> Iterator[ox.Quad]:
        """One graph's quads, in no order; in pages where the server gives no more rows at once. Raises StoreError where they are not
        those that were stored."""
        yield from self._whole(graph)[0]

    def _whole(self, graph: str) -> tuple[list[ox.Quad], list[bytes]]:
        """One graph's quads and lines, held to the journal; raises StoreError where they are others. Where somebody writes meanwhile, both are read again."""
        while True:
            read, told = read_graph(self.endpoint, graph), self._stored(graph)
            lines = memory(read).lines(graph)
            if self._agrees(lines, told):
                return read, lines
            self._journal = None
            if self._stored(graph) == told:
                raise StoreError(
                    f"the server gives {len(lines)} quads that are not those of this graph that were stored: {graph}", self.endpoint.address,
                    "kg verify says what is wrong; or let the server give more rows at once",
                )  # fmt: skip

    def _stored(self, graph: str) -> tuple[folder.Entry | None, tuple[int, int] | None]:
        """What the journal says that a graph holds, as one that is replaced and as one that grows."""
        journal = self.journal()
        if self._sums is None or self._sums[0] is not journal:
            self._sums = journal, acknowledged(journal.entries), sums(journal.entries)
        return self._sums[1].get(graph), self._sums[2].get(graph)

    def _agrees(self, lines: list[bytes], told: tuple[folder.Entry | None, tuple[int, int] | None]) -> bool:
        """Whether lines are what the journal says; of a graph it does not name, always."""
        whole, grown = told
        if whole:
            return (len(lines), digest_of_lines(lines)) == (whole["quads"], whole["sha256"])
        return grown is None or (len(lines), sum_of(lines)) == grown

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """The rdfs:label of each IRI that has one; of several the first by code points."""
        found: dict[str, str] = {}
        wanted = sorted(set(iris))
        for first in range(0, len(wanted), MOST_NAMES):
            names = " ".join(str(ox.NamedNode(iri)) for iri in wanted[first : first + MOST_NAMES])
            asked = f"SELECT DISTINCT ?s ?o {{ VALUES ?s {{ {names} }} ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o }}"
            for s, o in _select(self.endpoint, asked):
                if isinstance(o, ox.Literal):
                    found[_value(s)] = min(o.value, found.get(_value(s), o.value))
        return found

    def count(self, graph: str | None = None) -> int:
        """How many quads the store, or one graph, holds, as the journal has it."""
        counts = {name: int(entry["quads"]) for name, entry in self.acknowledged().items()}
        counts |= {name: count for name, (count, _) in sums(self.journal().entries).items()}
        return sum(counts.values()) if graph is None else counts.get(graph, 0)

    def lines(self, graph: str) -> list[bytes]:
        """One graph as sorted N-Quads lines, each with its newline; raises StoreError as `quads` does."""
        return self._whole(graph)[1]

    def digest(self, graph: str | None = None) -> str:
        """The hex SHA-256 of the sorted N-Quads lines: of one graph as the journal has it, of all as they are read."""
        entry = self.acknowledged().get(graph or "")
        return str(entry["sha256"]) if entry else super().digest(graph)

    def journal(self) -> folder.Journal:
        """What counts as stored; read from the server once."""
        if self._journal is None:
            self._journal = read_journal(self.endpoint)
        return self._journal

    def source(self, digest: str) -> bytes:
        """Raises StoreError: only hashes are kept."""
        raise StoreError("a store at an address keeps no files", digest, "look where the article was read")

    def dump(self, target: Path) -> None:
        """Writes all quads as N-Quads, graph after graph."""
        with target.open("wb") as file:
            for graph in self.graphs():
                file.writelines(self.lines(graph))


class RemoteWriter(RemoteStore, Writer):
    """A store behind an endpoint that can be written, by the one who holds its lock; made by `writer` alone."""

    def __init__(self, endpoint: Endpoint, lock: str) -> None:
        super().__init__(endpoint)
        self._lock, self._turn = lock, threading.RLock()
        self._number = len(self.journal().entries) + len(self.journal().damaged)

    def keep_source(self, data: bytes) -> str:
        """The hex SHA-256 of the bytes, which stay where they are."""
        return hashlib.sha256(data).hexdigest()

    def purge(self, graph: str, sources: Iterable[str] = (), more: Mapping[str, Change] | None = None, *, when: str) -> None:
        """Takes a graph out, and what the journal says of it, in one request; what the server's own files keep is the server's."""
        with self._turn:
            changes = {name: self._effective(name, change) for name, change in (more or {}).items()}
            named = read_entries(self.endpoint)
            mine = {iri: entry for iri, entry in named.items() if entry and entry.get("graph") == graph}
            net = {name: difference(*change) for name, change in changes.items()}
            for entry in mine.values():  # what they did to graphs that grow is told by the one line that stays
                net = {name: _added(net.get(name), entry.get("more", {}).get(name)) for name in {*net, *entry.get("more", {})}}
            gone = "".join(f" ;\nDELETE WHERE {{ GRAPH <{JOURNAL_GRAPH}> {{ <{iri}> ?p ?o }} }}" for iri in mine)
            self._put(graph, changes, {"did": "change", "when": when, "more": net}, gone)
            self._journal = None

    def _agrees(self, lines: list[bytes], told: tuple[folder.Entry | None, tuple[int, int] | None]) -> bool:
        """Always: what is not as it was stored is put right by storing it anew."""
        return True

    def since_derived(self, rules: str) -> dict[str, list[bytes]] | None:
        """None: what changed is not kept here."""
        return None

    def derived(self, rules: str) -> None:
        """Nothing is noted."""

    def settle(self) -> None:
        """Nothing: where a request is one transaction, a killed writer left nothing half."""

    def make_snapshot(self) -> None:
        """Nothing: readers ask the server."""

    def close(self) -> None:
        """Nothing: `writer` lets the lock go."""

    def _kept(self, gone: list[bytes], come: list[bytes]) -> folder.Entry:
        """Nothing: what is there is the server's to keep."""
        return {}

    def _commit(self, some: Sequence[Commit]) -> list[folder.Entry]:
        """One request each: a longer one is no safer."""
        for commit in some:
            self._put(commit.drop, commit.changes, commit.entry)
            self._journal = folder.Journal((*self.journal().entries, commit.entry), self.journal().damaged)
        return [commit.entry for commit in some]

    def _put(self, graph: str, changes: Mapping[str, Patch], entry: folder.Entry, rest: str = "") -> None:
        """One request: what goes, what comes, and the journal's line last; raises StoreError unless the line is there then, and the lock."""
        self._number += 1
        iri = f"{ENTRY}{self._number:09}-{uuid.uuid4().hex[:8]}"
        line = ox.Literal(folder.line_of(entry).decode().strip())
        lines = self.endpoint.dialect.lines
        written = {name: (lines(patch[0], name), lines(patch[1], name)) for name, patch in changes.items()}
        text = update_of(graph, written, MOST_TRIPLES)
        text += f"{' ;' if text else ''}\nINSERT DATA {{ GRAPH <{JOURNAL_GRAPH}> {{ <{iri}> <{VALUE}> {line} }} }}{rest}"
        if not _is_there(self.endpoint, LOCK_GRAPH, self._lock):
            raise StoreError(
                "somebody took the lock of this store away, so nothing more is written",
                self.endpoint.address,
                "see who writes, then run the command again",
            )
        self.endpoint.changed(text, lambda: _is_there(self.endpoint, JOURNAL_GRAPH, iri))
        if self._copy is not None:
            self._copy.update(update_of(graph, changes))

    def _effective(self, graph: str, change: Change) -> Patch:
        """What really goes and comes, as lines, so that the sums in the journal are those of the graph."""
        gone, come = (set(memory(quads(graph, some)).lines(graph)) for some in change)
        there = set(self._about(graph, {line.partition(b" ")[0].decode() for line in gone | come}))
        gone, come = gone & there, {line for line in come if line not in there or line in gone}
        return sorted(gone - come), sorted(come - gone)

    def _about(self, graph: str, subjects: set[str]) -> list[bytes]:
        """The lines of a graph that are about some things (terms as N-Quads has them)."""
        found: list[ox.Quad] = []
        names = sorted(subjects)
        for first in range(0, len(names), MOST_NAMES):
            asked = f"GRAPH {ox.NamedNode(graph)} {{ VALUES ?s {{ {' '.join(names[first : first + MOST_NAMES])} }} ?s ?p ?o }}"
            found += [ox.Quad(s, p, o, ox.NamedNode(graph)) for s, p, o in _every(self.endpoint, "?s ?p ?o", asked)]  # type: ignore[arg-type]  # terms of triples
        return memory(found).lines(graph)


def read_journal(endpoint: Endpoint) -> folder.Journal:
    """The journal of the store behind an endpoint; damaged lines are counted."""
    told = list(read_entries(endpoint).values())
    return folder.Journal(tuple(entry for entry in told if entry), tuple(number for number, entry in enumerate(told, 1) if not entry))


def read_entries(endpoint: Endpoint) -> dict[str, folder.Entry | None]:
    """The journal's lines by their IRI, oldest first; None for one that is damaged."""
    pattern = f"GRAPH <{JOURNAL_GRAPH}> {{ ?entry <{VALUE}> ?line }}"
    ((told,),) = _select(endpoint, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")  # before: it only grows, but for a purge
    rows = _every(endpoint, "?entry ?line", pattern)
    if len(rows) < int(_value(told)):
        raise StoreError(
            f"the server gives {len(rows)} lines of the journal's {_value(told)}", endpoint.address, "let it give more rows at once"
        )
    found = sorted((_value(entry), _value(line)) for entry, line in rows)
    return {iri: folder.entry_in(line.encode()) for iri, line in found if iri.startswith(ENTRY)}


def read_graph(endpoint: Endpoint, graph: str) -> list[ox.Quad]:
    """One graph's quads, as they are there."""
    name, found = ox.NamedNode(graph), []
    for s, p, o in _every(endpoint, "?s ?p ?o", f"GRAPH {name} {{ ?s ?p ?o }}"):
        assert isinstance(s, ox.NamedNode) and isinstance(p, ox.NamedNode) and o is not None
        found.append(ox.Quad(s, p, o, name))
    return found


def newest(endpoint: Endpoint, seconds: float | None = None) -> str:
    """The IRI of the journal's last line, to see whether the store has changed; raises LimitError where that takes longer."""
    text = f"SELECT ?entry {{ GRAPH <{JOURNAL_GRAPH}> {{ ?entry <{VALUE}> ?line }} }} ORDER BY DESC(?entry) LIMIT 1"
    rows = _select(endpoint, text, seconds)
    return _value(rows[0][0]) if rows else ""


def verify(endpoint: Endpoint) -> list[Finding]:
    """What is wrong with the store behind an endpoint, worst first: each graph is read whole and compared with the journal."""
    store = open_remote(endpoint)
    journal = store.journal()
    damaged = "this line is damaged: what it said counts as lost; add the article again"
    found = [Finding("journal-line", "error", damaged, endpoint.address, line) for line in journal.damaged]
    rows = _every(endpoint, "?g", "{ SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } }")
    there = {_value(graph) for (graph,) in rows}
    graphs = {}
    for name in sorted(name for name in there if name not in _OURS and not endpoint.dialect.owns(name)):
        lines = memory(read_graph(endpoint, name)).lines(name)
        graphs[name] = Found(len(lines), hashlib.sha256(b"".join(lines)).hexdigest(), f"{sum_of(lines):064x}")
    again = "; kg repair puts it right", "; kg remove the article, then add it again"
    wrong = compare(endpoint.address, journal.entries, Scan(graphs))
    return [*found, *(Finding(f.code, f.severity, f.message.replace(*again), f.file, f.line, f.node) for f in wrong)]


def _mark(endpoint: Endpoint) -> str:
    rows = _select(endpoint, f"SELECT ?mark {{ GRAPH <{JOURNAL_GRAPH}> {{ <{JOURNAL_GRAPH}> <{VALUE}> ?mark }} }}")
    return _value(rows[0][0]) if rows else ""


def _take(endpoint: Endpoint, lock: str, me: Mapping[str, object]) -> None:
    """Takes the lock: looks, puts its own down, looks again. Of two at once both step back. One of a process here that has ended is taken away."""
    for iri, holder in _holders(endpoint).items():
        mine = holder.get("pid") == me["pid"] and iri not in _held_here  # its server was gone when it should have been let go
        if holder.get("host") == me["host"] and (mine or not folder.running(holder.get("pid"))):
            _let_go(endpoint, iri)
        else:
            raise _held(endpoint, holder)
    text = f"INSERT DATA {{ GRAPH <{LOCK_GRAPH}> {{ <{lock}> <{VALUE}> {ox.Literal(json.dumps(me, sort_keys=True))} }} }}"
    endpoint.changed(text, lambda: _is_there(endpoint, LOCK_GRAPH, lock))
    others = {iri: holder for iri, holder in _holders(endpoint).items() if iri != lock}
    if others:
        raise _held(endpoint, next(iter(others.values())))


def _held(endpoint: Endpoint, holder: Mapping[str, object]) -> StoreError:
    who = f"kg {holder.get('command')} (process {holder.get('pid')} on {holder.get('host')}, since {holder.get('since')})"
    hint = f"wait until it is done; if it is gone, run this update on the server: DROP GRAPH <{LOCK_GRAPH}>"
    return StoreError(f"the store is held: it is being written by {who}", endpoint.address, hint)


def _let_go(endpoint: Endpoint, lock: str) -> None:
    text = f"DELETE WHERE {{ GRAPH <{LOCK_GRAPH}> {{ <{lock}> ?p ?o }} }}"
    endpoint.changed(text, lambda: not _is_there(endpoint, LOCK_GRAPH, lock))


def _holders(endpoint: Endpoint) -> dict[str, dict[str, object]]:
    rows = _select(endpoint, f"SELECT ?lock ?who {{ GRAPH <{LOCK_GRAPH}> {{ ?lock <{VALUE}> ?who }} }} ORDER BY ?lock")
    found: dict[str, dict[str, object]] = {}
    for lock, who in rows:
        try:
            found[_value(lock)] = dict(json.loads(_value(who)))
        except (ValueError, TypeError):
            found[_value(lock)] = {}
    return found


def _is_there(endpoint: Endpoint, graph: str, subject: str) -> bool:
    return bool(_select(endpoint, f"SELECT ?o {{ GRAPH <{graph}> {{ <{subject}> ?p ?o }} }} LIMIT 1"))


def _select(endpoint: Endpoint, text: str, seconds: float | None = None) -> list[tuple[Term | None, ...]]:
    answer = _parsed(*endpoint.asked(text, None, seconds), endpoint.address)
    assert isinstance(answer, ox.QuerySolutions)
    return [tuple(row) for row in answer]


def _every(endpoint: Endpoint, variables: str, pattern: str) -> list[tuple[Term | None, ...]]:
    """All rows of a pattern, each once; where the server gives no more rows at once, in pages, which must add up to their number."""
    try:
        return _select(endpoint, f"SELECT DISTINCT {variables} {{ {pattern} }}")
    except LimitError:
        ((told,),) = _select(endpoint, f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT {variables} {{ {pattern} }} }}")
    count, found, size = int(_value(told)), list[tuple[Term | None, ...]](), 5000
    inner = f"{{ SELECT DISTINCT {variables} {{ {pattern} }} ORDER BY {variables} }}"
    while len(found) < count:
        try:
            page = _select(endpoint, f"SELECT {variables} {{ {inner} }} LIMIT {size} OFFSET {len(found)}")
        except LimitError:
            if size < 20:
                raise
            size //= 2
            continue
        found += page
        if not page:
            break
    if len(set(found)) != count:
        raise StoreError(f"the server gave {len(set(found))} rows of {count} in pages", endpoint.address, "let it give more rows at once")
    return found


def _parsed(kind: str, data: bytes, address: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    try:
        if kind != "c":
            return ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
        held = ox.Store()
        held.load(data, format=ox.RdfFormat.N_TRIPLES)
        answer = held.query("CONSTRUCT WHERE { ?s ?p ?o }")
        assert isinstance(answer, ox.QueryTriples)
        return answer
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"the answer is not what the standard has: {str(error)[:100]}", address, "ask again") from None


def _added(one: Mapping[str, object] | None, other: Mapping[str, object] | None) -> dict[str, object]:
    """Two changes of one graph, as the journal has them, taken together."""
    from kg.store.embedded import MODULUS

    both = [each for each in (one, other) if each]
    total = sum(int(str(each["sum"]), 16) for each in both) % MODULUS
    return {"quads": sum(int(str(each["quads"])) for each in both), "sum": f"{total:064x}"}


def _value(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""
