"""Servers of others with the seeds in them, and the same seeds in a folder: what `make reach` compares.

Oxigraph's server is of the pinned environment and starts at once, so `make test` asks it too; Virtuoso's tests are marked `reach`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.servers import Server, oxigraph, virtuoso
from kg.actors import load_registry
from kg.analyse.derive import derive
from kg.articles import find_files, read_articles
from kg.ingest import add
from kg.store import remote
from kg.store.embedded import Store, Writer, create, open_store, writer
from kg.store.endpoint import Access, Endpoint
from kg.store.remote import RemoteStore

SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
WHEN = "2026-01-08T00:00:00Z"


@contextmanager
def reached(server: Server, address: str = "", **more: Any) -> Iterator[Endpoint]:
    """The server as the commands reach it, or by another address."""
    told = server.environment
    endpoint = Endpoint(address or server.address, Access(told.get("KG_STORE_USER", ""), told.get("KG_STORE_PASSWORD", ""), **more))
    try:
        yield endpoint
    finally:
        endpoint.close()


def fill(store: Writer) -> None:
    """Adds the seeds, as `kg add` does."""
    readings = (reading for path in find_files([SEEDS]) for reading in read_articles(path))
    outcomes = list(add(store, readings, load_registry(), WHEN))
    assert len(outcomes) == 5 and {o.outcome for o in outcomes} == {"stored"}, outcomes
    derive(store, WHEN)


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The seeds in a folder."""
    place = tmp_path_factory.mktemp("seeds") / "store"
    create(place)
    with writer(place, "add", WHEN) as store:
        fill(store)
    return open_store(place)


@pytest.fixture(scope="session")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Oxigraph's server with the seeds."""
    with oxigraph(tmp_path_factory.mktemp("reach") / "oxigraph") as server:
        yield filled(server)


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Virtuoso with the seeds; it gives at most 10,000 rows of an answer, as it does unless somebody says otherwise."""
    with virtuoso(tmp_path_factory.mktemp("reach") / "virtuoso") as server:
        yield filled(server)


def filled(server: Server) -> Server:
    """The server once the seeds are in it."""
    with reached(server) as endpoint:
        assert remote.create(endpoint, WHEN)
        with remote.writer(endpoint, "add", WHEN) as store:
            fill(store)
    return server


@pytest.fixture(params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.reach)])
def server(request: pytest.FixtureRequest) -> Server:
    """Each of the servers in turn, with the seeds."""
    found = request.getfixturevalue(f"{request.param}_server")
    assert isinstance(found, Server)
    return found


@pytest.fixture
def there(server: Server) -> Iterator[RemoteStore]:
    """The store behind the server."""
    with reached(server) as endpoint:
        yield remote.open_remote(endpoint)
