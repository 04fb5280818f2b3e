"""Answers count only where they are whole, passwords stay where they belong, and nothing is sent twice that might have been done."""

from __future__ import annotations

import base64
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

import kg.store.endpoint as http
from kg.errors import LimitError, ProvisoError, QueryError, StoreError, UsageError
from kg.query import run
from kg.store.dialect import VIRTUOSO
from kg.store.embedded import Dataset
from kg.store.endpoint import Access, Endpoint
from kg.store.remote import RemoteStore, newest, open_remote

Answer = Callable[["Fake"], None]
ROWS = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"x:a"}}]}}'


class Fake(BaseHTTPRequestHandler):
    """A server that answers as a test says."""

    protocol_version = "HTTP/1.1"
    answer: Answer
    asked: list[dict[str, list[str]]]
    let_in: list[str]

    def do_POST(self) -> None:
        """Keeps what was asked, and lets the test answer."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(parse_qs(body, keep_blank_values=True))
        self.let_in.append(self.headers.get("Authorization", ""))
        type(self).answer(self)

    def give(self, data: bytes, kind: str = http.JSON, status: int = 200, size: int | None = None, **more: str) -> None:
        """Sends an answer; `size` is what its header says of its length, -1 for nothing."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if size != -1:
            self.send_header("Content-Length", str(len(data) if size is None else size))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)
        if size is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


Serve = Callable[..., tuple[Endpoint, type[Fake]]]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a server that answers so, and gives the endpoint and the server's handler, which remembers."""
    monkeypatch.setattr(http, "PAUSE", 0.001)
    open_: list[tuple[ThreadingHTTPServer, Endpoint]] = []

    def started(answer: Answer, access: Access | None = None) -> tuple[Endpoint, type[Fake]]:
        handler = type("Handler", (Fake,), {"answer": answer, "asked": [], "let_in": []})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        endpoint = Endpoint(f"http://127.0.0.1:{server.server_address[1]}/sparql", access)
        open_.append((server, endpoint))
        return endpoint, handler

    yield started
    for server, endpoint in open_:
        endpoint.close()
        server.shutdown()
        server.server_close()


def test_a_whole_answer_comes_back(serve: Serve) -> None:
    """All graphs together are asked unless a dataset is chosen, and the query travels as a form."""
    endpoint, fake = serve(lambda self: self.give(ROWS))
    assert endpoint.asked("SELECT ?s { ?s ?p ?o }") == ("s", ROWS)
    endpoint.asked("SELECT ?s { ?s ?p ?o }", Dataset(["x:d"], ["x:g", "x:h"]))
    assert serve(lambda self: self.give(b'{"head":{},"boolean":false}'))[0].asked("ASK {}") == ("a", b'{"head":{},"boolean":false}')
    assert fake.asked == [
        {"query": ["SELECT ?s { ?s ?p ?o }"], "union-default-graph": [""]},
        {"query": ["SELECT ?s { ?s ?p ?o }"], "default-graph-uri": ["x:d"], "named-graph-uri": ["x:g", "x:h"]},
    ]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (lambda self: self.give(ROWS, "text/html"), StoreError, "text/html"),
        (lambda self: self.give(ROWS, ""), StoreError, "of no kind"),
        (lambda self: self.give(ROWS[:-1]), StoreError, "not whole"),
        (lambda self: self.give(ROWS + b"{}"), StoreError, "not whole"),
        (lambda self: self.give(ROWS[:-20], size=-1), StoreError, "not whole"),
        (lambda self: self.give(ROWS, size=len(ROWS) + 1), StoreError, "does not answer"),
        (lambda self: self.give(ROWS.replace(b'"s":{', b'"t":{')), StoreError, "not SPARQL JSON"),
        (lambda self: self.give(ROWS.replace(b'"x:a"', b"1")), StoreError, "not SPARQL JSON"),
        (lambda self: self.give(ROWS.replace(b'"uri"', b'"odd"')), StoreError, "not SPARQL JSON"),
        (lambda self: self.give(ROWS.replace(b'"x:a"', b'"no IRI"')), StoreError, "not SPARQL JSON"),
        (lambda self: self.give(b'{"head":{},"boolean":1}'), StoreError, "not SPARQL JSON"),
        (lambda self: self.give(b'{"head":{},"boolean":true}{}'), StoreError, "not SPARQL JSON"),
        (lambda self: self.give(b'{"head":{},"boolean":true}'), StoreError, "a boolean in answer to a query for rows"),
        (lambda self: self.give(b"[]"), StoreError, "not whole"),
        (lambda self: self.give(b"[" * 100_000), StoreError, "not whole"),
        (lambda self: self.give(b"\xff\xfe\x00"), StoreError, "not whole"),
        (lambda self: self.give(ROWS, X_SPARQL_MaxRows="10000"), LimitError, "left out part"),
        (lambda self: self.give(ROWS, X_SQL_State="S1TAT"), LimitError, "S1TAT"),
        (lambda self: self.give(b"<html>no</html>", "text/html", 404), StoreError, "no SPARQL endpoint here"),
        (lambda self: self.give(b"", status=301, Location="http://me:secret@127.0.0.1/x"), StoreError, "another address"),
        (lambda self: self.give(b"bad query\nmore", "text/plain", 400), QueryError, "HTTP 400: bad query"),
        (lambda self: self.give(b"", status=403), StoreError, "let this user in"),
        (lambda self: self.give(b"", status=503), StoreError, "does not answer: HTTP 503"),
        (lambda self: self.wfile.close(), StoreError, "does not answer"),
    ],
)  # fmt: skip
def test_what_is_not_a_whole_answer_is_refused(serve: Serve, answer: Answer, error: type[ProvisoError], words: str) -> None:
    """Other kinds, torn or wrong JSON, signs that rows were left out, and what is no success; in words, at the endpoint."""
    endpoint, _ = serve(answer)
    with pytest.raises(error, match=words) as told:
        endpoint.asked("SELECT ?s { ?s ?p ?o }")
    assert "secret" not in str(told.value)


