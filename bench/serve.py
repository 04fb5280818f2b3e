"""The server under load, on the store of the seeds: fifty clients for a minute, and a hundred queries that must be stopped.

    .venv/bin/python bench/serve.py [SECONDS]

Prints requests, errors, p50 and p99; and of each kind of query that is stopped or refused the worst time over its limit, and that of
the next query. Wall time: what a client waits for.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

from kg.errors import QueryError
from kg.serve import Live

TOP = Path(__file__).resolve().parents[1]
KG = Path(sys.executable).with_name("kg")
PAGES = ("/", "/matrix.html", "/article/000-euronews.html", "/sparql?" + urlencode({"query": "SELECT * { ?s a ?c } LIMIT 100"}))
STOPPED = {
    "for ever": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?l) }",
    "all memory": "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "3,000 deep": "ASK " + "{" * 3000 + "}" * 3000,
    "elsewhere": "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
}
LIMIT, TIMES, CLIENTS = 1.0, 25, 50


def main() -> None:
    """Measures both."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory() as temporary:
        store = Path(temporary) / "store"
        subprocess.run([KG, "add", TOP / "seeds" / "articles", "--store", store], check=True, capture_output=True)
        _load(store, seconds)
        _limits(store)


def _load(store: Path, seconds: float) -> None:
    with subprocess.Popen([KG, "serve", "--store", store, "--port", "0"], stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        url = server.stderr.readline().split()[0].rstrip("/")
        waits: list[float] = []
        errors: list[str] = []
        until = time.monotonic() + seconds

        def client(n: int) -> None:
            while time.monotonic() < until:
                begun = time.monotonic()
                try:
                    with urlopen(url + PAGES[n % len(PAGES)], timeout=60) as answer:
                        answer.read()
                except (OSError, HTTPError) as error:
                    errors.append(str(error))
                waits.append(time.monotonic() - begun)

        threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.terminate()
    waits.sort()
    p50, p99 = (waits[int(len(waits) * share)] for share in (0.5, 0.99))
    print(
        f"{CLIENTS} clients, {seconds:g} s: {len(waits)} requests, {len(errors)} errors, p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
    )
    for words in sorted(set(errors))[:5]:
        print(f"  {errors.count(words)} times: {words}")


def _limits(store: Path) -> None:
    live = Live(store, LIMIT)
    live.state()
    try:
        for name, query in STOPPED.items():
            over, after, said = 0.0, 0.0, ""
            for _ in range(TIMES):
                begun = time.monotonic()
                try:
                    live.state().ask(query, LIMIT)
                    said = "answered"
                except QueryError as error:
                    said = str(error).splitlines()[0]
                over = max(over, time.monotonic() - begun - LIMIT)
                begun = time.monotonic()
                live.state().ask("ASK { ?s ?p ?o }", LIMIT)
                after = max(after, time.monotonic() - begun)
            print(f"{name}, {TIMES} times: at worst {max(over, 0):.2f} s over the limit, next answer after {after:.2f} s; {said}")
    finally:
        live.close()


if __name__ == "__main__":
    main()
