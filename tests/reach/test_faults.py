"""What was acknowledged is there, and nothing half: servers killed in the middle of an update, connections cut before, amid and after it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bench.servers import Server, oxigraph, virtuoso
from kg.errors import StoreError
from kg.store import endpoint as http
from kg.store import remote
from kg.store.endpoint import Endpoint
from kg.triples import Iri, Literal, Triple
from kg.vocabulary import ID, KG, PROVENANCE_GRAPH, RDFS
from tests.reach.conftest import WHEN, reached
from tests.reach.proxy import AFTER, AMID, BEFORE, cutting


@pytest.fixture(params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.reach)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """Each of the servers over new files."""
    with {"oxigraph": oxigraph, "virtuoso": virtuoso}[request.param](tmp_path / "server") as server:
        with reached(server) as endpoint:
            remote.create(endpoint, WHEN)
        yield server


def graph(n: int) -> str:
    return f"{ID}article/a{n}"


def triples(n: int, size: int, version: int = 0) -> list[Triple]:
    return [(Iri(f"{ID}x/{n}-{i}"), Iri(RDFS + "comment"), Literal(f"“words” {n} {i} {version}")) for i in range(size)]


def store_one(endpoint: Endpoint, n: int, size: int, version: int = 0) -> None:
    """One article with its provenance, as `kg add` stores it."""
    with remote.writer(endpoint, "add", WHEN) as store:
        told: list[Triple] = [(Iri(f"{ID}reading/{n}-{version}"), Iri(KG + "annotates"), Iri(graph(n)))]
        store.replace_graph(graph(n), triples(n, size, version), {PROVENANCE_GRAPH: ([], told)}, when=WHEN)


@pytest.mark.parametrize("cut", [BEFORE, AMID, AFTER])
def test_a_cut_connection_loses_and_doubles_nothing(empty: Server, cut: str) -> None:
    """The run goes on by itself; an update that came through is not sent again, one that did not is; each has one line in the journal."""
    with cutting(empty.address) as proxy:
        proxy.address = http.update_address(proxy.address)
        query = empty.address if "sparql-auth" in empty.address else proxy.address.replace("/update", "/query")
        with reached(empty, query if "sparql-auth" not in query else proxy.address) as endpoint:
            before = proxy.seen
            proxy.cuts = {before + 2: cut}  # the first takes the lock
            store_one(endpoint, 1, 50)
            store_one(endpoint, 2, 50)
            assert proxy.seen == before + 6 + (cut != AFTER), "the update that was lost, and that one alone, was sent again"
            assert proxy.through == 6
    with reached(empty) as endpoint:
        store = remote.open_remote(endpoint)
        assert [entry["graph"] for entry in store.journal().entries] == [graph(1), graph(2)]
        assert remote.verify(endpoint) == []


def test_an_update_that_never_comes_through_is_told_as_failed(empty: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some tries; nothing of it is there, and what was there before is."""
    monkeypatch.setattr(http, "PAUSE", 0.001)
    with reached(empty) as endpoint:
        store_one(endpoint, 1, 20)
    with cutting(empty.address) as proxy:
        address = proxy.address
        proxy.cuts = dict.fromkeys(range(2, 2 + http.TRIES), AMID)
        with reached(empty, address) as endpoint, pytest.raises(StoreError, match="did not take the change"):
            store_one(endpoint, 1, 20, version=1)
    with reached(empty) as endpoint:
        assert remote.verify(endpoint) == []
        assert remote.open_remote(endpoint).graph(graph(1)) == sorted(triples(1, 20), key=repr)


