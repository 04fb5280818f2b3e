"""The SPARQL 1.1 Protocol: the W3C's cases for queries by their names, and what they leave out of datasets and answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

import httpx
import pyoxigraph as ox
import pytest
import rdflib

from kg.serve import _liked
from kg.store.embedded import create, writer
from tests.support import ASK, CONSTRUCT, SELECT, Server

JSON, QUERY, FORM = "application/sparql-results+json", "application/sparql-query", "application/x-www-form-urlencoded"
TYPE, DOCUMENT = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode("http://xmlns.com/foaf/0.1/Document")
DATA = [f"http://kasei.us/2009/09/sparql/data/data{n}.rdf" for n in range(4)]  # the W3C's graphs; the store lacks the first
BOTH = f"ASK {{ <{DATA[1]}> a ?type . <{DATA[2]}> a ?type . }}"
EACH = f"GRAPH ?g1 {{ <{DATA[1]}> a ?type }} GRAPH ?g2 {{ <{DATA[2]}> a ?type }}"
SYNTAX = {
    "tabular": {JSON, "application/sparql-results+xml", "text/csv", "text/tab-separated-values"},
    "boolean": {JSON, "application/sparql-results+xml"},
    "RDF": {"text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"},
}  # what is expected -> the media types that hold it


@pytest.fixture(scope="module")
def w3c(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of three of the W3C's graphs, each of which says that it is a document."""
    store = tmp_path_factory.mktemp("w3c") / "store"
    create(store)
    with writer(store, "add", "2026-01-07T10:00:00Z") as writing:
        for graph in DATA[1:]:
            writing.replace_graph(graph, [ox.Triple(ox.NamedNode(graph), TYPE, DOCUMENT)], when="2026-01-07T10:00:00Z")
    one = Server(store)
    yield one
    one.stop()


class Case(NamedTuple):
    """A request as the W3C's manifest has it, and what is expected: a key of `SYNTAX`, `true`, or `4xx`."""

    name: str
    expected: str
    method: str
    parameters: Sequence[tuple[str, str]] = ()
    media: str = ""
    body: bytes = b""


def default(*numbers: int) -> list[tuple[str, str]]:
    """The parameters that make the default graph of these graphs."""
    return [("default-graph-uri", DATA[n]) for n in numbers]


def named(*numbers: int) -> list[tuple[str, str]]:
    """The parameters that let GRAPH see these graphs."""
    return [("named-graph-uri", DATA[n]) for n in numbers]


