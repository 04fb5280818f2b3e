"""A store at an address: what it refuses to be, whose lock counts, and answers that come in pages or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import LimitError, ProvisoError, StoreError
from kg.exchange.rdf import export
from kg.store import remote
from kg.store.dialect import VIRTUOSO
from kg.store.embedded import Dataset, Store
from kg.store.endpoint import Access, Endpoint, form_of
from kg.store.worker import Asker
from kg.triples import Iri, Literal, Triple
from kg.vocabulary import JOURNAL_GRAPH, LOCK_GRAPH

WHEN = "2026-01-08T00:00:00Z"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


class Here(Endpoint):
    """An endpoint whose server is a store in this process; it gives no more than `most` rows at once, where that is said."""

    def __init__(self, most: int = 1_000_000, believed: bool = False) -> None:
        super().__init__("http://127.0.0.1:9/query", Access(believed=believed))
        self.held, self.most = ox.Store(), most
        self.close()

    def asked(self, text: str, dataset: Dataset | None = None, seconds: float | None = None) -> tuple[str, bytes]:
        """What the store answers, as a server does."""
        answer = Store(self.held).query(text, dataset)
        if isinstance(answer, ox.QueryTriples):
            return "c", answer.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
        data = answer.serialize(format=ox.QueryResultsFormat.JSON) or b""
        if len(json.loads(data).get("results", {}).get("bindings", ())) > self.most:
            raise LimitError("the server left out part of the answer", self.address, "ask for less")
        return {"SELECT": "s", "ASK": "a"}[form_of(text)], data

    def changed(self, text: str, done: Callable[[], bool]) -> None:
        """Does it."""
        self.held.update(text)
        assert done()

    def put(self, graph: str, subject: str, value: str) -> None:
        """Puts a triple in, as somebody else would."""
        name, value_of = ox.NamedNode(graph), ox.NamedNode(remote.VALUE)
        self.held.add(ox.Quad(ox.NamedNode(subject), value_of, ox.Literal(value), name))


def some(count: int) -> list[Triple]:
    """Triples of three things."""
    return [(Iri(f"x:s{i % 3}"), Iri(LABEL), Literal(f"é {i}")) for i in range(count)]


def filled(most: int = 1_000_000, believed: bool = False) -> Here:
    """A store of one graph of twenty triples."""
    endpoint = Here(believed=believed)
    assert remote.create(endpoint, WHEN)
    with remote.writer(endpoint, "add", WHEN) as store:
        store.replace_graph("x:g", some(20), when=WHEN)
    endpoint.most = most
    return endpoint


def test_a_store_is_made_once() -> None:
    """The second time nothing is done, and what is in it stays."""
    endpoint = filled()
    before = set(endpoint.held)
    assert remote.create(endpoint, "2027-01-01T00:00:00Z") is False
    assert set(endpoint.held) == before


def test_a_dataset_of_somebody_elses_is_left_alone() -> None:
    """Named by one of its graphs, and nothing is put into it."""
    endpoint = Here()
    endpoint.put("x:theirs", "x:s", "words")
    with pytest.raises(StoreError, match="graphs of somebody's are here already: x:theirs"):
        remote.create(endpoint, WHEN)
    assert len(endpoint.held) == 1


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("", "there is no store at this address"),
        ("nonsense", "has layout None"),
        ("[1]", "has layout None"),
        ("{}", "has layout None"),
        ('{"proviso-store": 7}', "has layout 7; this version reads layout 2"),
    ],
)
def test_what_is_no_store_of_this_version_is_refused(mark: str, words: str) -> None:
    """Nothing there, a damaged mark, another layout: each in words, before anything is written."""
    endpoint = Here()
    if mark:
        endpoint.put(JOURNAL_GRAPH, JOURNAL_GRAPH, mark)
    with pytest.raises(StoreError, match=words), remote.writer(endpoint, "add", WHEN):
        pass
    assert len(endpoint.held) == (1 if mark else 0)


def test_what_a_server_misreads_is_asked_here() -> None:
    """Of a copy, which a writer's own changes reach and others' do not; where its answers are believed, of the server."""
    count = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), 'x:')) }"
    for believed in (False, True):
        endpoint = filled(believed=believed)
        endpoint.dialect = VIRTUOSO
        with remote.writer(endpoint, "add", WHEN) as store:
            assert store.at_home is not believed
            assert [row[0] for row in store.select(count)] == [ox.Literal(20)]
            store.replace_graph("x:h", some(3), when=WHEN)
            endpoint.put("x:i", "x:s", "another's")
            assert [row[0] for row in store.select(count)] == [ox.Literal(24 if believed else 23)]
        with Asker(remote.open_remote(endpoint)) as asker:
            assert json.loads(asker.ask("ASK { <x:s1> ?p 'é 1' }", 10)[1])["boolean"] is True


def test_who_asks_a_server_can_be_stopped() -> None:
    """It hears so at once, though the server has not answered yet; the next question is answered."""
    endpoint = filled()
    asker = Asker(remote.open_remote(endpoint))
    asked = endpoint.asked

    def slow(text: str, dataset: Dataset | None = None, seconds: float | None = None) -> tuple[str, bytes]:
        asker.stop()
        return asked(text, dataset, seconds)

    endpoint.asked = slow  # type: ignore[method-assign]
    with pytest.raises(LimitError, match="the query was stopped"):
        asker.ask("ASK {}", 10)
    endpoint.asked = asked  # type: ignore[method-assign]
    assert asker.ask("ASK {}", 10)[0] == "a"


def test_a_label_is_words_and_the_first_of_several() -> None:
    """What is no literal is no label."""
    endpoint = filled()
    endpoint.held.add(ox.Quad(ox.NamedNode("x:s0"), ox.NamedNode(LABEL), ox.NamedNode("x:no-words"), ox.NamedNode("x:g")))
    assert remote.open_remote(endpoint).labels(["x:s0", "x:s1", "x:none"]) == {"x:s0": "é 0", "x:s1": "é 1"}


def test_what_it_holds_can_be_dumped_and_its_sources_cannot_be_read(tmp_path: Path) -> None:
    """All graphs as N-Quads; of the files that were read only the hashes are kept."""
    store = remote.open_remote(filled())
    store.dump(tmp_path / "all.nq")
    told = (tmp_path / "all.nq").read_bytes().splitlines(keepends=True)
    assert told == store.lines("x:g") and len(told) == 20
    with pytest.raises(StoreError, match="keeps no files"):
        store.source("0" * 64)


@pytest.mark.parametrize(
    "change", ["DROP GRAPH <x:g>", "DELETE WHERE { GRAPH <x:g> { <x:s1> ?p ?o } }", "INSERT DATA { GRAPH <x:g> { <x:s1> <x:p> 1 } }"]
)
def test_a_graph_that_is_not_the_one_that_was_stored_is_no_answer(change: str, tmp_path: Path) -> None:
    """Nothing of it is written, and it is named; who writes puts it right by storing it again."""
    endpoint = filled()
    endpoint.held.update(change)
    with pytest.raises(StoreError, match="not those of this graph that were stored: x:g") as told:
        export(remote.open_remote(endpoint), tmp_path / "all.nq", "nq")
    assert "kg verify" in told.value.hint and list(tmp_path.iterdir()) == []
    with remote.writer(endpoint, "add", WHEN) as store:
        store.replace_graph("x:g", some(20), when=WHEN)
    export(remote.open_remote(endpoint), tmp_path / "all.nq", "nq")
    assert len((tmp_path / "all.nq").read_bytes().splitlines()) == 20


def test_a_graph_that_changes_while_it_is_read_is_read_again() -> None:
    """With the journal, until the two agree."""
    endpoint = filled()
    store = remote.open_remote(endpoint)
    assert store.count("x:g") == 20
    with remote.writer(endpoint, "add", WHEN) as other:
        other.replace_graph("x:g", some(5), when=WHEN)
    assert len(store.lines("x:g")) == 5


def test_a_server_that_keeps_rows_back_is_found_out() -> None:
    """Its answers look whole: of the journal the lines are counted, of a graph the journal has the sum."""
    endpoint = filled()
    asked = endpoint.asked

    def few(text: str, dataset: Dataset | None = None, seconds: float | None = None) -> tuple[str, bytes]:
        kind, data = asked(text, dataset, seconds)
        told = json.loads(data)
        told["results"]["bindings"] = told["results"]["bindings"][:10]
        return kind, json.dumps(told).encode()

    endpoint.asked = few  # type: ignore[method-assign]
    with pytest.raises(StoreError, match="the server gives 10 quads"):
        remote.open_remote(endpoint).lines("x:g")
    for number in range(12):
        endpoint.put(JOURNAL_GRAPH, f"{remote.ENTRY}{number}", "a line")
    with pytest.raises(StoreError, match="the server gives 10 lines of the journal's 1"):
        remote.open_remote(endpoint).journal()


# ---------------------------------------------------------------------------------------------------- the lock


def test_nothing_is_written_without_the_lock() -> None:
    """Once somebody has taken it away the writer stops, and what it had written before is there."""
    endpoint = filled()
    with remote.writer(endpoint, "add", WHEN) as store:
        store.replace_graph("x:h", some(1), when=WHEN)
        endpoint.held.update(f"DROP GRAPH <{LOCK_GRAPH}>")
        with pytest.raises(StoreError, match="took the lock"):
            store.replace_graph("x:i", some(1), when=WHEN)
    assert remote.open_remote(endpoint).graphs() == ["x:g", "x:h"]


@pytest.mark.parametrize(
    ("holder", "gone"),
    [
        ({"host": os.uname().nodename, "pid": os.getpid()}, True),  # of this process, which does not hold it
        ({"host": os.uname().nodename, "pid": 2**22 + 1}, True),  # more than Linux gives out
        ({"host": os.uname().nodename, "pid": os.getppid()}, False),
        ({"host": os.uname().nodename}, False),  # nobody can tell
        ({"host": os.uname().nodename, "pid": -1}, False),
        ({"host": "another", "pid": 2**22 + 1}, False),
        ("nonsense", False),
        ([1, 2], False),
    ],
)
def test_a_lock_that_nobody_holds_does_not_stand_in_the_way(holder: object, gone: bool) -> None:
    """One of a process of this machine that has ended is taken away; one of which that cannot be told stands."""
    endpoint = filled()
    endpoint.put(LOCK_GRAPH, LOCK_GRAPH + "/left", holder if isinstance(holder, str) else json.dumps(holder))
    if gone:
        with remote.writer(endpoint, "add", WHEN) as store:
            store.replace_graph("x:h", some(1), when=WHEN)
        assert remote.open_remote(endpoint).graphs() == ["x:g", "x:h"]
    else:
        with pytest.raises(StoreError, match="is being written by"), remote.writer(endpoint, "add", WHEN):
            pass
    left = list(endpoint.held.quads_for_pattern(None, None, None, ox.NamedNode(LOCK_GRAPH)))
    assert len(left) == (0 if gone else 1)


# ---------------------------------------------------------------------------------------------------- answers in pages


def test_where_a_server_gives_few_rows_they_come_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, each once; verifying reads the same."""
    endpoint = filled(most=19)
    store = remote.open_remote(endpoint)
    assert sorted(store.lines("x:g")) == sorted(remote.open_remote(filled()).lines("x:g"))
    assert remote.verify(endpoint) == []


