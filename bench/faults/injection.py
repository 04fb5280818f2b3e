"""Names that would be query text where they were taken for it, given to everything that takes a name."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pyoxigraph as ox

from bench.faults.hostile import PAYLOADS, article, articles
from bench.faults.scorecard import Case, Trial, row
from bench.faults.serving import digest, served, stored
from bench.servers import oxigraph
from kg.annotate.document import parse_document
from kg.annotate.from_file import resolve
from kg.errors import AnnotationError, QueryError, UsageError
from kg.model import Article, Registry
from kg.query import Answer, NamedQuery, Parameter, ask_store, bind, list_queries, received, run
from kg.store import sparql
from kg.store.embedded import Store, memory, open_store
from kg.store.endpoint import Endpoint
from kg.store.remote import open_remote
from kg.store.worker import Worker

ID, KG = "https://w3id.org/proviso/id/", "https://w3id.org/proviso#"
NAMED = {"actor": "committer", "action": "action", "circumstance": "circumstance", "place": "onlyIn"}  # type of parameter -> who names it
TEXTS = {"about": "counted", "measure": "of"}  # parameter -> the column that contains it

# What an annotation may say only in words of its own, of the article or of its ids.
CLOSED: tuple[tuple[str | int, ...], ...] = (
    ("actors", 0, "kind"), ("statements", 0, "mode"), ("statements", 0, "force"), ("statements", 0, "stance"), ("statements", 0, "strength"),
    ("statements", 0, "cue"), ("statements", 0, "content"), ("statements", 0, "expresses"), ("statements", 0, "relayed_by"), ("statements", 0, "said_on"),
    ("statements", 0, "inferred"), ("statements", 0, "confidence"), ("statements", 0, "channel"), ("statements", 0, "speaker", 0, "actor"),
    ("statements", 0, "speaker", 0, "span"), ("statements", 0, "conditions", 0, "id"), ("statements", 0, "conditions", 0, "marker"),
    ("statements", 0, "conditions", 0, "polarity"), ("statements", 0, "conditions", 0, "as"), ("commitments", 0, "part_of"), ("commitments", 0, "action", "span"),
    ("conditions", 0, "text"), ("conditions", 0, "kind"), ("conditions", 0, "depends_on"), ("conditions", 0, "fulfilled_by"), ("claims", 0, "text"), ("claims", 0, "lowest"),
)  # fmt: skip


class Oracle:
    """What a store answers, told by the bare engine over its N-Quads, with IRIs that are read off the graph and no name in the text."""

    def __init__(self, quads: Path) -> None:
        self.engine = ox.Store()
        self.engine.bulk_load(path=quads, format=ox.RdfFormat.N_QUADS)

    def iris(self, n: int, kind: str) -> list[str]:
        """The things of a kind of article n."""
        graph = ox.NamedNode(f"{ID}article/article-{n}")
        if kind == "article":
            return [graph.value]
        found = self.engine.quads_for_pattern(None, ox.NamedNode(KG + NAMED[kind]), None, graph)
        return sorted({quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode)})

    def answer(self, query: NamedQuery, parameter: Parameter, n: int) -> Answer | None:
        """The answer for the payload of article n; None where such a parameter cannot have it as its value."""
        if parameter.type in (*NAMED, "article"):
            values = " ".join(f"<{iri}>" for iri in self.iris(n, parameter.type))
            return self._asked(re.sub(rf"VALUES \?{parameter.name} \{{[^}}]*\}}", f"VALUES ?{parameter.name} {{ {values} }}", query.text))
        if parameter.type != "text":
            return None
        every = self._asked(query.text)
        at = every.columns.index(TEXTS[parameter.name])
        return Answer(every.columns, [row for row in every.rows if PAYLOADS[n].lower() in str(getattr(row[at], "value", "")).lower()])

    def _asked(self, text: str) -> Answer:
        found = self.engine.query(text, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        return Answer(tuple(variable.value for variable in found.variables), [tuple(row) for row in found])


def _parameters() -> list[tuple[NamedQuery, Parameter]]:
    return [(query, parameter) for query in list_queries() for parameter in query.parameters]


@row(31, "words like query text, for every parameter, ask, URL, field", 32, "the oracle's rows, the store unchanged", quick=4, budget=600)
def injected(trial: Trial) -> Iterator[Case]:
    """Each as the name of an actor, action, circumstance, place, article and measure, in the store and in what is asked of it."""
    store, _, oracle = _made(trial)
    before = digest(store)
    opened = open_store(store)
    with served(trial, store) as url:
        for n in trial.chance.sample(range(len(PAYLOADS)), trial.cases):
            begun = time.monotonic()
            wrong = [
                *_every_parameter(opened, oracle, n),
                *_command_line(trial, store, oracle, n),
                *_addresses(url, oracle, n),
                *_fields(n),
            ]
            wrong += ["the store has changed"] if digest(store) != before else []
            yield Case(not wrong, time.monotonic() - begun, f"{PAYLOADS[n]!r}: {wrong}")


def _made(trial: Trial) -> tuple[Path, Path, Oracle]:
    store, quads = stored(trial, articles(trial.place("articles"), PAYLOADS)), trial.place("store.nq")
    exported = trial.kg("export", "-o", quads, "--store", store)
    assert exported.code == 0, str(exported)
    return store, quads, Oracle(quads)


def _every_parameter(opened: Store, oracle: Oracle, n: int) -> Iterator[str]:
    """What is wrong with the rows of each parameter of each named query; and too few that have any."""
    some = 0
    for query, parameter in _parameters():
        expected = oracle.answer(query, parameter, n)
        try:
            found: Answer | None = ask_store(opened, query, {parameter.name: PAYLOADS[n]})
        except UsageError:
            found = None
        except QueryError as error:
            yield f"{query.name} {parameter.name}: {error}"
            continue
        some += bool(found and found.rows)
        if found != expected:
            yield f"{query.name} {parameter.name}: {found and found.rows[:3]}, not {expected and expected.rows[:3]}"
    if some < 10:
        yield f"only {some} parameters gave rows"


def _command_line(trial: Trial, store: Path, oracle: Oracle, n: int) -> Iterator[str]:
    """A question in plain words, and a named query, in processes of their own."""
    (actor,) = oracle.iris(n, "actor")
    quoted = f"Plain{n} will send crates if the gate opens, Plain{n} said."
    asked = trial.kg("ask", f"what did {PAYLOADS[n]} pledge", "--store", store, "--format", "json")
    said = [(row["actor"]["iri"], row["article"]["iri"], row["quote"]) for row in json.loads(asked.out or b"[]")]
    if said != [(actor, f"{ID}article/article-{n}", quoted)]:
        yield f"ask: {said}, {asked}"
    named = trial.kg("query", "who-what-only-if", "-p", f"actor={PAYLOADS[n]}", "--store", store, "--format", "json")
    told = [(row["actor"], row["stance"]["label"], row["quote"]) for row in json.loads(named.out or b"[]")]
    if sorted(told, key=lambda row: row[1]) != [
        ({"iri": actor, "label": PAYLOADS[n]}, stance, quoted) for stance in ("pledged", "refused")
    ]:
        yield f"query: {told}, {named}"


def _addresses(url: str, oracle: Oracle, n: int) -> Iterator[str]:
    """In a path, as a query, in a literal of one, as the name of a form and of other data."""
    payload = PAYLOADS[n]
    literal = '"' + "".join(f"\\u{ord(c):04X}" for c in payload) + '"'
    select = f"SELECT ?a {{ ?a a <{KG}Actor> ; <http://www.w3.org/2000/01/rdf-schema#label> ?l FILTER(?l = {literal}) }}"
    with httpx.Client(base_url=url, timeout=60) as client:
        rows = client.get("/sparql", params={"query": select}).json()["results"]["bindings"]
        if [row["a"]["value"] for row in rows] != oracle.iris(n, "actor"):
            yield f"/sparql: {rows}"
        page = client.get("/query", params={"query": payload}).text
        shown = unescape(page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])
        if shown != payload.lstrip("\n") or 'role="alert"' not in page:  # a first line break in a textarea is none
            yield f"/query shows {shown!r}"
        wanted = {
            f"/actor/{quote(payload, safe='')}.html": 404, f"/{quote(payload, safe='')}": 404, f"/sparql?query={quote(payload)}": 400,
            f"/sparql?query=ASK%7B%7D&default-graph-uri={quote(payload)}": 400, f"/sparql?query=ASK%7B%7D&format={quote(payload)}": 200,
        }  # fmt: skip
        for path, status in wanted.items():
            answer = client.get(path)
            if answer.status_code != status:
                yield f"{path}: {answer.status_code}"


def _fields(n: int) -> Iterator[str]:
    """Which closed fields of an annotation take the payload; the free ones are what the rows above are of."""
    text, header, whole = article(n, "nothing")
    read = Article(f"article-{n}", text, published=header["published"])
    for path in CLOSED:
        reading: Any = copy.deepcopy(whole)
        inner = reading
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = [PAYLOADS[n]] if path[-1] in ("content", "depends_on") else PAYLOADS[n]
        try:
            resolve(parse_document(json.dumps(reading).encode(), "reading.json", is_json=True), read, Registry())
        except AnnotationError:
            continue
        yield f"taken as {'.'.join(map(str, path))}"


@row(32, "the same of memory, disk, a process of its own, a server", 96, "equal rows", quick=12, budget=900)
def everywhere(trial: Trial) -> Iterator[Case]:
    """Every named query with a parameter that takes a name, on the store on disk; against the same quads in memory, against a process that can be
    stopped, and against a server of somebody else's over HTTP."""
    store, quads, _ = _made(trial)
    disk, held = open_store(store), memory(ox.parse(path=quads, format=ox.RdfFormat.N_QUADS))
    named: dict[str, tuple[NamedQuery, str]] = {}
    for query, parameter in _parameters():
        if parameter.type in (*NAMED, "article", "text"):
            named.setdefault(query.name, (query, parameter.name))
    with Worker(disk) as worker, oxigraph(trial.place("server")) as server:
        taken = trial.kg("import", quads, "--store", server.address, seconds=300)
        assert taken.code == 0, str(taken)
        away = open_remote(Endpoint(server.address))
        for n in trial.chance.sample(range(len(PAYLOADS)), trial.cases // 3):
            given = [(query, {name: PAYLOADS[n]}) for query, name in named.values()]
            texts = [bind(disk, *each) for each in given]
            expected = [run(disk, text) for text in texts]
            some = sum(bool(answer.rows) for answer in expected) >= 5
            for place, answers in (
                ("in memory", [run(held, text) for text in texts]),
                ("in a process", [received(*worker.ask(sparql.guard(text), 30)) for text in texts]),
                ("on a server", [ask_store(away, *each) for each in given]),
            ):
                differ = [name for name, one, other in zip(named, answers, expected, strict=True) if one != other]
                yield Case(some and not differ, seen=f"{PAYLOADS[n]!r} {place}: {differ}, {some=}")
        away.endpoint.close()