def test_triples_without_an_end_are_refused(serve: Serve) -> None:
    """Lines that just stop look like all there are, so a server must say how long its answer is."""
    line = b"<x:a> <x:b> <x:c> .\n"
    endpoint, _ = serve(lambda self: self.give(line, http.TRIPLES, size=-1))
    with pytest.raises(StoreError, match="how long its answer is"):
        endpoint.asked("CONSTRUCT WHERE { ?s ?p ?o }")
    endpoint, _ = serve(lambda self: self.give(line, http.TRIPLES))
    assert endpoint.asked("CONSTRUCT WHERE { ?s ?p ?o }") == ("c", line)


def test_what_virtuoso_writes_otherwise_is_put_right(serve: Serve) -> None:
    """From the first answer on, by how that begins: a boolean is a word, and a literal with a type a literal."""
    row = b'{"type":"typed-literal","datatype":"http://www.w3.org/2001/XMLSchema#boolean","value":"1"}'
    data = ROWS.replace(b'{"type":"uri","value":"x:a"}', row).replace(b'"bindings"', b'"ordered": true, "bindings"')
    endpoint, _ = serve(lambda self: self.give(data))
    for _ in range(2):
        told = json.loads(endpoint.asked("SELECT ?s { ?s ?p ?o }")[1])["results"]["bindings"]
        assert told == [{"s": {"type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#boolean", "value": "true"}}]


def test_a_server_that_asks_for_no_password_is_told_none(serve: Serve) -> None:
    """Though there is one."""
    endpoint, fake = serve(lambda self: self.give(ROWS), Access("me", "open sesame"))
    assert endpoint.asked("SELECT ?s {}")[1] == ROWS and fake.let_in == [""]


