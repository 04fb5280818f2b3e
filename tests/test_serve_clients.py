"""Clients that nobody here wrote, as their users use them: SELECT, ASK, CONSTRUCT, by GET and POST, and what they make of errors."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from kg.query import run as ask
from kg.store.embedded import open_store
from tests.support import ASK, CONSTRUCT, SELECT, Server

AMISS = "SELECT ?x { ?x a }"
COMUNICA = "@comunica/query-sparql@4.5.0"  # the last that runs on the Node.js 20 that Debian has
SCRIPT = """\
const {QueryEngine} = require("@comunica/query-sparql");
const [source, select, ask, construct] = JSON.parse(process.argv[2]);
const engine = new QueryEngine(), context = {sources: [source]};
(async () => {
  const rows = await (await engine.queryBindings(select, context)).toArray();
  const quads = await (await engine.queryQuads(construct, context)).toArray();
  console.log(JSON.stringify({
    rows: rows.map(row => row.get("a").value), holds: await engine.queryBoolean(ask, context), subjects: quads.map(quad => quad.subject.value),
  }));
})();
"""


@pytest.fixture(scope="module")
def articles(seeds: Path) -> list[str]:
    """What `SELECT` and `CONSTRUCT` find, by our own means."""
    found = [term.value for (term,) in ask(open_store(seeds), SELECT).rows if isinstance(term, ox.NamedNode)]
    assert len(found) == 5
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper(method: str, server: Server, articles: list[str]) -> None:
    """SELECT and ASK as JSON, CONSTRUCT as a graph of rdflib, an error with our words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the client's own
        from SPARQLWrapper import JSON, TURTLE, SPARQLWrapper
        from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

        client: Any = SPARQLWrapper(f"{server.url}/sparql")
        client.setMethod(method)

        def told(query: str, form: str) -> Any:
            client.setReturnFormat(form)
            client.setQuery(query)
            return client.queryAndConvert()

        assert [row["a"]["value"] for row in told(SELECT, JSON)["results"]["bindings"]] == articles
        assert told(ASK, JSON)["boolean"] is True
        assert sorted(map(str, rdflib.Graph().parse(data=told(CONSTRUCT, TURTLE)).subjects())) == articles
        with pytest.raises(QueryBadFormed, match="not valid SPARQL"):
            told(AMISS, JSON)


def status(graph: rdflib.Graph) -> Any:
    """The status that rdflib tells of a query that is amiss: by POST beside its reason in place of a result, by GET behind an error."""
    try:
        told: Any = graph.query(AMISS)
    except ValueError as error:
        return getattr(error.__context__, "code", None)
    return told[0]


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib(method: str, server: Server, articles: list[str]) -> None:
    """As a store of its own, asked by SPARQL and by patterns; an error is told in its own two ways."""
    store = SPARQLStore(f"{server.url}/sparql", method=method)
    graph = rdflib.Graph(store)
    assert [str(row[0]) for row in graph.query(SELECT)] == articles  # type: ignore[index]  # a SELECT's rows
    assert graph.query(ASK).askAnswer is True
    assert sorted(str(triple[0]) for triple in graph.query(CONSTRUCT)) == articles  # type: ignore[index]  # a CONSTRUCT's triples
    assert sorted(map(str, graph.subjects(rdflib.RDF.type, rdflib.URIRef("https://w3id.org/proviso#Article")))) == articles
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves the socket of an error to the collector
        assert status(graph) == 400
        gc.collect()


def test_rdflib_names_a_graph(server: Server, seeds: Path) -> None:
    """It sends the name as default-graph-uri: the triples are those of that graph and no others."""
    ours = open_store(seeds)
    for name in (ours.graphs()[0], "x:none"):
        graph = rdflib.Graph(SPARQLStore(f"{server.url}/sparql", context_aware=True), identifier=rdflib.URIRef(name))
        assert len(list(graph.query("SELECT * { ?s ?p ?o }"))) == ours.count(name)


def test_curl(server: Server, articles: list[str]) -> None:
    """As the help shows it; posted, as a form and as it is; CONSTRUCT; an error is told and is curl's exit code 22."""

    def told(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["curl", "-sS", "--fail-with-body", *arguments], capture_output=True, text=True, check=False)

    url = f"{server.url}/sparql"
    for asked in (["-G", "--data-urlencode", f"query={ASK}"], ["--data-urlencode", f"query={ASK}"], ["-H", "Content-Type: application/sparql-query", "--data-binary", ASK]):  # fmt: skip
        assert json.loads(told(url, *asked).stdout)["boolean"] is True
    assert told(url, "-H", "Accept: text/csv", "--data-urlencode", f"query={SELECT}").stdout.splitlines() == ["a", *articles]
    lines = told(url, "-H", "Accept: application/n-triples", "--data-urlencode", f"query={CONSTRUCT}").stdout.splitlines()
    assert sorted(line.split("> ")[0].removeprefix("<") for line in lines) == articles
    amiss = told(url, "--data-urlencode", f"query={AMISS}")
    assert amiss.returncode == 22 and "not valid SPARQL" in amiss.stdout


@pytest.fixture(scope="module")
def comunica(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Node.js finds Comunica, fetched with npm."""
    folder = tmp_path_factory.mktemp("comunica")
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("this test needs Node.js: install the programs `node` and `npm` and have them on the PATH")
    command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--prefix", str(folder), COMUNICA]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"npm cannot install {COMUNICA}; this test needs its registry\n{done.stderr}")
    (folder / "client.cjs").write_text(SCRIPT, "utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("typed", [True, False], ids=["typed", "untyped"])
def test_comunica(typed: bool, comunica: Path, server: Server, articles: list[str]) -> None:
    """Told that it is an endpoint, or left to find that out from what the service says of itself: our rows."""
    url = f"{server.url}/sparql"
    asked = json.dumps([{"type": "sparql", "value": url} if typed else url, SELECT, ASK, CONSTRUCT])
    done = subprocess.run(["node", "client.cjs", asked], cwd=comunica, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["rows"], told["holds"], sorted(told["subjects"])) == (articles, True, articles)
