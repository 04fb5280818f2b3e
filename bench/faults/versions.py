"""Other versions of a store, copies of it, and its way through every format and back."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench.faults.scorecard import Case, Trial, row
from bench.faults.stores import articles, content, copied, kept, stored, whole


@row(16, "stores of older and newer formats", 4, "dumped first and upgraded, or refused; nothing is changed", quick=4, budget=240)
def formats(trial: Trial) -> Iterator[Case]:
    """The layout before this one; the one after; another engine's; no layout at all."""
    store = stored(trial, articles(trial.place("articles"), 2))
    want = content(store)
    older = copied(trial, store)
    (older / "proviso.json").write_text(json.dumps({"proviso-store": 2, "engine": "oxigraph 0.5"}))
    refused = trial.kg("query", "ASK {}", "--store", older)
    run = trial.kg("repair", "--store", older)
    dump = older.with_name(f"{older.name}.layout-2.nq")
    lines = set(dump.read_text("utf-8").splitlines()) if dump.exists() else set()
    right = refused.clear(1) and "kg repair" in refused.said and run.code == 0 and content(older) == want and not whole(trial, older)
    right = right and len(lines) == sum(1 for _ in trial.kg("export", "-o", "-", "--format", "nq", "--store", store).out.splitlines())
    yield Case(right, run.seconds, "" if right else f"layout 2: {refused}; {run}; {len(lines)} lines dumped")
    for mark in (
        {"proviso-store": 4, "engine": "oxigraph 0.5"},
        {"proviso-store": 3, "engine": "oxigraph 0.4"},
        {"engine": "oxigraph 0.5"},
    ):
        other = copied(trial, store)
        (other / "proviso.json").write_text(json.dumps(mark))
        before = _bytes(other)
        runs = [trial.kg(*words, "--store", other) for words in (("query", "ASK {}"), ("repair",), ("remove", "made-0000"))]
        right = all(run.clear(1) for run in runs) and _bytes(other) == before
        yield Case(right, max(run.seconds for run in runs), "" if right else f"{mark}: {'; '.join(map(str, runs))}")


def _bytes(store: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in store.rglob("*") if path.is_file()}


@row(17, "backup, also while somebody writes, and restore", 5, "what counted then, whole, with its kept files", quick=2, budget=480)
def backups(trial: Trial) -> Iterator[Case]:
    """Of a store at rest; and at a random moment of an ingest: then every article that the copy has is whole and verified."""
    files = articles(trial.place("articles"), 8)
    complete = stored(trial, files)
    want = content(complete)
    first = stored(trial, articles(trial.place("first"), 1))
    for number in range(trial.cases):
        begun = time.monotonic()
        store, copy, back = (complete if number == 0 else copied(trial, first)), trial.place("copy"), trial.place("back")
        writing = (
            subprocess.Popen(trial.command("add", files, "--store", store), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if number
            else None
        )
        time.sleep(trial.chance.uniform(0.5, 2.5) if number else 0)
        made = trial.kg("backup", copy, "--store", store)
        if writing:
            writing.wait()
        restored = trial.kg("restore", copy, "--store", back)
        wrong = "" if made.code == restored.code == 0 else f"{made}; {restored}"
        wrong = wrong or whole(trial, back)
        found = {} if wrong else content(back)
        graphs = {graph: digest for graph, digest in found.items() if "/article/" in graph}
        wrong = wrong or ("" if graphs.items() <= want.items() and (number or found == want) else "other articles than were stored")
        texts = [(files / f"{graph.rsplit('/', 1)[1]}.txt").read_bytes() for graph in graphs]
        wrong = wrong or ("" if graphs and all(kept(back, text) for text in texts) else "not every kept file")
        yield Case(not wrong, time.monotonic() - begun, wrong)


@row(18, "the dump, out and in again", 5, "equal digests", quick=2, budget=300)
def dumps(trial: Trial) -> Iterator[Case]:
    """N-Quads, TriG, JSON-LD, Turtle by graph, and N-Quads through a pipe."""
    store = stored(trial, articles(trial.place("articles"), 3))
    want = content(store)
    digest = trial.kg("export", "-o", "-", "--format", "nq", "--store", store).out
    for form in ("nq", "trig", "jsonld", "ttl", "-")[: trial.cases]:
        begun = time.monotonic()
        out, back = trial.place(f"out.{form}"), trial.place("back")
        if form == "-":
            runs = [trial.kg("import", "-", "--format", "nq", "--store", back, stdin=digest)]
        else:
            runs = [
                trial.kg("export", "--format", form, "-o", out, "--store", store),
                trial.kg("import", out, "--format", form, "--store", back),
            ]
        same = trial.kg("export", "-o", "-", "--format", "nq", "--store", back).out == digest
        same = same and content(back) == want
        right = same and all(run.code == 0 for run in runs) and bool(digest)
        yield Case(right, time.monotonic() - begun, "" if right else f"{form}: same {same}; {'; '.join(map(str, runs))}")
    shutil.rmtree(store)