@pytest.mark.slow
def test_a_killed_server_loses_nothing_that_was_acknowledged(empty: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed (SIGKILL) at chance moments of an update that replaces a graph, and started again: old or new, whole, and the run resumes."""
    monkeypatch.setattr(http, "PAUSE", 0.001)
    chance, size = random.Random(7), 3000
    with reached(empty) as endpoint:
        store_one(endpoint, 0, size)
    kills, broken = 6, 0
    for n in range(1, kills + 1):
        with reached(empty) as endpoint:
            timer = threading.Timer(chance.uniform(0.0, 0.35), empty.kill)
            timer.start()
            try:
                store_one(endpoint, 0, size, version=n)
                acknowledged = True
            except StoreError:
                acknowledged, broken = False, broken + 1
            timer.join()
        empty.start()
        with reached(empty) as endpoint:
            assert remote.verify(endpoint) == []
            told = {
                literal.value.rpartition(" ")[2]
                for _, _, literal in remote.open_remote(endpoint).graph(graph(0))
                if isinstance(literal, Literal)
            }
            assert len(told) == 1, "one version, whole"
            assert not acknowledged or told == {str(n)}
            if told != {str(n)}:
                store_one(endpoint, 0, size, version=n)  # the lock of a run that is no more does not stand in the way
            assert remote.verify(endpoint) == []
    assert broken, "no kill came in time, so nothing was tried"


def test_one_writes_at_a_time(empty: Server) -> None:
    """A second writer hears who holds the store, and changes nothing; once the first has let go it may."""
    with reached(empty) as endpoint:
        with (
            remote.writer(endpoint, "add", WHEN),
            pytest.raises(StoreError, match=rf"kg add \(process \d+ on .*, since {WHEN}\)"),
            remote.writer(endpoint, "import", WHEN),
        ):
            pass
        store_one(endpoint, 1, 5)
        assert remote.verify(endpoint) == []


def test_two_who_take_the_lock_at_once_do_not_both_have_it(empty: Server) -> None:
    """Eight try at the same moment; however many step back, never two are inside."""
    inside: list[int] = []
    most: list[int] = []

    def go(n: int) -> None:
        with reached(empty) as endpoint, suppress(StoreError), remote.writer(endpoint, "add", WHEN):
            inside.append(n)
            most.append(len(inside))
            time.sleep(0.05)
            inside.remove(n)

    threads = [threading.Thread(target=go, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most, default=1) == 1


def test_what_is_damaged_behind_the_store_is_found(empty: Server) -> None:
    """A quad that somebody takes out, and a graph that somebody puts in: `verify` names both."""
    with reached(empty) as endpoint:
        store_one(endpoint, 1, 5)
        gone = f'DELETE DATA {{ GRAPH <{graph(1)}> {{ <{ID}x/1-0> <{RDFS}comment> "“words” 1 0 0" }} }}'
        endpoint.changed(f"{gone} ; INSERT DATA {{ GRAPH <{graph(2)}> {{ <{ID}x/2> <{RDFS}comment> 'words' }} }}", lambda: True)
        assert [(finding.code, finding.node) for finding in remote.verify(endpoint)] == [
            ("graph-changed", graph(1)),
            ("graph-unknown", graph(2)),
        ]


def test_a_purge_leaves_nothing_in_the_graphs(empty: Server) -> None:
    """Not its graph, not its provenance, not its lines in the journal; what else there is still adds up."""
    with reached(empty) as endpoint:
        store_one(endpoint, 1, 5)
        store_one(endpoint, 2, 5)
        with remote.writer(endpoint, "remove", WHEN) as store:
            told: list[Triple] = [(Iri(f"{ID}reading/1-0"), Iri(KG + "annotates"), Iri(graph(1)))]
            store.purge(graph(1), (), {PROVENANCE_GRAPH: (told, [])}, when=WHEN)
        assert remote.verify(endpoint) == []
        rows = remote.open_remote(endpoint).select("SELECT ?s { { ?s ?p ?o } UNION { ?a ?p ?s } UNION { GRAPH ?s { ?a ?p ?o } } }")
        assert not [row for row in rows if "article/a1" in str(row) or "reading/1" in str(row) or "“words” 1" in str(row)]
