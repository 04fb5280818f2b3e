"""The server: pages that are the site's, limits that strike and are said, a store that changes or goes."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from kg.serve import ADDRESS, Live
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
            with pytest.raises(Exception, match=words):
                state.ask(query, 1.0)
            assert time.monotonic() - begun < 5
            assert state.ask(ASK, 5.0)[0] == "a"
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


def test_a_client_that_hangs_up_does_no_harm(server: Server) -> None:
    """Nor one that sends nonsense."""
    host, port = server.url.removeprefix("http://").split(":")
    for words in (b"GET /sparql?query=" + FOR_EVER.replace(" ", "+").encode()[:60], b"nonsense\r\n\r\n", b""):
        with socket.create_connection((host, int(port))) as held:
            held.sendall(words)
    assert server.ask(ASK).status_code == 200


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
