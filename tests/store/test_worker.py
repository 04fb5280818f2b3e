"""A query that can be stopped, in time and in memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.store.embedded import Dataset, Store, create, memory, open_store, writer
from kg.store.worker import Worker, _answer

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(?c) + STRLEN(?f) + STRLEN(?i) < 0) }"
HUNGRY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def triples(count: int) -> list[ox.Triple]:
    """Some."""
    return [ox.Triple(ox.NamedNode(f"x:s{i}"), ox.NamedNode("x:p"), ox.Literal(f"é {i}")) for i in range(count)]


@pytest.fixture(params=["disk", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A thousand triples, on disk and in memory."""
    if request.param == "memory":
        yield memory(ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode("x:g")) for t in triples(1000))
        return
    create(tmp_path / "store")
    with writer(tmp_path / "store", "add", "") as writing:
        writing.replace_graph("x:g", triples(1000), when="")
    yield open_store(tmp_path / "store")


def test_a_query_is_stopped_at_its_limit(store: Store) -> None:
    """Within half a second of it, and the next query is answered within one."""
    with Worker(store) as worker:
        worker.ask("ASK {}", 5)
        before = time.monotonic()
        with pytest.raises(QueryError, match=r"stopped at its limit of 0\.3 s"):
            worker.ask(ENDLESS, 0.3)
        stopped = time.monotonic()
        assert worker.ask("ASK { ?s ?p 'é 7' }", 5) == ("a", b'{"head":{},"boolean":true}')
        assert stopped - before < 0.8 and time.monotonic() - stopped < 1


def test_a_query_has_so_much_memory_and_no_more() -> None:
    """The process ends, this one does not."""
    store = memory(ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode("x:g")) for t in triples(1000))
    with Worker(store, memory=300 << 20) as worker:
        with pytest.raises(QueryError, match="more than 300 MB"):
            worker.ask(HUNGRY, 60)
        assert worker.ask("ASK {}", 5)[0] == "a"


def test_answers_come_whole(store: Store) -> None:
    """Large ones, graphs, and mistakes."""
    with Worker(store) as worker:
        kind, data = worker.ask("SELECT * { ?s ?p ?o . ?x ?p ?o }", 20)
        found = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
        assert kind == "s" and isinstance(found, ox.QuerySolutions) and len(list(found)) == 1000
        kind, data = worker.ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", 20)
        assert kind == "c" and len(list(ox.parse(data, format=ox.RdfFormat.N_TRIPLES))) == 1000
        with pytest.raises(SyntaxError, match="error at"):
            worker.ask("SELECT {", 5)


def test_a_dataset_goes_with_the_query(store: Store) -> None:
    """The next query asks all graphs again."""
    with Worker(store) as worker:
        told = [worker.ask("ASK { ?s ?p 'é 7' }", 5, dataset)[1] for dataset in (Dataset(["x:g"]), Dataset(["x:none"]), Dataset(), None)]
        assert [b"true" in answer for answer in told] == [True, False, False, True]


def test_nothing_is_left_behind(store: Store) -> None:
    """No process and no copy."""
    worker = Worker(store)
    worker.ask("ASK {}", 5)
    process, copied = worker._process, worker._folder
    worker.close()
    assert process and process.poll() is not None
    assert not copied or not Path(copied.name).exists()


def test_it_ends_with_who_started_it() -> None:
    """In the middle of a query too, however that one ended."""
    store = memory(ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode("x:g")) for t in triples(1000))
    with Worker(store) as worker, ThreadPoolExecutor(1) as pool:
        worker.start()
        asked, process = pool.submit(worker.ask, ENDLESS, 20), worker._process
        assert process and process.stdin
        time.sleep(0.5)
        process.stdin.close()  # as the system does for one that is killed
        assert process.wait(2) == 1
        assert isinstance(asked.exception(), QueryError)


def test_a_store_that_is_gone_is_told(tmp_path: Path) -> None:
    """Not waited for."""
    with Worker(Store(ox.Store(), None, tmp_path)) as worker, pytest.raises(QueryError, match="cannot be read"):
        worker.ask("ASK {}", 5)


def test_a_query_that_fails_in_the_engine_is_no_mistake_of_syntax(store: Store) -> None:
    """It is told as failed, and the process answers on; the same where nobody had asked yet and it was to stop."""
    with Worker(store) as worker:
        worker.stop()
        with pytest.raises(QueryError, match="the query failed: "):
            worker.ask("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 5)
        process = worker._process
        assert worker.ask("ASK {}", 5)[0] == "a" and worker._process is process


def test_each_kind_of_query_has_its_kind_of_answer() -> None:
    """A letter, and bytes in the one form that is sent for it; what is wrong with a query is an answer too."""
    store = memory([ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.Literal("é"), ox.NamedNode("x:g"))])
    assert _answer(store, "CONSTRUCT WHERE { ?s ?p ?o }", None) == ("c", '<x:s> <x:p> "é" .\n'.encode())
    assert _answer(store, "ASK { ?s ?p ?o }", Dataset(["x:none"])) == ("a", b'{"head":{},"boolean":false}')
    kind, data = _answer(store, "SELECT ?o { ?s ?p ?o }", None)
    assert kind == "s" and "é".encode() in data
    assert _answer(store, "SELECT {", None)[0] == "x" and _answer(store, "ASK { SERVICE <http://127.0.0.1:9/> {} }", None)[0] == "e"
