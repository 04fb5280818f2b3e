"""Damage below the program: what the disk lost or changed is found, and put right or refused; nothing hangs."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench.faults.scorecard import Case, Trial, row
from bench.faults.stores import content, copied, read_alike, whole

LATEST = 60.0  # seconds in which damage must have ended in a repair or a refusal
MAKE = """
import os
from pathlib import Path
from kg.store.embedded import create, writer
from kg.triples import Iri, Literal
from kg.vocabulary import PROVENANCE_GRAPH
place, when = Path(sys.argv[1]), "2026-01-07T12:00:00Z"
if not place.exists():
    create(place)
with writer(place, "add", when) as store:
    for n in range(int(sys.argv[2]), int(sys.argv[3])):
        file = place.parent / f"{place.name}-{n}.txt"
        file.write_text(f"article {n} " * 40)
        kept = store.keep_source(file.read_bytes())
        triples = [(Iri(f"https://w3id.org/proviso/id/article/{n}#{m}"), Iri("x:p"), Literal(f"{n} {m} " + "word " * 20)) for m in range(400)]
        told = [(Iri(f"x:reading{n}"), Iri("x:of"), Iri(f"https://w3id.org/proviso/id/article/{n}"))]
        store.replace_graph(f"https://w3id.org/proviso/id/article/{n}", triples, {PROVENANCE_GRAPH: ([], told)}, when=when, sources=[kept], origin=str(file))
    if "kill" in sys.argv:
        os._exit(0)
"""


def _made(trial: Trial, *more: object) -> Path:
    store = trial.place("store")
    run = trial.run(trial.python(MAKE, store, 0, 5, *more))
    assert run.code == 0, run
    return store


@row(6, "the engine's log cut or torn, its last commits lost", 40, "nothing is lost, or the loss is found and put right", budget=600)
def lost_tail(trial: Trial) -> Iterator[Case]:
    """Logs of a killed writer cut short, torn and overwritten; and, every fourth time, the files of an earlier moment."""
    store = _made(trial)
    earlier = copied(trial, store)
    trial.run(trial.python(MAKE, store, 5, 8, "kill"))
    want = content(store)
    for number in range(trial.cases):
        begun = time.monotonic()
        copy = copied(trial, store)
        if number % 4 == 3:
            shutil.rmtree(copy / "graph")
            shutil.copytree(earlier / "graph", copy / "graph")
        else:
            for log in (copy / "graph").glob("*.log"):
                _torn(trial, log, number % 4)
        found = whole(trial, copy)
        wrong = "the loss was not found" if number % 4 == 3 and not found else ""
        if found:
            run = trial.kg("repair", "--store", copy)
            wrong = wrong or ("" if run.code == 0 else f"{found}: {run}")
        wrong = wrong or ("" if content(copy) == want else f"not what was stored, after {found or 'nothing found'}")
        yield Case(not wrong, time.monotonic() - begun, wrong)


def _torn(trial: Trial, log: Path, how: int) -> None:
    data = log.read_bytes()
    at = trial.chance.randrange(len(data) + 1)
    log.write_bytes((data[:at], data[:at] + trial.chance.randbytes(50), data[:at] + bytes(len(data) - at))[how])


@row(10, "one byte flipped: in the engine's tables, anywhere in the store", 40, "put right, or refused, within 60 s", budget=900)
def flipped(trial: Trial) -> Iterator[Case]:
    """Every other time in a table, else in whatever file chance brings up: journal, mark, kept files, snapshots, lists."""
    store = _made(trial)
    want = content(store)
    for number in range(trial.cases):
        copy = copied(trial, store)
        files = [
            path for path in sorted(copy.rglob("*")) if path.is_file() and path.stat().st_size and (number % 2 or path.suffix == ".sst")
        ]
        file = trial.chance.choice(files)
        data = bytearray(file.read_bytes())
        data[trial.chance.randrange(len(data))] ^= 1 << trial.chance.randrange(8)
        file.write_bytes(bytes(data))  # in place: a table of the engine is one of its snapshots' too
        yield _ended(trial, copy, want, str(file.relative_to(copy)))


@row(11, "the engine's lists damaged, files missing", 15, "put right, or refused, within 60 s", budget=480)
def missing(trial: Trial) -> Iterator[Case]:
    """MANIFEST, CURRENT, tables, options, journal, snapshots, kept files, the version mark: gone, emptied, overwritten."""
    store = _made(trial)
    want = content(store)
    for number in range(trial.cases):
        copy = copied(trial, store)
        kinds = ("graph/MANIFEST-*", "graph/CURRENT", "graph/*.sst", "journal.jsonl", "snapshots/current", "sources/*/*", "proviso.json")
        file = trial.chance.choice(sorted(copy.glob(kinds[number % len(kinds)])))
        data = file.read_bytes()
        file.unlink()
        if number % 3:
            file.write_bytes(b"" if number % 3 == 1 else trial.chance.randbytes(len(data)))
        yield _ended(trial, copy, want, f"{file.relative_to(copy)} {('gone', 'emptied', 'overwritten')[number % 3]}")


def _ended(trial: Trial, store: Path, want: dict[str, str], what: str) -> Case:
    """Verified, repaired if need be: then it holds what it held. Without its mark it is refused, in three lines."""
    begun = time.monotonic()
    verified = trial.kg("verify", "--store", store, seconds=LATEST)
    repaired = trial.kg("repair", "--store", store, seconds=LATEST) if verified.code else verified
    took = time.monotonic() - begun
    if what.startswith("proviso.json"):  # nothing can vouch for what is no store
        right = repaired.clear(1) and took < LATEST
        return Case(right, took, "" if right else f"{what}: {repaired}")
    try:
        same = content(store) == want and read_alike(store)
    except subprocess.SubprocessError:  # it broke off, or hung
        same = False
    asked = trial.kg("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--store", store)
    right = same and repaired.code == asked.code == 0 and b"Traceback" not in verified.err + repaired.err and took < LATEST
    return Case(right, took, "" if right else f"{what}: verify {verified.code}, repair {repaired.code}, same {same}; {asked}")
