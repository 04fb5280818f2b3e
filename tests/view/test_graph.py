"""From a store to a file: what `kg graph` does, without the command line."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pyoxigraph as ox
import pytest

from kg.analyse.told import Told
from kg.errors import QueryError, UsageError
from kg.query import known_prefixes, load_query, run, unreviewed
from kg.store.embedded import Store, memory
from kg.view.graph import chart, draw, form_of, network, write
from kg.view.picture import FORMATS
from kg.view.shapes import Picture

DATA = """
@prefix kg: <https://w3id.org/proviso#> . @prefix id: <https://w3id.org/proviso/id/> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix actor: <https://w3id.org/proviso/id/actor/> .
actor:germany a kg:State, kg:Actor ; rdfs:label "Germany" .
actor:merz a kg:Person, kg:Actor ; rdfs:label "Friedrich <Merz>" .
actor:bundestag a kg:Parliament, kg:Institution, kg:Actor ; rdfs:label "Bundestag" .
id:c a kg:Commitment ; rdfs:label "contribute troops" ; kg:committer actor:germany .
id:k a kg:Condition ; rdfs:label "consent" ; kg:kind kg:kind-approval ; kg:decidedBy actor:bundestag .
id:s a kg:Statement ; kg:expresses id:c ; kg:stance kg:stance-open ; kg:requires id:k ; kg:speaker actor:merz ; kg:reportedIn id:a ; kg:context id:p .
id:a rdfs:label "Euronews" .
id:p oa:exact "It would require the consent of the Bundestag." ; oa:start 12 ; oa:end 58 .
"""
CHART = """
PREFIX kg: <https://w3id.org/proviso#> PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT ?actor ?commitment ?stance ?binding ?condition ?kind ?decidedBy ?speaker ?quote ?article ?start ?end {
  ?statement kg:expresses ?commitment ; kg:stance ?stance ; kg:speaker ?speaker ; kg:reportedIn ?article ; kg:context ?sentence .
  ?commitment kg:committer ?actor . ?sentence oa:exact ?quote ; oa:start ?start ; oa:end ?end .
  VALUES ?binding { kg:requires kg:exceptIf kg:triggeredBy } ?statement ?binding ?condition .
  ?condition kg:kind ?kind OPTIONAL { ?condition kg:decidedBy ?decidedBy }
}"""
NETWORK = """
PREFIX kg: <https://w3id.org/proviso#>
SELECT ?source ?target ?label (COUNT(*) AS ?weight) {
  ?statement kg:speaker ?source ; kg:requires/kg:decidedBy ?target BIND("waits for" AS ?label)
} GROUP BY ?source ?target ?label"""


@pytest.fixture(scope="module")
def store() -> Store:
    """One statement with one condition."""
    return memory(ox.Quad(*triple.triple) for triple in ox.parse(DATA, format=ox.RdfFormat.TURTLE))


def test_an_answer_is_a_chart(store: Store) -> None:
    """Who, what, only if, who decides; each with the words it rests on."""
    drawn = chart(store, run(store, CHART), "Germany", ("not reviewed",))
    boxes = {n.kind: n for n in drawn.nodes if n.kind != "heading"}
    labels = ("Germany", "contribute troops", "consent", "Bundestag")
    assert [boxes[kind].label for kind in ("actor", "commitment", "condition", "decider")] == list(labels)
    assert boxes["commitment"].symbol == "?" and boxes["condition"].detail == "approval" and drawn.notes == ("not reviewed",)
    (quote,) = boxes["decider"].quotes
    assert (quote.article, quote.start, quote.end, quote.speakers) == ("Euronews", 12, 58, ("Friedrich <Merz>",))


def test_an_answer_is_a_network(store: Store) -> None:
    """Nodes have their labels and kinds from the store."""
    drawn = network(store, run(store, NETWORK), "Waiting")
    assert {held["label"]: held["kind"] for _, held in drawn.nodes(data=True)} == {"Friedrich <Merz>": "person", "Bundestag": "parliament"}
    assert [held for *_, held in drawn.edges(data=True)] == [{"label": "waits for", "weight": 1.0}]


def test_the_question_is_the_title(store: Store) -> None:
    """Of the chart, of the network, of a network by its name; a query made for networks is drawn as one."""
    assert isinstance(draw(store), Picture)
    for kind, query in (("network", ""), ("waits-for", ""), ("chart", "waits-for"), ("network", "waits-for")):
        drawn = draw(store, kind, query)
        assert (
            isinstance(drawn, nx.DiGraph)
            and drawn.graph["title"] == load_query(query or {"network": "commitments"}.get(kind, kind)).question
        )


def test_what_it_is_narrowed_to_is_said(store: Store) -> None:
    """A value that the question does not show stands under it."""
    drawn = draw(store, given={"actor": "germany"})
    assert isinstance(drawn, Picture) and drawn.notes == ("actor: germany",)


@pytest.mark.parametrize(("kind", "query"), [("pie", ""), ("chart", "no-such-query"), ("waits-for", "who-what-only-if")])
def test_an_unknown_kind_or_query_is_a_usage_error(store: Store, kind: str, query: str) -> None:
    """With what there is."""
    with pytest.raises(UsageError):
        draw(store, kind, query)


@pytest.mark.parametrize(
    ("reviewed", "said"),
    [
        (["true", "true"], ()),
        (["true", "false"], ("No person has reviewed 1 of the 2 readings this rests on: a1.",)),
        (["false", "false"], ("No person has reviewed the readings this rests on: a0, a1.",)),
    ],
)
def test_what_no_person_has_reviewed_is_said(reviewed: list[str], said: tuple[str, ...]) -> None:
    """Of the readings in force; what a reading that has ended was does not matter."""
    words = "@prefix kg: <https://w3id.org/proviso#> . @prefix prov: <http://www.w3.org/ns/prov#> . @prefix r: <https://example.org/> .\n"
    words += "".join(f"r:n{at} kg:annotates r:a{at} ; kg:reviewed {value} .\n" for at, value in enumerate(reviewed))
    words += "r:old kg:annotates r:a0 ; kg:reviewed false ; prov:invalidatedAtTime '2026' ."
    store = memory(ox.Quad(*triple.triple) for triple in ox.parse(words, format=ox.RdfFormat.TURTLE))
    drawn = draw(store, "network")
    assert isinstance(drawn, nx.DiGraph) and drawn.graph["notes"] == "\n".join(said)


def test_an_article_whose_reading_is_not_known_counts_as_not_reviewed() -> None:
    """As one that came in as a file of its graph alone: nobody can tell who read it."""
    words = "@prefix kg: <https://w3id.org/proviso#> . @prefix r: <https://example.org/> .\n"
    words += "r:a a kg:Article . r:b a kg:Article . r:n kg:annotates r:b ; kg:reviewed true ."
    store = memory(ox.Quad(*triple.triple) for triple in ox.parse(words, format=ox.RdfFormat.TURTLE))
    said = "No person has reviewed 1 of the 2 readings this rests on: a."
    assert unreviewed(store) == unreviewed(store, run(store, known_prefixes() + "SELECT ?article { ?article a kg:Article }")) == (said,)
    assert Told(store).machine == {"https://example.org/a"}


@pytest.mark.parametrize("persons", ["n1", "n2"])
def test_of_two_readings_in_force_a_persons_counts(persons: str) -> None:
    """As in data that was joined elsewhere; what is said of an answer and what is shown of a thing agree."""
    words = "@prefix kg: <https://w3id.org/proviso#> . @prefix r: <https://example.org/> . r:a a kg:Article .\n"
    words += "".join(f"r:{n} kg:annotates r:a ; kg:reviewed {str(n == persons).lower()} .\n" for n in ("n1", "n2"))
    store = memory(ox.Quad(*triple.triple) for triple in ox.parse(words, format=ox.RdfFormat.TURTLE))
    assert (unreviewed(store), Told(store).machine) == ((), set())


@pytest.mark.parametrize("form", FORMATS)
def test_the_ending_says_the_form(store: Store, tmp_path: Path, form: str) -> None:
    """Every form of both is written, the same bytes twice, with title and note in it."""
    for name, drawn in (
        ("chart", chart(store, run(store, CHART), "Troops?", ("not reviewed",))),
        ("network", network(store, run(store, NETWORK), "Troops?", ("not reviewed",))),
    ):
        file = tmp_path / f"{name}.{form.upper()}"
        write(drawn, file)
        first = file.read_bytes()
        write(drawn, file)
        assert file.read_bytes() == first and b"Bundestag" in first
        assert "Troops?" in first.decode() and "not reviewed" in first.decode()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(f"{name}.{form.upper()}" for name in ("chart", "network"))


def test_a_chart_s_quotes_are_in_every_file(store: Store, tmp_path: Path) -> None:
    """Also where it becomes a graph: as a list in JSON, as the same list in text in GraphML and GEXF."""
    drawn = chart(store, run(store, CHART))
    for form in FORMATS:
        write(drawn, tmp_path / f"x.{form}")
    (held,) = (n for n in json.loads((tmp_path / "x.json").read_text("utf-8"))["nodes"] if n["kind"] == "commitment")
    assert held["quotes"][0]["quote"] == "It would require the consent of the Bundestag."
    read = nx.read_graphml(tmp_path / "x.graphml")
    assert json.loads(read.nodes[held["id"]]["quotes"]) == held["quotes"]
    assert "consent of the Bundestag." in (tmp_path / "x.gexf").read_text("utf-8")
    assert ElementTree.parse(tmp_path / "x.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize("name", ["x.pdf", "x", "html", ".json"])
def test_another_ending_is_a_usage_error(name: str, tmp_path: Path) -> None:
    """It is said before anything is asked or written, with the endings there are."""
    with pytest.raises(UsageError, match=r"\.graphml"):
        form_of(tmp_path / name)
    with pytest.raises(UsageError):
        write(nx.DiGraph(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("query", ["SELECT (1 AS ?one) {}", "SELECT (1 AS ?actor) (2 AS ?commitment) (3 AS ?condition) {}", "ASK {}"])
def test_an_answer_that_is_no_picture_is_refused(store: Store, query: str) -> None:
    """With the columns that are missing, and those there are."""
    with pytest.raises(QueryError, match="no chart"):
        chart(store, run(store, query))
    with pytest.raises(QueryError, match=r"no network(.|\n)*\?source and \?target"):
        network(store, run(store, query))


def test_no_rows_are_an_empty_picture(store: Store, tmp_path: Path) -> None:
    """Nothing found is no error."""
    write(chart(store, run(store, "SELECT ?actor ?commitment { FILTER(false) }")), tmp_path / "x.html")
    write(network(store, run(store, "SELECT ?source ?target { FILTER(false) }")), tmp_path / "x.gexf")