def test_virtuosos_triples_are_believed_only_where_its_rows_are_whole(serve: Serve) -> None:
    """It ends a CONSTRUCT at its limit and does not say so; the same as rows says so."""

    def answer(self: Fake) -> None:
        if "SELECT *" in self.asked[-1]["query"][0]:
            self.give(ROWS, X_SPARQL_MaxRows="10000")
        else:
            self.give(b'<x:a> <x:b> "1"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n', http.TRIPLES)

    endpoint, _ = serve(answer)
    endpoint.dialect = VIRTUOSO
    with pytest.raises(LimitError, match="left out part"):
        endpoint.asked("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    with pytest.raises(QueryError, match="DESCRIBE"):
        endpoint.asked("DESCRIBE <x:a>")


def test_a_query_that_is_none_is_explained_as_over_a_folder(serve: Serve) -> None:
    """With its line and a hint, whatever the server calls it."""
    endpoint, _ = serve(lambda self: self.give(b"no", "text/plain", 400))
    with pytest.raises(QueryError, match="not valid SPARQL"):
        run(RemoteStore(endpoint), "SELECT nonsense {")


def test_an_answer_has_a_bound_of_size(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond it nothing is read on."""
    monkeypatch.setattr(http, "MOST_BYTES", 1 << 20)
    endpoint, _ = serve(lambda self: self.give(b" " * (3 << 20)))
    with pytest.raises(LimitError, match="more than 1 MB"):
        endpoint.asked("ASK {}")


def drip(self: Fake) -> None:
    """Begins an answer, and lets it come a byte at a time."""
    self.send_response(200)
    self.send_header("Content-Type", http.JSON)
    self.send_header("Content-Length", "1000")
    self.end_headers()
    for _ in range(30):
        time.sleep(0.05)
        self.wfile.write(b" ")


def drip_headers(self: Fake) -> None:
    """The same from the first byte on: no header ever ends."""
    with suppress(OSError):  # nobody waits for it any more
        for byte in itertools.chain(b"HTTP/1.1 200 OK\r\nX-A: ", itertools.repeat(32, 1000)):
            time.sleep(0.01)
            self.wfile.write(bytes([byte]))


@pytest.mark.parametrize("answer", [lambda self: time.sleep(1.5), drip, drip_headers], ids=["silent", "begun", "headers"])
def test_a_query_ends_at_its_limit(serve: Serve, answer: Answer) -> None:
    """Where nothing comes, and where an answer drips, or its headers."""
    endpoint, _ = serve(answer)
    begin = time.monotonic()
    with pytest.raises(LimitError, match=r"limit of 0\.3 s"):
        endpoint.asked("ASK {}", seconds=0.3)
    assert time.monotonic() - begin < 1.2
    with pytest.raises(LimitError):
        run(RemoteStore(endpoint), "ASK {}", timeout=0.3)


def test_who_cannot_be_reached_within_the_limit_is_told_as_that(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not as an answer that takes long."""

    def unreached(request: httpx.Request, **_: object) -> None:
        time.sleep(request.extensions["timeout"]["connect"])
        raise httpx.ConnectTimeout("timed out")

    endpoint, _ = serve(lambda self: self.give(ROWS))
    monkeypatch.setattr(endpoint._http, "send", unreached)
    with pytest.raises(StoreError, match="does not answer: timed out"):
        endpoint.asked("ASK {}", seconds=0.3)


@pytest.mark.parametrize("answer", [lambda self: time.sleep(1.5), drip], ids=["silent", "dripping"])
def test_what_opens_a_store_has_the_limit_too(serve: Serve, answer: Answer) -> None:
    """With a limit no answer takes longer, whatever is asked; the address is named."""
    endpoint, fake = serve(answer, Access(limit=0.2))
    with pytest.raises(LimitError, match=r"limit of 0\.2 s") as told:
        open_remote(endpoint)
    assert len(fake.asked) == 1 and told.value.where == endpoint.address and "--timeout" in told.value.hint
    with pytest.raises(LimitError, match=r"limit of 0\.2 s"):
        newest(serve(answer)[0], 0.2)


def test_a_server_that_is_silent_too_long_is_given_longer_by_the_environment(serve: Serve) -> None:
    """Not by an option that the command may not have."""
    endpoint, _ = serve(lambda self: time.sleep(0.5), Access(seconds=0.1))
    with pytest.raises(LimitError, match=r"the server was silent for 0\.1 s") as told:
        endpoint.asked("ASK {}")
    assert told.value.where == endpoint.address and "KG_STORE_SECONDS" in told.value.hint and "--timeout" not in told.value.hint


def test_tries_share_the_limit(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is busy is not asked again once the time is up, and that it was busy is told."""
    monkeypatch.setattr(http, "PAUSE", 60.0)
    endpoint, fake = serve(lambda self: self.give(b"", status=503))
    with pytest.raises(StoreError, match="does not answer: HTTP 503"):
        endpoint.asked("ASK {}", seconds=0.2)
    assert len(fake.asked) == 1


def test_a_busy_server_is_asked_again(serve: Serve) -> None:
    """And a connection that broke; each time a little later."""
    replies = iter([503, None, 429, 200])

    def answer(self: Fake) -> None:
        status = next(replies)
        self.give(ROWS, status=status) if status else self.wfile.close()

    endpoint, fake = serve(answer)
    assert endpoint.asked("SELECT ?s {}")[1] == ROWS
    assert len(fake.asked) == 4


@pytest.mark.parametrize(("came_through", "sent"), [(True, 1), (False, 2)])
def test_an_update_is_looked_up_before_it_is_sent_again(serve: Serve, came_through: bool, sent: int) -> None:
    """Its answer was lost: where its trace is there it counts; else it is sent once more."""
    state = {"sent": 0, "there": False}

    def answer(self: Fake) -> None:
        state["sent"] += 1
        state["there"] = came_through or state["sent"] > 1
        self.wfile.close() if state["sent"] == 1 else self.give(b"", status=204)

    endpoint, _ = serve(answer)
    endpoint.changed("INSERT DATA {}", lambda: bool(state["there"]))
    assert state["sent"] == sent


def test_an_update_that_is_never_answered_is_looked_up_too(serve: Serve) -> None:
    """A server that did it and fell silent; and one that fell silent before."""
    endpoint, fake = serve(lambda self: time.sleep(0.3), Access(seconds=0.05))
    endpoint.changed("INSERT DATA {}", lambda: True)
    assert len(fake.asked) == 1
    with pytest.raises(StoreError, match=r"it was silent for 0\.05 s"):
        endpoint.changed("INSERT DATA {}", lambda: False)


def test_an_update_that_is_refused_is_not_sent_again(serve: Serve) -> None:
    """The server has said no, and why."""
    endpoint, fake = serve(lambda self: self.give(b"no right", "text/plain", 400))
    with pytest.raises(StoreError, match="refuses the change: HTTP 400: no right"):
        endpoint.changed("INSERT DATA {}", lambda: False)
    assert len(fake.asked) == 1


def test_rows_are_no_answer_to_an_ask(serve: Serve) -> None:
    """Whoever asked would not know what to make of them."""
    with pytest.raises(StoreError, match="rows in answer to an ASK"):
        serve(lambda self: self.give(ROWS))[0].asked("ASK {}")


@pytest.mark.parametrize(
    ("status", "words"), [(404, "no SPARQL endpoint here"), (403, "let this user in"), (400, "refuses the change"), (503, "did not take")]
)
def test_what_is_said_of_an_update_names_the_address_for_updates(serve: Serve, status: int, words: str) -> None:
    """The one for queries may be quite right."""
    queries, _ = serve(lambda self: self.give(ROWS))
    updates, _ = serve(lambda self: self.give(b"no", "text/plain", status))
    endpoint = Endpoint(queries.address, Access(update=updates.address))
    with pytest.raises(StoreError, match=words) as told:
        endpoint.changed("INSERT DATA {}", lambda: False)
    endpoint.close()
    assert told.value.where == updates.address and ("KG_STORE_UPDATE" in told.value.hint) is (status == 404)


def test_a_success_without_a_trace_is_none(serve: Serve) -> None:
    """A server that says 200 and has done nothing."""
    endpoint, _ = serve(lambda self: self.give(b""))
    with pytest.raises(StoreError, match="it says it did it, and did not"):
        endpoint.changed("INSERT DATA {}", lambda: False)


@pytest.mark.parametrize(
    ("challenge", "begins"), [('Basic realm="x"', "Basic "), ('Digest realm="x", nonce="n", qop="auth", algorithm=MD5', "Digest ")]
)
@pytest.mark.parametrize("password", ["open sesame", "ouvre-toi s\udce9same"], ids=["words", "no UTF-8"])
def test_the_server_chooses_how_it_is_told_the_password(serve: Serve, challenge: str, begins: str, password: str) -> None:
    """Nothing of it is sent before it is asked for; digest never sends the password itself. It is the bytes that the environment has."""

    def answer(self: Fake) -> None:
        if self.let_in[-1].startswith(begins):
            self.give(ROWS)
        else:
            self.give(b"", status=401, WWW_Authenticate=challenge)

    endpoint, fake = serve(answer, Access("me", password))
    endpoint.asked("SELECT ?s {}")
    endpoint.asked("SELECT ?s {}")
    assert not fake.let_in[0] and [told[: len(begins)] for told in fake.let_in[-2:]] == [begins, begins]
    sent = base64.b64encode(b"me:" + os.fsencode(password)).decode()
    assert (sent in fake.let_in[-1]) is (begins == "Basic ")


@pytest.mark.parametrize(
    ("address", "access", "error"),
    [
        ("http://me:open@127.0.0.1/x", Access(), UsageError), ("http://me:op/open@127.0.0.1/x", Access(), UsageError), ("ftp://127.0.0.1/x", Access(), UsageError), ("http:///x", Access(), UsageError),
        ("http://127.0.0.1/x?query=1", Access(), UsageError), ("http://127.0.0.1/x#y", Access(), UsageError), ("http://127.0.0.1:99999/x", Access(), UsageError),
        ("http://[::1/x", Access(), UsageError), ("http://127.0.0.1/\x1b[31m", Access(), UsageError),
        ("http://example.org/x", Access("me", "open"), StoreError), ("http://127.0.0.1/x", Access("me", "open", update="http://example.org/u"), StoreError),
        ("http://127.example.org/x", Access("me", "open"), StoreError),
    ],
)  # fmt: skip
def test_an_address_that_gives_a_password_away_is_refused(address: str, access: Access, error: type[ProvisoError]) -> None:
    """Or that is none; and the password is never printed."""
    with pytest.raises(error) as told:
        Endpoint(address, access)
    assert "open" not in str(told.value) and "open" not in repr(access)


@pytest.mark.parametrize("address", ["http://localhost/x", "http://127.0.0.9/x", "http://[::1]/x", "https://example.org/x"])
def test_an_address_that_keeps_a_password_is_taken(address: str) -> None:
    """This machine, and whatever is encrypted; plain http elsewhere where the environment says so."""
    Endpoint(address, Access("me", "open")).close()
    Endpoint("http://example.org/x", Access("me", "open", plain=True)).close()


def test_an_endpoint_without_all_graphs_together_is_no_store(serve: Serve) -> None:
    """Its named graph has the mark and its default graph has not: questions would have no rows, so it is refused in words."""

    def answer(self: Fake) -> None:
        asks_graph = "GRAPH" in self.asked[-1]["query"][0]
        rows = [{"mark": {"type": "literal", "value": '{"proviso-store": 2}'}}] if asks_graph else []
        self.give(json.dumps({"head": {"vars": ["mark"]}, "results": {"bindings": rows}}).encode())

    endpoint, _ = serve(answer)
    with pytest.raises(StoreError, match="asks its default graph alone"):
        open_remote(endpoint)


def test_without_its_library_it_says_what_to_install() -> None:
    """Three lines, no traceback; every other store works without it."""
    code = "import sys; sys.modules['httpx'] = None; sys.argv = ['kg', 'queries', '--store', 'x']; from kg.cli import main\n"
    done = subprocess.run(
        [sys.executable, "-c", code.replace("'queries', '--store', 'x'", "'ask', 'who', '--store', 'http://127.0.0.1:9/query'") + "main()"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "pip install proviso-kg[remote]" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("backup", "copy"), ("restore", "copy"), ("repair",)])
def test_what_needs_a_folder_refuses_an_address(words: tuple[str, ...]) -> None:
    """In words, and without asking anybody."""
    code = f"import sys; sys.argv = ['kg', *{words!r}, '--store', 'http://me:se/cret@127.0.0.1:9/query']; from kg.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.partition("\n")[0]) == (1, "a store at an address has no folder for this")
    assert "cret" not in done.stderr
