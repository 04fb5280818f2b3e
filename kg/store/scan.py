"""The engine's files read from end to end, in a process of its own: what is damaged there may crash or hang the engine.

Each graph is read as a stream, then each index, all of whose blocks carry checksums. Never an aggregate: counting over a
damaged block does not end.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pyoxigraph as ox

STALL = 30.0  # seconds without a sign of life after which the engine is taken to hang
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from kg.store.scan import main; main(sys.argv[2], sys.argv[3] == 'all')"
_ROOT = str(Path(__file__).resolve().parents[2])


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of one graph: its quads, the SHA-256 of its sorted N-Quads lines, and their `sum_of`, both in hex."""

    quads: int
    sha256: str
    sum: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What was read of the engine's files, and what stopped the reading, if anything did."""

    graphs: dict[str, Found] = field(default_factory=dict)
    error: str = ""


def scan(place: Path, indices: bool = True) -> Scan:
    """Reads the engine's files at `place`, which nobody may be writing; without `indices` only the graphs."""
    command = [sys.executable, "-P", "-c", _BOOT, _ROOT, str(place), "all" if indices else "graphs"]
    graphs: dict[str, Found] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            for told in _signs(process):
                if "graph" in told:
                    graphs[told["graph"]] = Found(told["quads"], told["sha256"], told["sum"])
                if "error" in told or "end" in told:
                    return Scan(graphs, told.get("error", ""))
        except TimeoutError:
            return Scan(graphs, f"the engine has hung for {STALL:.0f} s")
        finally:
            process.kill()
        return Scan(graphs, f"the engine broke off (exit {process.wait()})")


def _signs(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    lines: Queue[str] = Queue()

    def read() -> None:
        assert process.stdout
        for line in process.stdout:
            lines.put(line)
        lines.put("")

    Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=STALL)
        except Empty:
            raise TimeoutError from None
        if not line:
            return
        yield json.loads(line)


def main(place: str, indices: bool) -> None:
    """The process's own side: prints a line for each graph, signs of life, and at last an end or an error."""
    from kg.store.embedded import Store

    try:
        engine = ox.Store.read_only(place)
        store = Store(engine)
        for graph in store.graphs():
            _say(graph=graph, **_found(store.lines(graph)))
        if indices:
            _read_indices(engine)
        _say(end=True)
    except (OSError, RuntimeError, ValueError) as error:
        _say(error=str(error))


def _found(lines: list[bytes]) -> dict[str, object]:
    from hashlib import sha256

    from kg.store.embedded import sum_of

    return {"quads": len(lines), "sha256": sha256(b"".join(lines)).hexdigest(), "sum": f"{sum_of(lines):064x}"}


def _read_indices(engine: ox.Store) -> None:
    """Reads every quad by each index the engine has (by subject, predicate, object; in all graphs, in one): all must hold as many."""
    terms: list[dict[Any, set[Any]]] = [{}, {}, {}]
    count = 0
    for quad in engine:
        count += 1
        for at in range(3):
            terms[at].setdefault(quad.graph_name, set()).add(quad[at])
    for at, name in enumerate(("subject", "predicate", "object")):
        _say()
        whole = sum(_count(engine, at, term, None) for term in set().union(*terms[at].values()))
        _say()
        each = sum(_count(engine, at, term, graph) for graph, some in terms[at].items() for term in some)
        if not count == whole == each:
            raise ValueError(f"the indices by {name} do not hold what the others hold")


def _count(engine: ox.Store, at: int, term: Any, graph: Any) -> int:
    subject, predicate, value = (term if n == at else None for n in range(3))
    found = engine.quads_for_pattern(subject, predicate, value, graph)
    # For a whole number whose last byte is 255 the engine gives too many (oxigraph 0.5.13: 255 brings 256 to 510 too; queries are right).
    return sum(1 for quad in found if quad[at] == term) if isinstance(term, ox.Literal) else sum(1 for _ in found)


def _say(**told: object) -> None:
    print(json.dumps(told), flush=True)