CASES = [
    Case("query_post_form", "true", "POST", default(0), FORM, b"query=ASK%20%7B%7D"),
    Case("query_dataset_default_graph", "true", "POST", default(1), FORM, urlencode({"query": f"ASK {{ <{DATA[1]}> a ?type }}"}).encode()),
    Case("query_dataset_default_graphs_get", "true", "GET", [("query", BOTH), *default(1, 2)]),
    Case("query_dataset_default_graphs_post", "true", "POST", default(1, 2), QUERY, BOTH.encode()),
    Case("query_dataset_named_graphs_post", "true", "POST", named(1, 2), QUERY, f"ASK {{ {EACH} }}".encode()),
    Case("query_dataset_named_graphs_get", "true", "GET", [("query", f"ASK {{ {EACH} }}"), *named(1, 2)]),
    Case("query_dataset_full", "true", "POST", [*default(3), *named(1, 2)], QUERY, f"ASK {{ <{DATA[3]}> a ?type {EACH} }}".encode()),
    # The manifest escapes the & between the two parameters too, which would make one graph of them.
    Case("query_multiple_dataset", "true", "POST", named(1, 2), QUERY, f"ASK FROM <{DATA[3]}> {{ {EACH} }}".encode()),
    Case("query_get", "true", "GET", [("query", "ASK {}"), *default(0)]),
    Case("query_content_type_select", "tabular", "POST", default(0), QUERY, b"SELECT (1 AS ?value) {}"),
    Case("query_content_type_ask", "boolean", "POST", default(0), QUERY, b"ASK {}"),
    Case("query_content_type_describe", "RDF", "POST", default(0), QUERY, b"DESCRIBE <http://example.org/>"),
    Case("query_content_type_construct", "RDF", "POST", default(0), QUERY, b"CONSTRUCT { <s> <p> 1 } WHERE {}"),
    Case("query_post_direct", "true", "POST", (), QUERY, b"ASK {}"),
    Case("bad_query_method", "4xx", "PUT", [("query", "ASK {}"), *default(0)], FORM),
    Case("bad_multiple_queries", "4xx", "GET", [("query", "ASK {}"), ("query", "SELECT * {}")]),
    Case("bad_query_wrong_media_type", "4xx", "POST", (), "text/plain", b"ASK {}"),
    Case("bad_query_missing_form_type", "4xx", "POST", (), "", b"query=ASK%20%7B%7D"),
    Case("bad_query_missing_direct_type", "4xx", "POST", (), "", b"ASK {}"),
    Case("bad_query_non_utf8", "4xx", "POST", (), QUERY + "; charset=UTF-16", "ASK {}".encode("utf-16")),
    Case("bad_query_syntax", "4xx", "GET", [("query", "ASK {")]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_w3c(case: Case, w3c: Server) -> None:
    """The W3C's case of this name."""
    headers = {"Content-Type": case.media} if case.media else {}
    answer = httpx.request(case.method, f"{w3c.url}/sparql", params=list(case.parameters), content=case.body or None, headers=headers)
    if case.expected == "4xx":
        assert 400 <= answer.status_code < 500
        return
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] in SYNTAX["boolean" if case.expected == "true" else case.expected]
    if case.expected == "true":
        assert answer.json()["boolean"] is True


@pytest.mark.parametrize("page", ["sparql", "query"])
def test_what_is_no_utf8_is_refused_wherever_it_stands(page: str, w3c: Server) -> None:
    """In an address, in a form and as the query itself: another query than was sent would be answered."""
    garbled, plain = b"query=ASK%20%7B%3Fs%20%3Fp%20%22%FF%22%7D", b"query=ASK%20%7B%3Fs%20%3Fp%20%22%C3%BF%22%7D"
    answers = [httpx.get(f"{w3c.url}/{page}?{form.decode()}") for form in (garbled, plain)]
    if page == "sparql":
        answers += [httpx.post(f"{w3c.url}/{page}", content=form, headers={"Content-Type": FORM}) for form in (garbled, plain)]
        answers += [httpx.post(f"{w3c.url}/{page}", content=b'ASK {?s ?p "\xff"}', headers={"Content-Type": QUERY})]
    assert [answer.status_code for answer in answers] == [400, 200, 400, 200, 400][: len(answers)]
    assert answers[0].text.startswith("the request is not in UTF-8")


# ---------------------------------------------------------------------------------------------------- datasets


@pytest.mark.parametrize(
    ("parameters", "query", "found"),
    [
        ([], "SELECT ?s { ?s a ?type }", [1, 2, 3]),  # all graphs together
        (default(1), "SELECT ?s { ?s a ?type }", [1]),
        (default(0), "SELECT ?s { ?s a ?type }", []),  # not in the store
        (default(1), "SELECT ?s { GRAPH ?g { ?s a ?type } }", []),
        (named(1), "SELECT ?s { ?s a ?type }", []),
        (named(0, 1), "SELECT ?s { GRAPH ?g { ?s a ?type } }", [1]),
        (default(1), f"SELECT ?s FROM <{DATA[2]}> {{ ?s a ?type }}", [1]),
        (default(1), f"SELECT ?s FROM NAMED <{DATA[2]}> {{ GRAPH ?g {{ ?s a ?type }} }}", []),
        (named(1), f"SELECT ?s FROM <{DATA[2]}> {{ ?s a ?type }}", []),
    ],
)  # fmt: skip
def test_a_dataset_is_of_the_graphs_chosen_and_of_no_others(
    parameters: list[tuple[str, str]], query: str, found: list[int], w3c: Server
) -> None:
    """Without one named kind of graph it has none of that kind; it overrides the FROM of the query."""
    answer = httpx.get(f"{w3c.url}/sparql", params=[("query", f"{query} ORDER BY ?s"), *parameters])
    assert [row["s"]["value"] for row in answer.json()["results"]["bindings"]] == [DATA[n] for n in found]


def test_what_no_dataset_lifts(w3c: Server) -> None:
    """With one or without: FROM alone, a service, an update, and a graph whose IRI is none are refused in three lines."""
    amiss: list[tuple[str, list[tuple[str, str]]]] = [
        (f"ASK FROM <{DATA[1]}> {{ ?s ?p ?o }}", []),
        ("ASK { SERVICE <http://a/> { ?s ?p ?o } }", default(1)),
        ("LOAD <http://a/>", default(1)),
        ("DROP ALL", default(1)),
        (ASK, [("default-graph-uri", "not an IRI")]),
        (ASK, [("using-graph-uri", DATA[1])]),
        (ASK, [("update", "DROP ALL")]),
    ]
    for query, parameters in amiss:
        answer = httpx.post(f"{w3c.url}/sparql", data={"query": query}, params=dict(parameters))
        assert answer.status_code == 400 and "try:" in answer.text, query


# ---------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (ASK, JSON, JSON), (ASK, "application/sparql-results+xml", "application/sparql-results+xml"), (SELECT, JSON, JSON),
        (SELECT, "text/csv", "text/csv"), (SELECT, "text/tab-separated-values", "text/tab-separated-values"), (SELECT, "*/*", JSON),
        (CONSTRUCT, "text/turtle", "text/turtle"), (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"), (CONSTRUCT, "text/turtle;q=0.1, application/rdf+xml", "application/rdf+xml"),
    ],
)  # fmt: skip
def test_the_answer_has_the_type_that_was_asked_for(server: Server, query: str, accept: str, media: str) -> None:
    """Every form, by its weight."""
    answer = server.ask(query, Accept=accept)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)


def test_an_error_of_syntax_is_explained(server: Server) -> None:
    """It names the line and what to try."""
    answer = server.ask("SELECT ?x\nWHERE { ?x a }")
    assert answer.status_code == 400 and "line 2" in answer.text and "try:" in answer.text


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
