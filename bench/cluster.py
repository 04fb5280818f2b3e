"""A cluster of four workers on this machine beside one process: the same store, also when a worker is killed midway; how much faster.

    .venv/bin/python bench/cluster.py [ARTICLES]          1,000 where none is given

The articles are those of bench/corpus.py, one or two statements in 100 to 300 characters each, no two of the same words (those of bench/annotate.py repeat each other,
and comparing copies would take most of the time). Both runs are whole `kg add` commands, one after the other; the wall time of each, their
ratio, and of the cluster's run the CPU that the command itself took, which is what bounds it. On a machine with two cores four workers share them.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.corpus import Corpus
from kg.actors import load_registry
from kg.store.embedded import open_store

KG = (sys.executable, "-c", "from kg.cli import main; main()")
DASK = (sys.executable, "-m", "dask")
WORKERS = 4


def main() -> None:
    """Prints the figures; ends with 1 where the two stores differ."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        place = Path(name)
        articles = itertools.islice(Corpus(load_registry(), statements=(1, 2)).articles(), count)
        lines = (json.dumps({"id": a.id, "text": a.text, "date": a.published}) for a, _ in articles)
        (place / "news.jsonl").write_text("\n".join(lines), "utf-8")
        serial = added(place, "serial")
        workers, address = started(place)
        try:
            spread = added(place, "spread", address, workers[1:2])
        finally:
            for process in workers:
                process.kill()
        same = kept(place / "serial") == kept(place / "spread")
        print(
            f"{count} articles: one process {serial[0]:.0f} s; {WORKERS} workers, one killed midway, {spread[0]:.0f} s, {serial[0] / spread[0]:.2f} times as fast"
        )
        print(f"CPU of the command itself: {serial[1]:.0f} s, with the cluster {spread[1]:.0f} s; {os.cpu_count()} cores")
        print(f"digest, journal and kept files: {'equal' if same else 'THEY DIFFER'}")
        sys.exit(not same)


def started(place: Path) -> tuple[list[subprocess.Popen[bytes]], str]:
    """A scheduler and workers on loopback, without nannies, so that one that is killed stays away; and the scheduler's address."""
    told, log = place / "scheduler.json", (place / "log").open("wb")
    common = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(told))
    run = [subprocess.Popen([*DASK, "scheduler", *common, "--port", "0"], stdout=log, stderr=log)]
    run += [
        subprocess.Popen(
            [*DASK, "worker", *common, "--nthreads", "1", "--no-nanny", "--local-directory", str(place / "work")], stdout=log, stderr=log
        )
        for _ in range(WORKERS)
    ]
    while (place / "log").read_text().count("Registered to") < WORKERS:
        time.sleep(0.2)
    return run, str(json.loads(told.read_text())["address"])


def added(place: Path, store: str, address: str = "", victims: list[subprocess.Popen[bytes]] | None = None) -> tuple[float, float]:
    """Wall and CPU seconds of a `kg add`; the victims are killed when a third is stored."""
    command = [*KG, "add", str(place / "news.jsonl"), "--store", str(place / store), *(["--cluster", address] if address else [])]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | {"SOURCE_DATE_EPOCH": "1767700000"})
    journal, third = place / store / "journal.jsonl", (place / "serial" / "journal.jsonl").stat().st_size / 3 if victims else 0
    while victims and process.poll() is None:
        time.sleep(0.2)
        if journal.exists() and journal.stat().st_size > third:
            victims.pop().kill()
    if process.wait():
        sys.exit("kg add failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - begun, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def kept(store: Path) -> tuple[str, bytes, set[str]]:
    """All that is in a store: its digest, its journal, the files it keeps."""
    return (
        open_store(store).digest(),
        (store / "journal.jsonl").read_bytes(),
        {file.name for file in (store / "sources").rglob("*") if file.is_file()},
    )


if __name__ == "__main__":
    main()
