"""Named queries, their parameters, free SPARQL, and what answers look like."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph as ox
import pytest
import yaml

import kg
import kg.query.files
import kg.query.parameters
from kg.errors import QueryError, UsageError
from kg.query import Answer, NamedQuery, Parameter, ask_store, bind, list_queries, load_query, run, to_json_rows, to_text, to_text_rows
from kg.store import sparql
from kg.store.embedded import Store, create, memory, open_store, writer
from kg.triples.terms import TYPE
from kg.vocabulary import KG, PREFIXES, concept

DATA = """
GRAPH kg:registry {
  <https://w3id.org/proviso/id/actor/emmanuel-macron> a kg:Person, kg:Actor ; rdfs:label "Emmanuel Macron" ; skos:altLabel "Macron", "Präsident Macron" .
  <https://w3id.org/proviso/id/actor/bundestag> a kg:Parliament, kg:Institution, kg:Actor ; rdfs:label "Bundestag" ; skos:altLabel "parliament" .
  <https://w3id.org/proviso/id/actor/rada> a kg:Parliament, kg:Institution, kg:Actor ; rdfs:label "Rada" ; skos:altLabel "Parliament" .
  <https://w3id.org/proviso/id/actor/pedro-s%C3%A1nchez> a kg:Person, kg:Actor ; rdfs:label "Pedro Sánchez" .
  <https://w3id.org/proviso/id/action/military-presence> a kg:Action ; rdfs:label "military presence" ; skos:altLabel "boots on the ground" .
  <https://w3id.org/proviso/id/place/ukraine> a kg:Place ; rdfs:label "Ukraine" .
}
GRAPH <https://w3id.org/proviso/id/article/a%20b> {
  <https://w3id.org/proviso/id/article/a%20b> a kg:Article ; rdfs:label "Who goes where" .
  <x:st> rdfs:label "=1+1" ; kg:speaker <https://w3id.org/proviso/id/actor/emmanuel-macron> ; kg:confidence 0.7 ; kg:inferred true ; kg:saidOn "2026-01"^^xsd:gYearMonth .
}
"""

# Text that would break out of a literal, an IRI or a clause if anything were pasted rather than serialised.
NASTY = [
    '" } DROP ALL #', "' . ?s ?p ?o", "\\", '\\"', '"""', "'''", "} UNION { ?s ?p ?o", "> <x:y> ?o . <x:z", "\n#\r\n}", "\\u0022 } {",
    "\t\x00\x7f", "😀\u2028\u202e", "?x", "$what", "UNDEF", "(1 2)", "<x:a>", "SERVICE <http://127.0.0.1:1/> {}", "a" * 5000, "{x}", "%s%d",
]  # fmt: skip


@pytest.fixture
def store() -> Store:
    """A few actors, an action, a place, an article."""
    engine = ox.Store()
    engine.update("".join(f"PREFIX {name}: <{base}>\n" for name, base in PREFIXES.items()) + "INSERT DATA {" + DATA + "}")
    return memory(engine)


def query(kind: str, default: str = "UNDEF", body: str = "") -> NamedQuery:
    """A query with one parameter, `it`, of a type."""
    text = f"SELECT ?it WHERE {{ VALUES ?it {{ {default} }} {body} }} ORDER BY ?it"
    return NamedQuery("test", Path("test.rq"), "Who about {it}?", 1, (Parameter("it", kind, "any"),), "table", text, {})


def values(store: Store, kind: str, value: str, default: str = "UNDEF") -> list[str]:
    """What the values of one parameter are once bound."""
    found = [row[0] for row in ask_store(store, query(kind, default), {"it": value}).rows]
    return [term.value.removeprefix("https://w3id.org/proviso") if isinstance(term, ox.NamedNode) else str(term) for term in found if term]


# Query files