@pytest.mark.parametrize(
    ("most", "shrinks", "error", "words"),
    [(8, False, LimitError, "left out part"), (19, True, StoreError, "rows of 20 in pages")],
    ids=["no page is short enough", "the rows become fewer meanwhile"],
)
def test_pages_that_do_not_add_up_are_refused(most: int, shrinks: bool, error: type[ProvisoError], words: str) -> None:
    """Rather nothing than part of a graph."""
    endpoint = filled(most=most)
    store = remote.open_remote(endpoint)
    asked = endpoint.asked

    def fewer(text: str, dataset: Dataset | None = None, seconds: float | None = None) -> tuple[str, bytes]:
        if shrinks and " OFFSET " in text:
            endpoint.held.update("DELETE { GRAPH <x:g> { <x:s1> ?p ?o } } WHERE { GRAPH <x:g> { <x:s1> ?p ?o } }")
        return asked(text, dataset, seconds)

    endpoint.asked = fewer  # type: ignore[method-assign]
    with pytest.raises(error, match=words):
        list(store.quads("x:g"))


def test_an_answer_that_is_no_sparql_is_refused() -> None:
    """Lines that are no triples: the server is at fault, not the query."""
    endpoint = Here()
    endpoint.asked = lambda *_: ("c", b"<x:a> .\n")  # type: ignore[method-assign]
    with pytest.raises(StoreError, match="not what the standard has"):
        remote.RemoteStore(endpoint).query("CONSTRUCT WHERE { ?s ?p ?o }")


def test_the_newest_line_tells_whether_the_store_has_changed() -> None:
    """Another one after each change, the first included; the same as long as nothing is stored; none where there is no store."""
    endpoint = Here()
    assert remote.newest(endpoint) == ""
    remote.create(endpoint, WHEN)
    seen = {remote.newest(endpoint)}
    for graph in ("x:g", "x:h"):
        with remote.writer(endpoint, "add", WHEN) as store:
            store.replace_graph(graph, some(2), when=WHEN)
        seen.add(remote.newest(endpoint))
        assert remote.newest(endpoint) in seen
    assert len(seen) == 3
