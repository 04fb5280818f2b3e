"""What the journal says against what is there: the engine's files, what readers read, the kept files. Nothing is changed.

    journal, pending --> what must be there    graph/, snapshots/, sources/ --read from end to end--> what is there

A finding says which of them is wrong; `repair` acts by its code:

    journal-line     a line of the journal is damaged        graph-unread   the engine's files cannot be read
    journal-torn     its last line is torn (a warning)       graph-lost     a graph that counts as stored is not there
    source-lost      a kept file, or change, is gone         graph-changed  a graph is not the one that was stored
    source-damaged   its bytes do not have its hash          graph-unknown  a graph is there that the journal does not know
    snapshot         readers cannot read what was stored
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

from kg.errors import Finding, StoreError
from kg.store import folder
from kg.store.embedded import MODULUS, acknowledged, current
from kg.store.scan import Found, Scan, scan

_HINT = "kg repair puts it right"


def verify(path: Path, when: str) -> list[Finding]:
    """What is wrong with the store at `path`, worst first; nothing if all is as it was stored.

    Nobody may write meanwhile: raises StoreError where somebody does, or where there is no store. `when` (ISO dateTime with
    a zone) tells others since when it is held. Where the folder may not be written nobody does.
    """
    folder.mark_of(path)
    with folder.held(path, "verify", when) if os.access(path, os.W_OK) else nullcontext():
        return inspect(path)


def inspect(path: Path) -> list[Finding]:
    """The same for who holds the store already."""
    journal = folder.read_journal(path)
    found = [*_journal(path, journal), *_sources(path, journal.entries)]
    there = scan(path / folder.GRAPH)
    wrong = list(compare(str(path / folder.GRAPH), journal.entries, there))
    waiting = folder.read_waiting(path, journal)
    if wrong and waiting:  # it may have come through: then the next writer counts it
        wrong = min(wrong, list(compare(str(path / folder.GRAPH), (*journal.entries, *waiting), there)), key=len)
    found += wrong
    if not wrong:
        found += _snapshot(path, journal.entries, there)
    return sorted(found, key=lambda finding: finding.severity)


def _journal(path: Path, journal: folder.Journal) -> Iterator[Finding]:
    place = str(path / folder.JOURNAL)
    for line in journal.damaged:
        if journal.torn and line == journal.damaged[-1]:
            yield Finding("journal-torn", "warning", "the last line is torn; what it would have said never counted", place, line)
        else:
            yield Finding("journal-line", "error", f"this line is damaged: what it said counts as lost; {_HINT}", place, line)


def _sources(path: Path, entries: tuple[folder.Entry, ...]) -> Iterator[Finding]:
    needed: dict[str, str] = {}  # hash -> whose
    for entry in entries:
        of = str(entry.get("origin") or entry.get("graph") or "")
        needed |= dict.fromkeys(entry.get("sources", []), of)
        needed |= {entry["patch"]: ""} if "patch" in entry else {}
    there = {file.name: file for file in (path / folder.SOURCES).rglob("*") if len(file.name) == 64}
    for digest in sorted(needed.keys() | there.keys()):
        place = folder.source_path(path, digest)
        hint = f"kg repair takes it from {needed[digest]}, if that is as it was" if needed.get(digest) else _HINT
        if digest not in there:
            yield Finding("source-lost", "error", f"a kept file is gone; {hint}", str(place))
        elif folder.whole(place, digest) is None:
            yield Finding("source-damaged", "error", f"a kept file is damaged; {hint}", str(place))


def compare(place: str, entries: tuple[folder.Entry, ...], there: Scan) -> Iterator[Finding]:
    """What the graphs at a place have, or lack, against the lines of a journal."""
    if there.error:
        yield Finding("graph-unread", "error", f"the engine's files cannot be read: {there.error}; {_HINT}", place)
        return
    whole, grown = acknowledged(entries), sums(entries)
    for graph in sorted(whole.keys() | grown.keys() | there.graphs.keys()):
        now = there.graphs.get(graph)
        if graph not in whole and not any(grown.get(graph, ())):
            if now:
                yield Finding("graph-unknown", "error", f"a graph is there that never counted as stored; {_HINT}", place, node=graph)
        elif not now and whole.get(graph, {}).get("quads") != 0:  # an empty graph is none to the engine
            yield Finding("graph-lost", "error", f"a graph that counts as stored is not there; {_HINT}", place, node=graph)
        elif now and not _same(now, whole.get(graph), grown.get(graph)):
            yield Finding("graph-changed", "error", f"a graph is not the one that was stored; {_HINT}", place, node=graph)


def _same(now: Found, whole: folder.Entry | None, grown: tuple[int, int] | None) -> bool:
    if whole:
        return (now.quads, now.sha256) == (whole["quads"], whole["sha256"])
    return (now.quads, int(now.sum, 16)) == grown


def sums(entries: tuple[folder.Entry, ...]) -> Mapping[str, tuple[int, int]]:
    """What the journal's changes add up to for each graph that grows: its quads and the sum of its lines."""
    totals: dict[str, tuple[int, int]] = {}
    for entry in entries:
        for graph, change in entry.get("more", {}).items():
            quads, total = totals.get(graph, (0, 0))
            totals[graph] = quads + change["quads"], (total + int(change["sum"], 16)) % MODULUS
    return totals


def _is_shared(table: Path, graph: Path) -> bool:
    """Whether a table of the engine is one of its own files too, so that it has been read."""
    own = graph / table.name
    return own.exists() and own.samefile(table)


def _snapshot(path: Path, entries: tuple[folder.Entry, ...], there: Scan) -> Iterator[Finding]:
    try:
        name, size = current(path)
    except StoreError as error:
        yield Finding("snapshot", "error", f"{error.what}; {_HINT}", str(path / folder.SNAPSHOTS))
        return
    place = path / folder.SNAPSHOTS / name
    read = scan(place, indices=not all(_is_shared(table, path / folder.GRAPH) for table in place.glob("*.sst")))
    stale = size != folder.journal_size(path)  # the next reader makes a new one
    # Where a commit came through and does not count yet, the snapshot may be of before it or of after.
    if read.error or (not stale and read.graphs != there.graphs and any(compare(str(path / folder.GRAPH), entries, read))):
        what = read.error or "it does not hold what is stored"
        yield Finding("snapshot", "error", f"what readers read is damaged: {what}; {_HINT}", str(path / folder.SNAPSHOTS / name))