def test_every_query_file_can_be_read() -> None:
    """Its header is YAML, quickly read or slowly; its parameters stand in it; the engine takes it."""
    found = list_queries()
    assert found and len({q.name for q in found}) == len(found)
    for named in found:
        lines = [line[2:].removeprefix(" ") for line in named.text.splitlines() if line.startswith("#+")]
        assert named.header == yaml.load("\n".join(lines), Loader=yaml.BaseLoader), named.name
        assert named.question and load_query(named.name) == named
        run(memory(), named.text)
        for parameter in named.parameters:
            assert parameter.type in kg.query.TYPES
            assert sparql.values(named.text, parameter.name), f"{named.name}: VALUES ?{parameter.name}"


@pytest.mark.parametrize(
    "header",
    [
        'question: Who conditioned {topic} on {decider}?\nnumber: 1\nparameters:\n  topic: {type: action, default: military-presence, means: "a, b: c"}\ndraw: table',
        "question: \"Who said: 'no'?\"\ncomplete: 'with origins'\nparameters:\n  since: {type: date, default: 2026-01}\n  n: {type: number, default: -5}",
        "question: it's this, {that} and [those]\nparameters: {}",
        "parameters:\n  a:\n    type: text\n    means: |\n      long\n",
        'question: "with \\" and \\u00e9"\nlist: [a, b]',
        "a: b # comment\nc: 'it''s'\nd: x:y",
        "parameters:\n  a: {type: text, means: 'x, y', default: \"\"}",
    ],
)
def test_the_quick_reading_of_a_header_is_yamls(header: str) -> None:
    """Where it is not sure it says so, and YAML reads."""
    assert kg.query.files._plain(header.splitlines()) in (None, yaml.load(header, Loader=yaml.BaseLoader))


def test_the_usual_header_is_read_without_yaml() -> None:
    """Importing a YAML parser costs as much as the whole query."""
    header = 'question: Who conditioned {topic} on {decider}?\nnumber: 1\nparameters:\n  topic: {type: action, default: x, means: "any, or: all"}\n  b: {type: date}'
    read = kg.query.files._plain(header.splitlines())
    assert read and read["parameters"]["topic"] == {"type": "action", "default": "x", "means": "any, or: all"}


def test_an_unknown_query_gets_the_nearest_names() -> None:
    """And exit code 2."""
    with pytest.raises(UsageError, match="condition-cycel") as unknown:
        load_query("condition-cycel")
    assert "condition-cycle" in unknown.value.hint and unknown.value.exit_code == 2


# Parameters


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("actor", "emmanuel-macron", ["/id/actor/emmanuel-macron"]),
        ("actor", "EMMANUEL  macron", ["/id/actor/emmanuel-macron"]),
        ("actor", "Macron", ["/id/actor/emmanuel-macron"]),
        ("actor", "prasident macron", ["/id/actor/emmanuel-macron"]),
        ("actor", "Pedro Sanchez", ["/id/actor/pedro-s%C3%A1nchez"]),
        ("actor", "id:actor/rada", ["/id/actor/rada"]),
        ("actor", "https://w3id.org/proviso/id/actor/rada", ["/id/actor/rada"]),
        ("actor", "parliament", ["/id/actor/bundestag", "/id/actor/rada"]),
        ("action", "boots on the ground", ["/id/action/military-presence"]),
        ("place", "ukraine", ["/id/place/ukraine"]),
        ("article", "a b", ["/id/article/a%20b"]),
        ("kind-of-actor", "parliament", ["#Parliament"]),
        ("kind-of-actor", "unnamed source", ["#UnnamedSource"]),
        ("kind-of-actor", "Actor", ["#Actor"]),
        ("condition-kind", "Approval", ["#kind-approval"]),
        ("channel", "signed-document", ["#channel-signed-document"]),
        ("stance", "kg:stance-pledged", ["#stance-pledged"]),
        ("date", "2026-01", ['"2026-01"']),
        ("number", "-0.5", ['"-0.5"^^<http://www.w3.org/2001/XMLSchema#decimal>']),
        ("number", "12", ['"12"^^<http://www.w3.org/2001/XMLSchema#integer>']),
        ("actor", "any", []),
        ("text", "any", ['"any"']),
    ],
)
def test_a_value_means_what_it_names(kind: str, value: str, found: list[str], store: Store) -> None:
    """By id, IRI, label or other name, in any case, with or without accents; where it names several, all of them."""
    assert values(store, kind, value) == found


