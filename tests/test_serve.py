"""The server: pages that are the site's, limits that strike and are said, a store that changes or goes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from kg.local import ADDRESS
from kg.serve import Live, _query_page
from kg.store.embedded import open_store
from tests.support import ASK, SELECT, Run, Server

FOR_EVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?l) }"


# ---------------------------------------------------------------------------------------------------- the pages


def test_the_pages_are_the_sites(server: Server, seeds: Path, run: Run, tmp_path: Path) -> None:
    """Byte for byte but for the menu, which has one page more."""
    assert run("site", tmp_path / "site", "--store", seeds).returncode == 0
    for file in ("index.html", "article/000-euronews.html", "assets/site.css", "question/commitments_refused.csv"):
        live, still = httpx.get(f"{server.url}/{file}").content, (tmp_path / "site" / file).read_bytes()
        assert b"\n".join(line for line in live.split(b"\n") if b'href="../query"' not in line and b'href="query"' not in line) == still


def test_every_answer_is_guarded(server: Server) -> None:
    """A policy, no sniffing, no sharing with other origins."""
    for path in ("/", "/query", "/sparql", "/healthz", "/none.html"):
        headers = httpx.get(server.url + path).headers
        assert "default-src 'none'" in headers["content-security-policy"] and headers["x-content-type-options"] == "nosniff"
        assert not any(name.startswith("access-control") for name in headers)


def test_only_this_machine_by_its_own_names(server: Server) -> None:
    """Another Host is refused, so no page of another site can point a name at it."""
    assert httpx.get(server.url, headers={"Host": "evil.example"}).status_code == 400
    assert server.url.startswith(f"http://{ADDRESS}:")


def test_the_page_to_ask_on(server: Server) -> None:
    """Examples; an answer whose things lead to their pages; an error in its own words, nothing run."""
    page = httpx.get(f"{server.url}/query?{urlencode({'query': SELECT})}").text
    assert 'href="article/000-euronews.html"' in page and "5 rows" in page
    amiss = httpx.get(f"{server.url}/query?{urlencode({'query': '<script>alert(1)</script>'})}").text
    assert "<script>alert" not in amiss and 'role="alert"' in amiss


def test_the_pages_link_to_csv_is_for_spreadsheets(server: Server) -> None:
    """Nothing in it is run there; who asks for text/csv gets what the standard says."""
    query = 'SELECT * { VALUES (?a ?n) { ("=1+1" -5) } }'
    assert httpx.get(f"{server.url}/sparql?{urlencode({'query': query, 'format': 'csv'})}").text == "a,n\n'=1+1,-5\n"
    assert server.ask(query, Accept="text/csv").text == "a,n\r\n=1+1,-5\r\n"


def test_there_is_no_way_out_of_the_pages(server: Server) -> None:
    """Neither by dots nor by their escapes."""
    for path in ("/../pyproject.toml", "/%2e%2e/%2e%2e/etc/passwd", "/assets/../../x", "/nothing.html"):
        assert httpx.get(server.url + path).status_code == 404


# ---------------------------------------------------------------------------------------------------- limits and changes


def test_each_limit_strikes_and_is_said(seeds: Path) -> None:
    """A query that would run for ever, one nested 3,000 deep, one that asks elsewhere: each has an answer, and the next one too."""
    live = Live(seeds, seconds=1.0)
    state = live.state()
    try:
        for query, words in (
            (FOR_EVER, "limit of 1 s"),
            ("ASK " + "{" * 3000 + "}" * 3000, "nest"),
            ("ASK { SERVICE <http://a/> {} }", "SERVICE"),
        ):
            begun = time.monotonic()
            with pytest.raises(Exception, match=words) as told:
                state.ask(query, 1.0)
            assert "--timeout" not in str(told.value)  # which nobody has over HTTP
            assert time.monotonic() - begun < 5
            assert state.ask(ASK, 5.0)[0] == "a"
    finally:
        live.close()


def test_an_answer_that_is_too_long_is_said_to_be_on_the_page_too(seeds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read: nothing of it is shown."""
    monkeypatch.setattr("kg.serve.MOST_BYTES", 1 << 20)
    live = Live(seeds)
    try:
        page = _query_page(live, "SELECT * { ?s ?p ?o } LIMIT 10000").decode()
        assert "more than 1 MB" in page and "<tbody>" not in page
    finally:
        live.close()


def test_many_clients_at_once(server: Server) -> None:
    """Fifty, each with five questions: all answered."""
    told: list[int] = []

    def ask() -> None:
        with httpx.Client(timeout=60) as client:
            for _ in range(5):
                told.append(client.get(f"{server.url}/sparql", params={"query": SELECT}).status_code)

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [200] * 250


def sent(server: Server, words: bytes) -> socket.socket:
    """A connection on which these bytes were sent; closed, it is reset and not ended in order."""
    host, port = server.url.removeprefix("http://").split(":")
    held = socket.create_connection((host, int(port)), timeout=20)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    held.sendall(words)
    return held


def get(query: str) -> bytes:
    """A request for an answer."""
    return f"GET /sparql?{urlencode({'query': query})} HTTP/1.1\r\nHost: {ADDRESS}\r\n\r\n".encode()


POST = (
    f"POST /sparql HTTP/1.1\r\nHost: {ADDRESS}\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK".encode()
)  # the rest never comes


