"""Processes ended in the middle of their work: what was acknowledged is there, whole, and the work can go on."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bench.faults.scorecard import Case, Trial, row
from bench.faults.stores import articles, articles_of, content, copied, counted, stored, whole
from kg.store.folder import journal_size

COUNT = 8  # articles of a corpus


@row(1, "kill -9 while articles are added", 50, "what counts is there, whole; the rest is not; it can go on", budget=900)
def in_ingest(trial: Trial) -> Iterator[Case]:
    """Each time to a store of other articles; at last every killed store is finished and verified."""
    base = stored(trial, articles(trial.place("first"), 1, first=90))
    files = articles(trial.place("articles"), COUNT)
    finished = copied(trial, base)
    took = trial.kg("add", files, "--store", finished).seconds
    want = articles_of(content(finished))
    for number in range(trial.cases):
        begun = time.monotonic()
        store = copied(trial, base)
        _killed(trial, trial.command("add", files, "--store", store), took)
        wrong = _mixed(store, {graph: {digest} for graph, digest in want.items()})
        if not wrong and number % 5 == 0:
            wrong = _resumed(trial, store, files, want)
        yield Case(not wrong, time.monotonic() - begun, wrong)


@row(2, "kill -9 while articles are replaced", 50, "each article is the old or the new one, whole", budget=900)
def in_replace(trial: Trial) -> Iterator[Case]:
    """One store goes to and fro between two versions of every article, killed each time."""
    files = articles(trial.place("articles"), COUNT)
    store = stored(trial, files)
    old = articles_of(content(store))
    articles(files, COUNT, version=1)
    other = copied(trial, store)
    took = trial.kg("add", files, "--store", other).seconds
    new = articles_of(content(other))
    allowed = {graph: {old[graph], new[graph]} for graph in old}
    for number in range(trial.cases):
        begun = time.monotonic()
        articles(files, COUNT, version=(number + 1) % 2)
        _killed(trial, trial.command("add", files, "--store", store), took)
        wrong = _mixed(store, allowed, all_there=True)
        if not wrong and number % 5 == 0:
            wrong = _resumed(trial, store, files, (new, old)[number % 2])
        yield Case(not wrong, time.monotonic() - begun, wrong)


@row(3, "kill -9 while the engine's files are built anew", 10, "finished by the next writer; no orphans", budget=480)
def in_bulk_load(trial: Trial) -> Iterator[Case]:
    """Which a purge does, and a repair of damaged files."""
    store = stored(trial, articles(trial.place("articles"), 4))
    want = articles_of(content(store))
    purged = {graph: digest for graph, digest in want.items() if not graph.endswith("made-0001")}
    damaged = copied(trial, store)
    (damaged / "graph" / "CURRENT").unlink()
    kinds: list[tuple[Path, tuple[object, ...], dict[str, str], float]] = []
    for first, words, left in ((store, ("remove", "made-0001", "--purge"), purged), (damaged, ("repair",), want)):
        kinds.append((first, words, left, trial.kg(*words, "--store", copied(trial, first)).seconds))
    for number in range(trial.cases):
        begun = time.monotonic()
        first, words, left, took = kinds[number % 2]
        copy = copied(trial, first)
        _killed(trial, trial.command(*words, "--store", copy), took)
        trial.kg(*words, "--store", copy)  # does it, or finds that it is done
        wrong = whole(trial, copy) or ("" if articles_of(content(copy)) == left else "not the articles that should be left")
        orphans = [path.name for path in copy.iterdir() if path.name.startswith("graph.") or path.name == "purge"]
        yield Case(not wrong and not orphans, time.monotonic() - begun, wrong or ", ".join(orphans))


WRITE = """
from pathlib import Path
from kg.store.embedded import writer
from kg.triples import Iri, Literal
with writer(Path(sys.argv[1]), "add", "2026-01-07T12:00:00Z") as store:
    for version in range(int(sys.argv[2]), 10**9):
        store.replace_graph("x:g", [(Iri(f"x:s{n}"), Iri("x:p"), Literal(str(version))) for n in range(50)], when="2026-01-07T12:00:00Z")
        print(version, flush=True)
        store.make_snapshot()
