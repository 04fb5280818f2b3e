"""Queries that would ask elsewhere, change the store, run for ever, break the parser, or be cut short without a word."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx

from bench.faults.scorecard import Case, Trial, row
from bench.faults.serving import digest, listening, served, stored

ASK = "ASK { ?s ?p ?o }"
SOON, SLACK = 1.0, 0.5  # wall seconds: what the next query may take, and how far over its limit one may be stopped

DISGUISED = (
    "SELECT * { SERVICE <U> { ?s ?p ?o } }",
    "select*{sErViCe<U>{?s ?p ?o}}",
    "SELECT * { SERVICE SILENT <U> { ?s ?p ?o } }",
    "SELECT * { # not here: \r SERVICE # nor here }\n <U> { ?s ?p ?o } }",
    "PREFIX e: <U> SELECT * { SERVICEe: { ?s ?p ?o } }",
    "PREFIX e: <U> SELECT * { ?s ?p 1.SERVICESILENTe:{ ?s ?p ?o } }",
    "PREFIX é: <U> SELECT * { SERVICE\té: { ?s ?p ?o } }",
    "BASE <U> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "SELECT * { SERVICE <\\u0068ttp:REST> { ?s ?p ?o } }",
    "SELECT * { VALUES ?s { <U> } SERVICE ?s { ?x ?y ?z } }",
    "SELECT * { ?s ?p ?o FILTER NOT EXISTS { { SELECT * { SERVICE <U> { ?s ?p ?o } } } } } LIMIT 1",
    "SELECT * { VALUES ?x { '\\'' \"\\\"\" '''' ''''' } SERVICE <U> { ?s ?p ?o } }",
    "SELECT * { VALUES ?s { <U> } ?x ?y ?z FILTER(?z<2)SERVICE?s#>\n { ?x ?y ?z } }",
    "SELECT * FROM <U> { ?s ?p ?o }",
    "PREFIX e: <U> ASK fRoM#\nNAMED e:x { GRAPH ?g { ?s ?p ?o } }",
    "PREFIX e: <U> ASK FROMe:x { ?s ?p ?o }",
    "LOAD <U>",
    "PREFIX e: <U> load#>\nsilent e:x INTO GRAPH e:x",
    "INSERT { GRAPH <x:g> { <x:a> <x:b> ?o } } WHERE { SERVICE <U> { ?s ?p ?o } }",
    "DELETE WHERE { GRAPH ?g { ?s ?p ?o } } ; INSERT DATA { GRAPH <x:g> { <x:a> <x:b> 1 } }",
)

RUNAWAY = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?l) }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c",
    "SELECT DISTINCT ?a ?e ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT (COUNT(*) AS ?n) { ?a (<x:p>|!<x:p>)+ ?b . ?c (<x:p>|!<x:p>)+ ?d FILTER(?a != ?d) }",
    "SELECT ?a (COUNT(DISTINCT ?f) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?d ?g ORDER BY DESC(?n)",
    "SELECT * { ?a ?b ?c OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?c), STR(?f), STR(?i))) > 1000000) } } }",
    "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(STR(?c), STR(?f), STR(?i)) = 'nothing is called so') }",
    "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(300)))} }}" for n in range(5)) + " }",
    "SELECT (STRLEN(?x40) AS ?n) { BIND('0123456789' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40)) + " }",
    "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?s{n} ?p{n} ?s{n + 1} ." for n in range(200)) + " }",
)  # fmt: skip


# Numbers among texts, for which the engine's sorting has no order: where it notices, it ends the process.
MIXED = "SELECT ?o { VALUES ?o { " + " ".join(f'{n * 7 % 400} "{n * 11 % 400}"' for n in range(400)) + " } } ORDER BY ?o"


def _nested() -> dict[str, bool]:
    """Queries that are nested or long, and whether each is within what is promised to be answered."""
    deep = 3000
    pairs = (
        ("ASK ", "{", "}"), ("ASK { FILTER(", "(", ")"), ("ASK { ?s ", "(", ")"), ("ASK { ?s ?p ", "(", ")"), ("ASK { ?s ?p ", "[ ?p ", "]"),
        ("ASK ", "{ OPTIONAL {", "} }"), ("ASK ", "{ {} UNION {", "} }"), ("ASK ", "{ GRAPH ?g {", "} }"), ("ASK ", "{ FILTER EXISTS {", "} }"),
        ("ASK ", "{ SELECT * {", "} }"), ("ASK { FILTER(", "IF(true, 1, ", ")"),
    )  # fmt: skip
    inner = {"ASK { FILTER(": "1", "ASK { ?s ": "<x:p>", "ASK { ?s ?p ": "1"}
    end = {"ASK { FILTER(": ") }", "ASK { ?s ": " ?o }", "ASK { ?s ?p ": " }"}

    def made(start: str, opened: str, closed: str, depth: int) -> str:
        middle = "?o" if opened == "[ ?p " else inner.get(start, "")
        return start + opened * depth + middle + closed * depth + end.get(start, "")

    return {
        **{made(*pair, deep): False for pair in pairs},
        made("ASK ", "{", "}", 150): True,
        made("ASK { FILTER(", "(", ")", 150): True,
        "ASK " + "{" * deep: False,
        "ASK { FILTER(" + "!" * 30_000 + "true) }": False,
        "ASK { FILTER(1 = " + "-" * 30_000 + "1) }": False,
        "ASK { FILTER(" + " || ".join(["?x = 1"] * 30_000) + ") }": False,
        "ASK { ?s " + "/".join(["<x:p>"] * 30_000) + " ?o }": False,
        "ASK { ?s ?p 1 " + "; ?p 1 " * 30_000 + " }": False,
        "ASK { FILTER('" + "{" * 100_000 + "' = '') }": True,
    }


@row(33, "SERVICE, LOAD, UPDATE, FROM in disguise", 20, "refused, nobody outside is asked, nothing changed", quick=4, budget=300)
def elsewhere(trial: Trial) -> Iterator[Case]:
    """Each through `kg query`, with `--timeout` and to /sparql."""
    store = stored(trial)
    before = digest(store)
    with listening() as heard, served(trial, store) as url:
        for disguise in trial.chance.sample(DISGUISED, trial.cases):
            text = disguise.replace("<U>", f"<{heard.url}>").replace("REST", heard.url.partition(":")[2])
            runs = [trial.kg("query", "--file", "-", "--store", store, *more, stdin=text.encode()) for more in ((), ("--timeout", "5"))]
            answer = _posted(url, text)
            refused = all(run.clear(1) and not run.out for run in runs) and answer.status_code == 400 and "try: " in answer.text
            kept = digest(store) == before
            seen = f"{disguise}: {[str(run) for run in runs]}; {answer.status_code} {answer.text}; came: {heard.came}; {kept=}"
            yield Case(refused and kept and not heard.came, max(run.seconds for run in runs), seen)


@row(34, "queries that would take all time or memory", 12, "stopped at their limit, the next one is answered", quick=3, budget=300)
def runaway(trial: Trial) -> Iterator[Case]:
    """Each to /sparql and through `kg query --timeout`, with a limit of a second."""
    store = stored(trial)
    with served(trial, store, seconds=1) as url:
        _next(url)
        for text in trial.chance.sample(RUNAWAY, trial.cases):
            begun = time.monotonic()
            answer = _posted(url, text)
            took = time.monotonic() - begun
            stopped = answer.status_code == 503 and "the query was stopped" in answer.text and took <= 1 + SLACK
            after = _next(url)
            limited = ("query", "--file", "-", "--store", store, "--timeout", "1")
            start = trial.kg(*limited, stdin=ASK.encode())  # what a query takes that takes nothing
            run = trial.kg(*limited, stdin=text.encode())
            told = run.clear(1) and "the query was stopped" in run.said and not run.out and run.seconds <= start.seconds + 1 + SLACK
            seen = f"{text[:80]}: {answer.status_code} after {took:.2f} s, the next after {after:.2f} s; {run}, one that takes nothing: {start}"
            yield Case(stopped and told and start.code == 0 and after < SOON, took, seen)


@row(35, "queries that break a parser or end the process", 21, "answered or refused, the service is up", quick=5, budget=300)
def nesting(trial: Trial) -> Iterator[Case]:
    """Each to /sparql and through `kg query`, which asks in its own process."""
    store = stored(trial)
    with served(trial, store) as url:
        every = {MIXED: True, **_nested()}
        for text in (MIXED, *trial.chance.sample(list(every)[1:], trial.cases - 1)):
            begun = time.monotonic()
            answer = _posted(url, text)
            took = time.monotonic() - begun
            after = _next(url)
            run = trial.kg("query", "--file", "-", "--store", store, stdin=text.encode(), seconds=20)
            fine = (answer.status_code, run.code) == ((200, 0) if every[text] else (400, 1)) and run.clear(0, 1)
            seen = f"{text[:40]} ({len(text)}): {answer.status_code}, the next after {after:.2f} s; {run}"
            yield Case(fine and took < 5 and after < SOON, took, seen)


@row(36, "answers with more rows or bytes than are shown", 8, "what is left out is said", quick=8, budget=300)
def truncated(trial: Trial) -> Iterator[Case]:
    """On the page to ask on, at the endpoint, on the command line, and in a site."""
    store = stored(trial)
    with served(trial, store) as url:
        for rows, shown, said in ((500, 500, ">500 rows<"), (501, 500, ">501 rows, the first 500 shown<")):
            page = httpx.get(f"{url}/query", params={"query": f"SELECT ?s {{ ?s ?p ?o }} LIMIT {rows}"}, timeout=60).text
            body = page.partition("<tbody>")[2].partition("</tbody>")[0]
            yield Case(body.count("<tr>") == shown and said in page, seen=f"{rows} rows: {body.count('<tr>')} shown, {said in page=}")
        full = httpx.get(f"{url}/sparql", params={"query": "SELECT ?s { ?s ?p ?o } LIMIT 20000"}, timeout=60)
        count = len(full.json()["results"]["bindings"])
        yield Case(count == 20_000 and len(full.content) == int(full.headers["content-length"]), seen=f"{count} of 20000 rows were sent")
        wide = "{ ?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?c), STR(?f), STR(?a), STR(?d)) AS ?x) } LIMIT 400000"  # more than 64 MB
        for path, status, head in (("sparql", 503, "SELECT *"), ("sparql", 503, "CONSTRUCT { ?a ?b ?x }"), ("query", 200, "SELECT *")):
            answer = httpx.get(f"{url}/{path}", params={"query": f"{head} {wide}"}, timeout=60)
            told = "more than 64 MB" in unescape(answer.text) and len(answer.content) < 1 << 20
            yield Case(
                answer.status_code == status and told,
                seen=f"/{path}: {answer.status_code}, {len(answer.content)} bytes: {answer.text[:200]}",
            )
    full_disk = trial.run(
        ["/bin/sh", "-c", 'exec "$@" >/dev/full', "sh", *trial.command("query", "SELECT * { ?s ?p ?o }", "--store", store)]
    )
    yield Case(full_disk.clear(1), full_disk.seconds, f"stdout on a full disk: {full_disk}")
    yield _site_of_many_rows(trial, store)


def _site_of_many_rows(trial: Trial, store: Path) -> Case:
    """A question's page shows some of its rows and says so; its CSV and JSON have as many as `kg query` gives."""
    site, query = trial.place("site"), "evidence_paths"
    made = trial.kg("site", site, "--store", store)
    rows = len(json.loads(trial.kg("query", query, "--store", store, "--format", "json").out))
    page = (site / "question" / f"{query}.html").read_text("utf-8")
    shown = page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")
    files = len(json.loads((site / "question" / f"{query}.json").read_text("utf-8")))
    files_csv = len(list(csv.reader(io.StringIO((site / "question" / f"{query}.csv").read_text("utf-8"))))) - 1
    said = f"Export all {rows}:" in page and f"The first {shown} are shown." in page
    return Case(
        shown < rows == files == files_csv and said,
        made.seconds,
        f"{shown} of {rows} rows shown, {files} and {files_csv} in the files, {said=}",
    )


def _posted(url: str, text: str) -> httpx.Response:
    return httpx.post(f"{url}/sparql", content=text.encode(), headers={"Content-Type": "application/sparql-query"}, timeout=60)


def _next(url: str) -> float:
    """How long the next query takes (wall seconds); for ever where it has no answer."""
    begun = time.monotonic()
    answered = "true" in _posted(url, ASK).text
    return time.monotonic() - begun if answered else float("inf")