def test_a_client_that_hangs_up_does_no_harm(seeds: Path) -> None:
    """In the middle of a request, before its answer, in the middle of it; nor one that sends nonsense. The server has nothing to say."""
    one = Server(seeds)
    try:
        for words in (get(FOR_EVER)[:60], POST, b"nonsense\r\n\r\n", b"", get(FOR_EVER)):
            sent(one, words).close()
        with sent(one, get("SELECT * { ?a ?b ?c . ?d ?b ?f } LIMIT 60000")) as held:
            assert held.recv(1000).startswith(b"HTTP/1.1 200")
        assert one.ask(ASK).status_code == 200
    finally:
        assert one.stop() == ""


@pytest.mark.slow
def test_a_request_that_does_not_come_whole_is_not_waited_for(server: Server) -> None:
    """It is told so in some seconds."""
    with sent(server, POST) as held:
        told = held.makefile("rb").read()  # to its end: whoever has not sent it all is not listened to any more
        assert told.startswith(b"HTTP/1.1 400") and b"did not come whole" in told


@pytest.mark.parametrize(("sign", "status", "words"), [("SIGINT", 130, "interrupted\n"), ("SIGTERM", -15, ""), ("SIGHUP", -1, "")])
def test_a_signal_ends_it_at_once(sign: str, status: int, words: str, seeds: Path) -> None:
    """In the middle of a query too, within two seconds, without a traceback, and no process of it computes on."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests that run under nohup ignore it, and so would the server
    one = Server(seeds)
    signal.signal(signal.SIGHUP, before)
    with sent(one, get(FOR_EVER)) as held:
        computing = busiest(one.process.pid)
        one.process.send_signal(signal.Signals[sign])
        assert one.process.wait(2) == status
        assert held.recv(1000).startswith(b"HTTP/1.1 503") or sign == "SIGHUP"
    assert one.process.stderr
    with one.process.stderr:
        assert one.process.stderr.read() == words
    time.sleep(0.5)
    stat = Path(f"/proc/{computing}/stat")
    assert not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def busiest(parent: int) -> int:
    """The first child of a process that is seen to compute for half a second."""
    for _ in range(200):
        time.sleep(0.05)
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it ended meanwhile
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[1]) == parent and int(fields[11]) / os.sysconf("SC_CLK_TCK") > 0.5:
                    return int(stat.parent.name)
    raise AssertionError("no process computes")


def test_a_closed_laptop_is_opened_again(seeds: Path) -> None:
    """What was asked while the server was halted is answered when it goes on."""
    one = Server(seeds)
    one.process.send_signal(signal.SIGSTOP)
    with sent(one, get(ASK)) as held:
        held.settimeout(1)
        with pytest.raises(TimeoutError):
            held.recv(1000)
        one.process.send_signal(signal.SIGCONT)
        held.settimeout(20)
        assert held.recv(1000).startswith(b"HTTP/1.1 200")
    assert one.stop() == ""


def test_a_store_that_is_replaced(seeds: Path, tmp_path: Path, run: Run) -> None:
    """By another store: that one is served. By what is none: that is said, and when a store is there it is served again."""
    store, other = (Path(shutil.copytree(seeds, tmp_path / name)) for name in ("store", "other"))
    assert run("remove", "003-paraphrase", "--store", other).returncode == 0
    one = Server(store)
    try:
        assert httpx.get(f"{one.url}/healthz").json()["articles"] == 5
        store.rename(tmp_path / "away")
        other.rename(store)
        assert httpx.get(f"{one.url}/healthz").json()["articles"] == 4
        shutil.rmtree(store / "snapshots")
        (store / "journal.jsonl").touch()
        ways: list[Callable[[], object]] = [lambda: None, lambda: shutil.rmtree(store), store.mkdir, store.rmdir, store.touch]
        for breaks in ways:
            breaks()
            told = one.ask(ASK)
            assert told.status_code == 503 and len(told.text.splitlines()) == 3 and "try:" in told.text
        store.unlink()
        (tmp_path / "away").rename(store)
        assert one.ask(ASK).status_code == 200
    finally:
        assert one.stop() == ""


def test_a_store_that_changes_or_goes(seeds: Path, tmp_path: Path, run: Run) -> None:
    """What is added is there with the next request; one that is gone is said to be, and served again when it is back."""
    store = Path(shutil.copytree(seeds, tmp_path / "store"))
    one = Server(store)
    try:
        assert httpx.get(f"{one.url}/healthz").json()["articles"] == 5
        assert run("remove", "003-paraphrase", "--store", store).returncode == 0
        assert httpx.get(f"{one.url}/healthz").json()["articles"] == 4
        assert httpx.get(f"{one.url}/article/003-paraphrase.html").status_code == 404
        store.rename(tmp_path / "away")
        gone = httpx.get(one.url)
        assert gone.status_code == 503 and "the store is gone" in gone.text
        (tmp_path / "away").rename(store)
        assert httpx.get(one.url).status_code == 200
    finally:
        assert one.stop() == ""


def test_a_port_in_use_is_told(server: Server, seeds: Path, run: Run) -> None:
    """In three lines, exit 2; and a store that is not there, exit 1."""
    taken = run("serve", "--store", seeds, "--port", server.url.rpartition(":")[2])
    assert taken.returncode == 2 and len(taken.stderr.splitlines()) == 3 and "--port" in taken.stderr
    assert run("serve", "--store", seeds / "none").returncode == 1


def test_nothing_asked_changes_the_store(server: Server, seeds: Path) -> None:
    """Its digest before and after."""
    before = open_store(seeds).digest()
    server.ask(SELECT)
    httpx.post(f"{server.url}/sparql", data={"update": "CLEAR ALL"})
    assert open_store(seeds).digest() == before
