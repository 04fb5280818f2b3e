"""The same rows from a folder, from Oxigraph's server and from Virtuoso: of every named query, and of every command that asks."""

from __future__ import annotations

import filecmp
import io
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox
import pytest

from bench.servers import Server
from kg.errors import QueryError, StoreError
from kg.exchange.rdf import dump
from kg.query import NamedQuery, ask_store, list_queries, run
from kg.store import remote
from kg.store.embedded import Dataset, Store
from kg.store.remote import RemoteStore
from kg.vocabulary import ID
from tests.reach.conftest import reached

VALUES = {
    "actor": "germany", "action": "deploy-troops", "circumstance": "ceasefire", "place": "ukraine", "article": "000-euronews",
    "condition-kind": "approval", "stance": "refused", "date": "2026-01-07", "number": "2", "text": "e", "kind-of-actor": "state",
}  # fmt: skip
GRAPHS = [f"{ID}article/000-euronews", f"{ID}article/003-paraphrase"]
COMMANDS = (
    ("ask", "who conditioned troops on parliament", "--format", "json"), ("ask", "what hangs on the ceasefire"), ("show", "Germany"),
    ("whatif", "--met", "ceasefire", "--failed", "by:Bundestag"), ("whatif", "--pivotal"), ("compare",), ("timeline", "Germany"),
    ("diff", "2025-12", "2026-01-31"), ("check",), ("query", "commitments_state", "--timeout", "60"), ("query", "actors_awaited", "--timeout", "60"),
)  # fmt: skip


def differing(seeds: Store, there: RemoteStore, asked: Iterable[tuple[NamedQuery, dict[str, str]]]) -> list[object]:
    """The queries, with what was given, whose columns or rows are not the same, or not in the same order."""
    differ: list[object] = []
    for query, given in asked:
        expected, found = ask_store(seeds, query, given), ask_store(there, query, given)
        if (found.columns, found.rows) != (expected.columns, expected.rows):
            differ.append((query.name, given, len(expected.rows), len(found.rows)))
    return differ


def test_every_named_query_answers_equally(seeds: Store, there: RemoteStore) -> None:
    """Questions, networks, rules and checks, as they stand."""
    assert differing(seeds, there, ((query, {}) for query in list_queries())) == []


@pytest.mark.slow
def test_every_parameter_is_bound_equally(seeds: Store, there: RemoteStore) -> None:
    """Each named query with a value for each of its parameters alone."""
    bound = [(query, {p.name: VALUES[p.type]}) for query in list_queries() for p in query.parameters if p.type in VALUES]
    assert len(bound) > 40
    assert differing(seeds, there, bound) == []


@pytest.mark.parametrize("dataset", [Dataset([GRAPHS[0]]), Dataset((), GRAPHS), Dataset(GRAPHS, [GRAPHS[1]]), Dataset([ID + "nothing"])])
def test_a_chosen_dataset_is_the_same(seeds: Store, there: RemoteStore, dataset: Dataset) -> None:
    """As a client of `kg serve` chooses it: graphs merged into the default graph, and those that GRAPH sees."""
    for pattern in ("?s a ?o", "GRAPH ?g { ?s a ?o }"):
        text = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        here, away = seeds.query(text, dataset), there.query(text, dataset)
        assert isinstance(here, ox.QuerySolutions) and isinstance(away, ox.QuerySolutions)
        assert [str(row) for row in away] == [str(row) for row in here]


@pytest.mark.slow
def test_every_command_says_the_same(seeds: Store, server: Server, tmp_path: Path) -> None:
    """On stdout, to the byte; questions in plain words, what-if, timelines and checks."""
    for words in COMMANDS:
        here, away = (kg(*words, "--store", where, server=server) for where in (str(seeds.path), server.address))
        assert (here.returncode, here.stdout) == (away.returncode, away.stdout), f"{words}: {away.stderr.decode()}"
        assert here.stdout or words == ("check",), words  # which has nothing to say


@pytest.mark.slow
def test_the_site_is_the_same(seeds: Store, server: Server, tmp_path: Path) -> None:
    """Every file, to the byte."""
    for where, name in ((str(seeds.path), "here"), (server.address, "away")):
        done = kg("site", str(tmp_path / name), "--store", where, server=server)
        assert done.returncode == 0, done.stderr.decode()
    files = [path.relative_to(tmp_path / "here").as_posix() for path in (tmp_path / "here").rglob("*") if path.is_file()]
    same, other, lost = filecmp.cmpfiles(tmp_path / "here", tmp_path / "away", files, shallow=False)
    assert (sorted(same), other, lost) == (sorted(files), [], []) and len(files) > 50


def test_an_export_has_the_same_bytes(seeds: Store, there: RemoteStore) -> None:
    """N-Quads of all graphs: every literal came back as it was stored; and the journal holds what the graphs hold."""
    here, away = io.BytesIO(), io.BytesIO()
    dump(seeds, here, "nq")
    dump(there, away, "nq")
    assert away.getvalue() == here.getvalue()
    assert (there.graphs(), there.count()) == (seeds.graphs(), seeds.count())
    assert remote.verify(there.endpoint) == []


def test_a_graph_is_the_same_as_triples(seeds: Store, there: RemoteStore) -> None:
    """A CONSTRUCT gives booleans, years and numbers as the standard writes them."""
    text = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <https://w3id.org/proviso/id/article/003-paraphrase> { ?s ?p ?o } }"
    assert run(there, text) == run(seeds, text)


# What Virtuoso 7.2.5 answers otherwise with its own engine, refuses, or does not end: cycles, EXISTS as a value, SHA256 of any letter,
# OPTIONAL and MINUS around inner selects, ordering by what is unbound.
MISREAD = {
    "article-hash", "articles_copied", "channels_used", "commitments_first-hand", "commitments_state", "condition-cycle", "conditions_tree",
    "evidence_paths", "figures_compared", "part-of-cycle", "parts_no-contributor", "relay-cycle", "speakers_for-whom", "who-what-only-if",
}  # fmt: skip


@pytest.mark.reach
def test_virtuosos_own_engine_answers_most(seeds: Store, virtuoso_server: Server) -> None:
    """Asked to be believed, it answers every other named query as the standard has it; these it does not, which is why it is not."""
    right = set()
    with reached(virtuoso_server, believed=True, seconds=20.0) as endpoint:
        store = remote.open_remote(endpoint)
        for query in list_queries():
            with suppress(QueryError, StoreError):
                if run(store, query.text, ours=True) == run(seeds, query.text, ours=True):
                    right.add(query.name)
    assert {query.name for query in list_queries()} - right == MISREAD


def kg(*words: str, server: Server) -> subprocess.CompletedProcess[bytes]:
    """What a command did, as users run it."""
    code = "from kg.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, env={**os.environ, **server.environment}, timeout=600, check=False
    )
