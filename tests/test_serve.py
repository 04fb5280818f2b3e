"""The server: the W3C's protocol cases for queries by their names, limits that strike and are said, clients that nobody here wrote."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from kg.serve import ADDRESS, Live, _liked, _query_page
from kg.store.embedded import open_store
from tests.support import KG, Run

ASK = "ASK { ?s ?p ?o }"
SELECT = "PREFIX kg: <https://w3id.org/proviso#> SELECT ?a { ?a a kg:Article } ORDER BY ?a"
CONSTRUCT = "PREFIX kg: <https://w3id.org/proviso#> CONSTRUCT { ?a a kg:Article } WHERE { ?a a kg:Article }"
FOR_EVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?l) }"
JSON, QUERY, FORM = "application/sparql-results+json", "application/sparql-query", "application/x-www-form-urlencoded"


class Server:
    """A server in a process of its own, on a port that was free."""

    def __init__(self, store: Path) -> None:
        self.process = subprocess.Popen([*KG, "serve", "--store", str(store), "--port", "0"], stderr=subprocess.PIPE, text=True)
        assert self.process.stderr
        self.said = self.process.stderr.readline()
        self.url = self.said.split()[0].rstrip("/")

    def ask(self, query: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}/sparql?{urlencode({'query': query})}", headers=headers, timeout=60)

    def stop(self) -> str:
        """Ends it; what it said since."""
        assert self.process.stderr
        self.process.terminate()
        with self.process.stderr:
            assert self.process.wait(20) in (0, -15)
            return self.process.stderr.read()


@pytest.fixture(scope="module")
def server(seeds: Path) -> Iterator[Server]:
    one = Server(seeds)
    yield one
    one.stop()


# ---------------------------------------------------------------------------------------------------- the protocol


def test_query_get(server: Server) -> None:
    """W3C query_get: query via GET."""
    answer = server.ask(ASK, Accept=JSON)
    assert answer.status_code == 200 and answer.json()["boolean"] is True


def test_query_post_form(server: Server) -> None:
    """W3C query_post_form: query via URL-encoded POST."""
    answer = httpx.post(f"{server.url}/sparql", data={"query": ASK}, headers={"Accept": JSON})
    assert answer.status_code == 200 and answer.json()["boolean"] is True


def test_query_post_direct(server: Server) -> None:
    """W3C query_post_direct: query via POST directly."""
    answer = httpx.post(f"{server.url}/sparql", content=ASK, headers={"Content-Type": QUERY, "Accept": JSON})
    assert answer.status_code == 200 and answer.json()["boolean"] is True


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (ASK, JSON, JSON), (ASK, "application/sparql-results+xml", "application/sparql-results+xml"), (SELECT, JSON, JSON),
        (SELECT, "text/csv", "text/csv"), (SELECT, "text/tab-separated-values", "text/tab-separated-values"), (SELECT, "*/*", JSON),
        (CONSTRUCT, "text/turtle", "text/turtle"), (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"), (CONSTRUCT, "text/turtle;q=0.1, application/rdf+xml", "application/rdf+xml"),
    ],
)  # fmt: skip
def test_query_content_type(server: Server, query: str, accept: str, media: str) -> None:
    """W3C query_content_type_select, _ask, _construct, _describe: the answer has the type that was asked for."""
    answer = server.ask(query, Accept=accept)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)


def test_bad_query_method(server: Server) -> None:
    """W3C bad_query_method: another method is refused."""
    assert httpx.put(f"{server.url}/sparql", content=ASK, headers={"Content-Type": QUERY}).status_code == 405


def test_bad_multiple_queries(server: Server) -> None:
    """W3C bad_multiple_queries: two query parameters."""
    assert httpx.get(f"{server.url}/sparql?{urlencode([('query', ASK), ('query', SELECT)])}").status_code == 400


@pytest.mark.parametrize("media", ["text/plain", "application/json", ""])
def test_bad_query_wrong_media_type(server: Server, media: str) -> None:
    """W3C bad_query_wrong_media_type, bad_query_missing_form_type, bad_query_missing_direct_type."""
    assert httpx.post(f"{server.url}/sparql", content=ASK, headers={"Content-Type": media}).status_code == 400


def test_bad_query_non_utf8(server: Server) -> None:
    """W3C bad_query_non_utf8: another encoding."""
    answer = httpx.post(f"{server.url}/sparql", content=ASK.encode("utf-16"), headers={"Content-Type": QUERY + "; charset=UTF-16"})
    assert answer.status_code == 400


def test_bad_query_syntax(server: Server) -> None:
    """W3C bad_query_syntax: the error names the line and what to try."""
    answer = server.ask("SELECT ?x\nWHERE { ?x a }")
    assert answer.status_code == 400 and "line 2" in answer.text and "try:" in answer.text


def test_bad_update_and_other_data_are_refused(server: Server) -> None:
    """Nothing can be changed, no other data set chosen, nobody else asked."""
    for given in ({"update": "DROP ALL"}, {"query": ASK, "default-graph-uri": "http://a/"}, {"query": "DROP ALL"}):
        assert httpx.post(f"{server.url}/sparql", data=given).status_code == 400
    for query in ("ASK { SERVICE <http://a/> { ?s ?p ?o } }", "ASK FROM <http://a/> { ?s ?p ?o }", "LOAD <http://a/>"):
        assert server.ask(query).status_code == 400


def test_the_service_describes_itself(server: Server) -> None:
    """Without a query, in Turtle that parses."""
    answer = httpx.get(f"{server.url}/sparql")
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    assert rdflib.URIRef(f"{server.url}/sparql") in set(graph.objects())


def test_what_no_form_can_hold_is_said(server: Server) -> None:
    """406, with the forms there are."""
    answer = server.ask(SELECT, Accept="image/png")
    assert answer.status_code == 406 and "text/csv" in answer.text


@pytest.mark.parametrize(
    ("accept", "liked"), [("*/*", "a/x"), ("b/y", "b/y"), ("a/*;q=0.2, b/y;q=0.3", "b/y"), ("a/x;q=0", ""), ("c/z", ""), ("q=;;,,", "")]
)
def test_the_form_a_client_likes_best(accept: str, liked: str) -> None:
    """By weight, then by closeness, then by our order."""
    assert _liked(accept, ("a/x", "b/y")) == liked


# ---------------------------------------------------------------------------------------------------- clients


def test_sparqlwrapper(server: Server) -> None:
    """SELECT, ASK and CONSTRUCT, by GET and POST."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the client's own
        from SPARQLWrapper import JSON as AS_JSON
        from SPARQLWrapper import POST, SPARQLWrapper

        client: Any = SPARQLWrapper(f"{server.url}/sparql")
        client.setReturnFormat(AS_JSON)
        client.setQuery(SELECT)
        assert len(client.queryAndConvert()["results"]["bindings"]) == 5
        client.setMethod(POST)
        client.setQuery(ASK)
        assert client.queryAndConvert()["boolean"] is True


def test_rdflib(server: Server) -> None:
    """As a store of its own."""
    graph = rdflib.Graph(SPARQLStore(f"{server.url}/sparql"))
    assert len(list(graph.query(SELECT))) == 5


def test_curl(server: Server) -> None:
    """As the help shows it."""
    done = subprocess.run(["curl", "-sf", f"{server.url}/sparql?{urlencode({'query': ASK})}"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["boolean"] is True


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
            with pytest.raises(Exception, match=words):
                state.ask(query, 1.0)
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
