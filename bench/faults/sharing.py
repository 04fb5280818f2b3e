"""Several at once: writers wait for nobody and say who holds the store, threads take turns, readers see the old or the new."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

from bench.faults.scorecard import Case, Trial, row
from bench.faults.stores import articles, stored, whole

HOLD = """
import time
from pathlib import Path
from kg.store.embedded import writer
with writer(Path(sys.argv[1]), "import", "2026-01-07T12:00:00Z"):
    print("held", flush=True)
    time.sleep(600)
"""
THREADS = """
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from kg.store.embedded import create, open_store, writer
from kg.triples import Iri, Literal
place, when = Path(sys.argv[1]), "2026-01-07T12:00:00Z"
create(place)
def write(thread):
    for n in range(100):
        triples = [(Iri(f"x:{thread}-{n}-{m}"), Iri("x:p"), Literal(str(n))) for m in range(3)]
        told = [(Iri(f"x:{name}-{n}"), Iri("x:p"), Literal("1")) for name in (thread, "all")]
        store.replace_graph(f"x:g{thread}-{n}", triples, {"x:count": ([], told)}, when=when)
with writer(place, "add", when) as store:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
store = open_store(place)
for thread in range(4):
    for n in range(100):
        print(int(store.count(f"x:g{thread}-{n}") == 3 and len(store.acknowledged()) == 400 and store.count("x:count") == 500))
"""
REPLACE = """
from pathlib import Path
from kg.store.embedded import writer
from kg.triples import Iri, Literal
when = "2026-01-07T12:00:00Z"
with writer(Path(sys.argv[1]), "add", when) as store:
    for version in range(10**9):
        store.replace_graph("x:g", [(Iri(f"x:s{n}"), Iri("x:p"), Literal(str(version))) for n in range(200)], when=when)
        if version % 3 == 0:
            store.make_snapshot()
        if version == 3:
            print("ready", flush=True)
"""
READ = """
from pathlib import Path
from kg.store.embedded import open_store
for _ in range(int(sys.argv[2])):
    try:
        rows = list(open_store(Path(sys.argv[1])).select("SELECT ?o (COUNT(*) AS ?n) { GRAPH <x:g> { ?s ?p ?o } } GROUP BY ?o"))
        print("right" if [row[1].value for row in rows] == ["200"] else f"mixed {rows}", flush=True)
    except Exception as error:
        print(f"error {error}".replace(chr(10), " "), flush=True)
"""


@row(13, "a second writer", 10, "it hears at once who holds the store; nothing is written", quick=4, budget=240)
def second(trial: Trial) -> Iterator[Case]:
    """Every command that writes, while a process holds the store; when that is killed, it is free."""
    files = articles(trial.place("articles"), 1)
    store = stored(trial, files)
    export = trial.place("out.nq")
    trial.kg("export", "-o", export, "--store", store)
    kinds: tuple[tuple[object, ...], ...] = (("add", files), ("remove", "made-0000"), ("import", export), ("repair",), ("verify",))
    holder = subprocess.Popen(trial.python(HOLD, store), stdout=subprocess.PIPE)
    assert holder.stdout and holder.stdout.readline() == b"held\n"
    journal = (store / "journal.jsonl").read_bytes()
    try:
        for number in range(trial.cases - 1):
            run = trial.kg(*kinds[number % len(kinds)], "--store", store)
            named = "kg import" in run.said and str(holder.pid) in run.said and "2026-01-07" in run.said
            right = run.clear(1) and named and (store / "journal.jsonl").read_bytes() == journal
            yield Case(right, run.seconds, "" if right else f"{kinds[number % len(kinds)][0]}: {run}")
    finally:
        holder.kill()
        holder.wait()
    run = trial.kg("remove", "made-0000", "--store", store)
    yield Case(run.code == 0, run.seconds, "" if run.code == 0 else f"not free after a kill: {run}")


@row(14, "four threads, a hundred commits each", 400, "every one is there, and counted", budget=360)
def threads(trial: Trial) -> Iterator[Case]:
    """Each with its own graphs, all with one that they share, to which all bring the same too: the first of them alone adds it."""
    store = trial.place("store")
    run = trial.run(trial.python(THREADS, store), seconds=300)
    cases = run.out.split()[: trial.cases]
    wrong = whole(trial, store)
    for word in cases:
        right = word == b"1" and not wrong
        yield Case(right, run.seconds / 400, "" if right else wrong or "a commit is not there")
    if len(cases) < trial.cases:
        yield Case(False, run.seconds, str(run))


@row(15, "readers beside a writer", 100, "no error; the old or the new, never a mixture", quick=60, budget=240)
def readers(trial: Trial) -> Iterator[Case]:
    """Two processes that open the store again and again, while a third replaces a graph and makes snapshots all the time."""
    store = trial.place("store")
    trial.run(trial.python("from pathlib import Path\nfrom kg.store.embedded import create\ncreate(Path(sys.argv[1]))", store))
    writing = subprocess.Popen(trial.python(REPLACE, store), stdout=subprocess.PIPE)
    assert writing.stdout and writing.stdout.readline() == b"ready\n"
    begun = time.monotonic()
    try:
        reading = [subprocess.Popen(trial.python(READ, store, trial.cases // 2 or 1), stdout=subprocess.PIPE, text=True) for _ in range(2)]
        said = [line for process in reading for line in process.communicate(timeout=100)[0].splitlines()]
    finally:
        writing.kill()
        writing.wait()
    for line in said:
        yield Case(line == "right", (time.monotonic() - begun) / len(said), "" if line == "right" else line)