def test_names_are_looked_up_once_in_what_does_not_change(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a snapshot; of what is being written, or is in memory, each time, for it may have a new name. An IRI needs no names."""
    made = tmp_path / "store"
    create(made)
    looked: list[str] = []

    def look(store: Store, cls: str, place: str) -> set[tuple[str, str]]:
        looked.append(cls)
        return {("x:land", "Land")}

    monkeypatch.setattr(kg.query.parameters, "names", look)
    with writer(made, "test", "2026-01-01T00:00:00Z") as writing:
        named = "<https://w3id.org/proviso/id/actor/norland>"
        writing.replace_graph(
            "x:g", [ox.Triple(ox.NamedNode(named[1:-1]), ox.NamedNode(TYPE), ox.NamedNode(KG + "Actor"))], when="2026-01-01T00:00:00Z"
        )
        assert values(writing, "actor", named) == ["/id/actor/norland"] and not looked
        assert [values(writing, "actor", name) for name in ("Land", "land")] == [["x:land"]] * 2 and len(looked) == 2
    looked.clear()
    for reader in (open_store(made), open_store(made)):
        assert [values(reader, "actor", name) for name in ("Land", "land")] == [["x:land"]] * 2
    assert looked == ["Actor", "Actor"]


def test_a_date_is_typed_where_the_query_has_a_typed_one(store: Store) -> None:
    """As precise as it was given."""
    typed = '"2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date>'
    assert values(store, "date", "2026-01", typed) == ['"2026-01"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>']


@pytest.mark.parametrize(
    ("kind", "value", "hint"),
    [
        ("actor", "Emanuel Macrn", "did you mean Emmanuel Macron"),
        ("actor", "ukraine", "kg queries"),
        ("place", "Ukrain", "Ukraine"),
        ("kind-of-actor", "parlament", "parliament"),
        ("stance", "firm", "pledged"),
        ("stance", "kind-pledged", "pledged"),
        ("kind-of-actor", "any actor", "parliament"),
        ("date", "6 January 2026", "2026-01-06"),
        ("date", "2026-13", "2026-01-06"),
        ("date", "2026-02-30", "2026-01-06"),
        ("date", "２０２６", "2026-01-06"),
        ("number", "many", "digits"),
        ("number", "1e5", "digits"),
        ("text", "\ud800", "UTF-8"),
    ],
)
def test_a_wrong_value_is_refused_with_the_nearest(kind: str, value: str, hint: str, store: Store) -> None:
    """An exit code of 2, never an empty answer."""
    with pytest.raises(UsageError) as wrong:
        values(store, kind, value)
    assert hint in wrong.value.hint


def test_an_unknown_parameter_is_refused(store: Store) -> None:
    """With those it has."""
    with pytest.raises(UsageError, match="no parameter 'what'") as unknown:
        bind(store, query("text"), {"what": "x"})
    assert "it" in unknown.value.hint


def test_what_is_not_given_keeps_its_default(store: Store) -> None:
    """The text is the file's, byte for byte."""
    named = query("text", '"as it was"')
    assert bind(store, named, {}) == named.text
    assert named.asked() == "Who about any?" and named.asked({"it": "x"}) == "Who about x?"


@pytest.mark.parametrize("payload", NASTY)
def test_text_is_never_query(payload: str, store: Store) -> None:
    """A nasty value gives the rows of an oracle that compares in Python, and comes back as it was."""
    engine = ox.Store()
    for text in [*NASTY, "plain"]:
        engine.add(ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:p"), ox.Literal(text), ox.NamedNode("x:g")))
    rows = ask_store(memory(engine), query("text", '"plain"', "?s <x:p> ?it"), {"it": payload}).rows
    assert [row[0].value for row in rows if isinstance(row[0], ox.Literal)] == [t for t in NASTY if t == payload]
    for kind in ("actor", "article", "stance", "date", "number", "kind-of-actor"):
        with pytest.raises(UsageError):
            values(store, kind, payload)


# Free SPARQL


def test_all_graphs_are_one(store: Store) -> None:
    """A pattern crosses them."""
    found = run(store, f"SELECT ?name {{ <x:st> <{KG}speaker> ?who . ?who <http://www.w3.org/2000/01/rdf-schema#label> ?name }}")
    assert found == Answer(("name",), [(ox.Literal("Emmanuel Macron"),)])


@pytest.mark.parametrize("timeout", [None, 20.0])
def test_each_form_has_its_answer(timeout: float | None, store: Store) -> None:
    """The same in this process and in one that can be stopped."""
    selected = run(store, "SELECT ?s ?none { ?s a <https://w3id.org/proviso#Place> }", timeout)
    assert selected == Answer(("s", "none"), [(ox.NamedNode("https://w3id.org/proviso/id/place/ukraine"), None)])
    assert run(store, "ASK { ?s ?p ?o }", timeout).rows == [(ox.Literal(True),)]
    made = run(store, "CONSTRUCT { ?s <x:p> ?o, 1 } { ?s a ?o . ?s a <https://w3id.org/proviso#Place> }", timeout)
    assert (made.kind, made.columns, len(made.rows)) == ("construct", ("subject", "predicate", "object"), 2)
    for wrong, words in (("SELECT {", "not valid SPARQL"), ("SELECT * { SERVICE <x:y> {} }", "refused"), ("", "empty")):
        with pytest.raises(QueryError, match=words) as said:
            run(store, wrong, timeout)
        assert said.value.exit_code == 1


def test_a_runaway_is_stopped(store: Store) -> None:
    """At its limit, not after it."""
    patterns = "".join(f"?a{i} ?b{i} ?c{i} . " for i in range(8))
    lengths = " + ".join(f"STRLEN(STR(?c{i}))" for i in range(8))
    before = time.monotonic()
    with pytest.raises(QueryError, match=r"limit of 0\.2 s"):
        run(store, "SELECT (COUNT(*) AS ?n) { " + patterns + f"FILTER({lengths} < 0) }}", 0.2)
    assert time.monotonic() - before < 1.5


@pytest.mark.parametrize("limit", ["None", "60.0"])
def test_ctrl_c_ends_a_query(limit: str, tmp_path: Path) -> None:
    """Within two seconds, with exit code 130, no traceback, and no process left."""
    create(tmp_path / "store")
    with writer(tmp_path / "store", "add", "") as writing:
        writing.replace_graph(
            "x:g", [ox.Triple(ox.NamedNode(f"x:{i}"), ox.NamedNode("x:p"), ox.Literal(f"v{i}")) for i in range(3000)], when=""
        )
    code = f"""
import sys
sys.path[:0] = [{str(Path(kg.__file__).parents[1])!r}]
from pathlib import Path
from types import SimpleNamespace
from kg.query import run
from kg.store.embedded import open_store
store = open_store(Path({str(tmp_path / "store")!r}))
print("asking", flush=True)
try:
    run(store, "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(?c) + STRLEN(?f) + STRLEN(?i) < 0) }}", {limit})
except KeyboardInterrupt:
    sys.exit(130)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"asking\n"
    time.sleep(0.5)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=5)[1] == b"" and process.returncode == 130
    assert time.monotonic() - asked < 2


# Answers


def everything(store: Store) -> Answer:
    """A row with every kind of term, and one with nothing."""
    return run(store, f"SELECT ?who ?words ?sure ?inferred ?when ?gone {{ <x:st> <{KG}speaker> ?who ; <http://www.w3.org/2000/01/rdf-schema#label> ?words ;"
        f" <{KG}confidence> ?sure ; <{KG}inferred> ?inferred ; <{KG}saidOn> ?when . OPTIONAL {{ ?who <x:no> ?gone }} }}")  # fmt: skip


def test_json_has_labels_numbers_and_null(store: Store) -> None:
    """An object a row; an array as json, a line each as jsonl."""
    who = {"iri": "https://w3id.org/proviso/id/actor/emmanuel-macron", "label": "Emmanuel Macron"}
    row = {"who": who, "words": "=1+1", "sure": 0.7, "inferred": True, "when": "2026-01", "gone": None}
    answer = everything(store)
    assert to_json_rows(store, answer) == [row]
    assert (
        json.loads(to_text(store, answer, "json")) == [row] == [json.loads(line) for line in to_text(store, answer, "jsonl").splitlines()]
    )
    assert json.loads(to_text(store, Answer(("a",), []), "json")) == []


def test_csv_has_a_column_of_iris_and_no_formula(store: Store) -> None:
    """A spreadsheet shows the text and runs nothing; a negative number stays a number."""
    rows = list(csv.DictReader(io.StringIO(to_text(store, everything(store), "csv"))))
    assert rows == [
        {"who": "Emmanuel Macron", "who_iri": "https://w3id.org/proviso/id/actor/emmanuel-macron", "words": "'=1+1", "sure": "0.7",
         "inferred": "true", "when": "2026-01", "gone": ""}
    ]  # fmt: skip
    odd = Answer(("a",), [(ox.Literal(-5),), (ox.Literal("-5"),), (ox.Literal('a\r\nb,"c"'),), (ox.Literal("@x"),)])
    assert [row[0] for row in csv.reader(io.StringIO(to_text(store, odd, "csv"), newline=""))] == ["a", "-5", "'-5", 'a\r\nb,"c"', "'@x"]


def test_what_a_cell_held_can_be_told_back(store: Store) -> None:
    """An apostrophe before such a sign gets another one; one before anything else stays alone."""
    cells = {"=1": "'=1", "'=1": "''=1", "'tis": "'tis", "-": "'-", "\n=1": "'\n=1", "＝1": "'＝1", "a=1": "a=1"}
    text = to_text(store, Answer(("a",), [(ox.Literal(cell),) for cell in cells]), "csv")
    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""))] == ["a", *cells.values()]


def test_md_and_table_show_labels(store: Store) -> None:
    """Things without one are shown by their prefixed name; markup in text stays text."""
    answer = Answer(("a", "b"), [(ox.NamedNode(concept("stances", "open")), ox.Literal("x | <b>*\ny"))])
    assert to_text_rows(store, answer) == [["kg:stance-open", "x | <b>*\ny"]]
    assert to_text(store, answer, "md") == "| a | b |\n| --- | --- |\n| kg:stance-open | x \\| \\<b\\>\\* y |\n"


def test_a_graph_comes_as_rdf(store: Store) -> None:
    """In four formats; rows do not."""
    made = run(store, "CONSTRUCT { ?s a ?o } { ?s a ?o }")
    for form, kind in kg.query.RDF_FORMATS.items():
        assert len(list(ox.parse(to_text(store, made, form), format=kind))) == len(made.rows)
        with pytest.raises(UsageError, match="holds triples"):
            to_text(store, everything(store), form)
    with pytest.raises(UsageError, match="there is no format"):
        to_text(store, made, "pdf")


def test_an_answer_as_a_data_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain values and the columns' names are handed over; without pandas the error says what to install."""
    answer = run(memory(), "SELECT ?a ?b ?c { VALUES (?a ?b ?c) { (<i:a> 2 UNDEF) } }")
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=lambda rows, columns: (rows, columns)))
    assert answer.to_df() == ([["i:a", 2, None]], ["a", "b", "c"])
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match="pandas"):
        answer.to_df()