"""
READ = """
from pathlib import Path
from kg.store.embedded import open_store
print(*sorted({int(o.value) for _, _, o in open_store(Path(sys.argv[1])).graph("x:g")}))
"""


@row(4, "kill -9 while snapshots are made", 20, "readers see what counted last; no snapshots pile up", budget=480)
def in_snapshot(trial: Trial) -> Iterator[Case]:
    """A writer that makes one after every commit; a reader after each kill."""
    store = trial.place("store")
    trial.run(trial.python("from pathlib import Path\nfrom kg.store.embedded import create\ncreate(Path(sys.argv[1]))", store))
    last = 0
    for number in range(trial.cases):
        begun = time.monotonic()
        said = [int(line) for line in _killed(trial, trial.python(WRITE, store, last + 1), 1.5).split()]
        read = trial.run(trial.python(READ, store))
        seen = [int(word) for word in read.out.split()]
        snapshots = [path for path in (store / "snapshots").iterdir() if path.is_dir()]
        right = (
            read.code == 0 and len(seen) == (1 if said or last else len(seen)) and (not said or seen[0] >= said[-1]) and len(snapshots) <= 3
        )
        last = max([last, *seen])
        wrong = "" if right else f"said {said[-1:]}, seen {seen}, {len(snapshots)} snapshots: {read}"
        wrong = wrong or (whole(trial, store) if number % 5 == 0 else "")
        yield Case(not wrong, time.monotonic() - begun, wrong)


MANY = 300  # articles: they are stored some at a time, and a signal is to come while there are more


@row(5, "SIGINT and SIGTERM while adding and while asking", 10, "it ends within 2 s, and can go on", budget=360)
def by_signal(trial: Trial) -> Iterator[Case]:
    """An ingest, also in two processes, and a query that would not end, with and without a time limit."""
    files = articles(trial.place("articles"), MANY)
    store = stored(trial, articles(trial.place("first"), 1, first=900))
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    kinds = (("add", files), ("add", files, "--jobs", 2), ("query", endless), ("query", endless, "--timeout", 100))
    for number in range(trial.cases):
        copy, words = copied(trial, store), kinds[number % len(kinds)]
        sent = (signal.SIGINT, signal.SIGTERM)[number // len(kinds) % 2]
        process = subprocess.Popen(
            trial.command(*words, "--store", copy), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        if words[0] == "add":  # till it stores, however long this machine takes
            while journal_size(copy) == journal_size(store) and process.poll() is None:
                time.sleep(0.02)
        else:
            time.sleep(2.5)
        time.sleep(trial.chance.uniform(0, 0.3))
        begun = time.monotonic()
        os.kill(process.pid, sent) if sent == signal.SIGTERM else os.killpg(process.pid, sent)
        try:
            _, err = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            _, err = process.communicate()
        took = time.monotonic() - begun
        left = _left(process.pid)
        ended = process.returncode in (130, -signal.SIGTERM, 143) and took < 2 and b"Traceback" not in err and not left
        wrong = "" if ended else f"{words[0]} ended with {process.returncode} after {took:.1f} s, processes left: {left}: {err[-200:]!r}"
        if not wrong and words[0] == "add":
            run = trial.kg("add", files, "--store", copy, "--resume")
            wrong = "" if run.code == 0 and len(articles_of(content(copy))) == MANY + 1 else f"not resumed: {run}"
        yield Case(not wrong, took, wrong)


def _left(group: int) -> bool:
    """Whether a process of a group is at work two seconds later; one that has ended, and waits for its parent to hear of it, is not."""
    for _ in range(20):
        if not any(state != "Z" for state in _states(group)):
            return False
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)
    return True


def _states(group: int) -> Iterator[str]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, of, *_ = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(of) == group:
                yield state


def _killed(trial: Trial, command: list[str], longest: float) -> bytes:
    """Kills a command at a random moment within so many seconds, and its children; what it had said till then."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=trial.folder, start_new_session=True)
    time.sleep(trial.chance.uniform(0.25, 1) * longest)
    os.killpg(process.pid, signal.SIGKILL)
    return process.communicate()[0]


def _mixed(store: Path, allowed: dict[str, set[str]], all_there: bool = False) -> str:
    """What is wrong with the articles of a store after a kill: each is one of those allowed, and all that count are there."""
    found, counts = articles_of(content(store)), articles_of(counted(store))
    partial = [graph for graph, digest in found.items() if graph in allowed and digest not in allowed[graph]]
    lost = [graph for graph in (allowed if all_there else counts) if graph not in found]
    pending = (store / "pending").read_text("utf-8")
    other = [graph for graph, digest in counts.items() if found.get(graph) != digest and graph not in pending]
    return "; ".join(
        f"{word}: {', '.join(some)}" for word, some in (("partial", partial), ("lost", lost), ("not what counts", other)) if some
    )


def _resumed(trial: Trial, store: Path, files: Path, want: dict[str, str]) -> str:
    run = trial.kg("add", files, "--store", store, "--resume")
    found = articles_of(content(store))
    if run.code or any(found.get(graph) != digest for graph, digest in want.items()):
        return f"not resumed: {run}"
    return whole(trial, store)
