"""Commands that ask a store: ask, query, queries, show, whatif, compare, timeline, diff."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.terminal import (
    DEFAULT_STORE,
    STDIO,
    Format,
    Params,
    Show,
    StorePath,
    Timeout,
    app,
    given_by,
    put,
    require_format,
    say,
    store_at,
    terminal_width,
)
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.analyse.timeline import Moves
    from kg.query import Answer
    from kg.store.embedded import Store


@app.command(short_help="Answer a question in plain words, with quotes.")
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="A question in plain words.")],
    store: StorePath = DEFAULT_STORE,
    show: Show = False,
    timeout: Timeout = None,
    format: Format = "table",
) -> None:
    """\b
    kg ask "who conditioned troops on parliament"
    kg ask "who refused troops" --format json
    kg ask "where may German troops stand" --show

    Answer a question in plain words, with the exact quotes; says how the question was understood.
    """
    from kg.ask import to_query, understand
    from kg.query import run

    require_format(format)
    opened = store_at(store, timeout)
    understood = understand(opened, question)
    say(str(understood))
    text = to_query(understood)
    if show:
        say(text.rstrip())
    put_answer(opened, run(opened, text, timeout, ours=True), format)


@app.command(short_help="Run a named query, or any read-only SPARQL.")
def query(
    query: Annotated[str, typer.Argument(metavar="NAME|SPARQL", help="A named query (kg queries lists them), or SPARQL.")] = "",
    file: Annotated[str, typer.Option("--file", help="A file with SPARQL, or - for stdin.")] = "",
    param: Params = None,
    store: StorePath = DEFAULT_STORE,
    show: Show = False,
    timeout: Timeout = None,
    format: Annotated[
        str, typer.Option("--format", help="table, json, jsonl, csv, md; of a CONSTRUCT also ttl, trig, nq, jsonld.")
    ] = "table",
) -> None:
    """\b
    kg query commitments_conditioned
    kg query commitments_conditioned -p action=deploy-troops --format csv
    kg query 'SELECT ?who { ?who a kg:Parliament }'

    Run a named query, or any read-only SPARQL 1.1 (the prefixes kg, id, oa, rdfs, skos … are known).
    """
    from kg.query import RDF_FORMATS, bind, known_prefixes, load_query, run

    require_format(format, tuple(RDF_FORMATS))
    if bool(query) == bool(file):
        raise UsageError("say what to run: a name, a query, or --file", "kg query", "kg queries lists the named ones")
    named = query and not set(query) & set(" {\n\t")
    if param and not named:
        raise UsageError("only a named query has parameters", "option -p", "write the value into the query")
    loaded = load_query(query) if named else None
    text = known_prefixes() + (query or _query_file(file))
    opened = store_at(store, timeout)
    if loaded:
        text = bind(opened, loaded, given_by(param))
    if show:
        say(text.rstrip())
    put_answer(opened, run(opened, text, timeout, ours=loaded is not None), format)


def _query_file(file: str) -> str:
    try:
        return sys.stdin.buffer.read().decode() if file == STDIO else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"the query cannot be read: {what}", file, "give a file with SPARQL") from error


@app.command(short_help="List the named queries.")
def queries(format: Format = "table") -> None:
    """\b
    kg queries
    kg queries --format json
    kg queries --format md

    List the named queries, each with its question in words and its parameters.
    """
    from kg.listing import listing
    from kg.query import list_queries

    rows = [
        (q.name, q.path.parent.name, q.number or None, q.asked(), ", ".join(f"{p.name}={p.default}" for p in q.parameters))
        for q in list_queries()
    ]
    put(listing(("name", "kind", "number", "question", "parameters"), rows, format, terminal_width()))


@app.command(short_help="All about one actor, commitment, condition or article.")
def show(
    name: Annotated[str, typer.Argument(metavar="ACTOR_OR_ID", help="A name, an id or an IRI.")],
    store: StorePath = DEFAULT_STORE,
    format: Annotated[str, typer.Option("--format", help="table (a tree), json or md.")] = "table",
) -> None:
    """\b
    kg show Germany
    kg show "Friedrich Merz" --format json
    kg show parliamentary-approval

    Show all about one actor, commitment, condition or article, as a tree with evidence.
    """
    from kg.analyse.about import about, to_text

    if format not in ("table", "json", "md"):
        raise UsageError(f"a tree does not come as {format!r}", "option --format", "table, json or md")
    put(to_text(about(store_at(store), name), format))


@app.command(short_help="What becomes of each commitment if conditions are met or fail.")
def whatif(
    met: Annotated[
        list[str] | None, typer.Option("--met", metavar="C", help="What is met: a label or id, kind:KIND, by:ACTOR; repeatable.")
    ] = None,
    failed: Annotated[
        list[str] | None, typer.Option("--failed", metavar="C", help="What has failed, named in the same ways; repeatable.")
    ] = None,
    scenario: Annotated[Path | None, typer.Option("--scenario", help="A file with the lists met and failed (YAML or JSON).")] = None,
    as_reported: Annotated[
        bool, typer.Option("--as-reported", help="Start from what sources say was met, failed, kept or broken.")
    ] = False,
    readings: Annotated[
        bool, typer.Option("--readings", help="Only the commitments that sources make hang on different conditions.")
    ] = False,
    pivotal: Annotated[bool, typer.Option("--pivotal", help="Rank the conditions, and the actors that can withhold them.")] = False,
    store: StorePath = DEFAULT_STORE,
    format: Format = "table",
) -> None:
    """\b
    kg whatif --met ceasefire --failed by:Bundestag
    kg whatif --as-reported --readings
    kg whatif --pivotal --format json

    What becomes of each commitment if conditions are met or fail, by each source's own reading: its stance and its state, with the
    conditions that decide and their words. On a terminal a tree, else rows.
    """
    from kg.analyse.pivotal import COLUMNS as PIVOTAL
    from kg.analyse.scenario import read_scenario
    from kg.analyse.tree import to_text
    from kg.analyse.whatif import COLUMNS, notes, pivotal_rows, to_rows, to_tree, what_if
    from kg.listing import listing

    require_format(format)
    told = read_scenario(scenario) if scenario else ([], [])
    answered = what_if(store_at(store), [*told[0], *(met or ())], [*told[1], *(failed or ())], as_reported, readings)
    width, structured = terminal_width(), format in ("json", "jsonl")
    if pivotal:
        put(listing(PIVOTAL, pivotal_rows(answered, structured), format, width))
    elif format == "table" and width:
        put(to_text(to_tree(answered), "table", width))
    else:
        put(listing(COLUMNS, to_rows(answered, structured), format, width))
    for note in notes(answered):
        say(note)


@app.command(short_help="One utterance or fact across sources: other words, contradictions.")
def compare(store: StorePath = DEFAULT_STORE, format: Format = "table") -> None:
    """\b
    kg compare
    kg compare --format json
    kg compare --store talks --format csv

    What sources say otherwise of one thing, with both passages: other wordings of one utterance, with the differences that change
    its meaning; speakers, numbers, conditions and stances that cannot all be right. Copies are one source.
    """
    from kg.analyse.compare import COLUMNS
    from kg.analyse.compare import compare as compared
    from kg.analyse.timeline import Moves
    from kg.listing import listing
    from kg.query import unreviewed

    require_format(format)
    opened = store_at(store)
    put(listing(COLUMNS, compared(Moves(opened), format in ("json", "jsonl")), format, terminal_width()))
    for note in unreviewed(opened):
        say(note)


@app.command(short_help="How stances moved: statements in order of time.")
def timeline(
    actor: Annotated[str, typer.Argument(metavar="[ACTOR]", help="Whose commitments; all where none is named.")] = "",
    store: StorePath = DEFAULT_STORE,
    format: Format = "table",
) -> None:
    """\b
    kg timeline Germany
    kg timeline --format csv
    kg timeline "United States" --format json

    Every statement of an actor's commitments in order of time, with each change of stance and both passages.
    """
    from kg.analyse.timeline import TIMELINE, Moves, timeline_rows
    from kg.listing import listing

    require_format(format)
    moves = Moves(store_at(store))
    put(listing(TIMELINE, timeline_rows(moves, moves.timeline(actor), format in ("json", "jsonl")), format, terminal_width()))
    _note_unreviewed(moves)


@app.command(short_help="What stood on one date, and what stands on another.")
def diff(
    since: Annotated[str, typer.Argument(metavar="DATE", help="The earlier date: 2026-01-06, 2026-01 or 2026.")],
    until: Annotated[str, typer.Argument(metavar="DATE", help="The later date.")],
    actor: Annotated[str, typer.Option("--actor", help="Whose commitments.")] = "",
    store: StorePath = DEFAULT_STORE,
    format: Format = "table",
) -> None:
    """\b
    kg diff 2025-12 2026-01-31
    kg diff 2025-01-01 2026-01-06 --actor Germany
    kg diff 2025 2026 --format json

    The commitments that stand otherwise on the later date: new ones, other stances, other conditions, with both passages.
    """
    from kg.analyse.timeline import DIFF, Moves, diff_rows
    from kg.articles.fields import iso_date
    from kg.listing import listing

    require_format(format)
    for date in (since, until):
        if iso_date(date) != date:
            raise UsageError(f"{date} is no date", "", "write it as 2026, 2026-01 or 2026-01-06")
    moves = Moves(store_at(store))
    put(listing(DIFF, diff_rows(moves, moves.diff(since, until, actor), format in ("json", "jsonl")), format, terminal_width()))
    _note_unreviewed(moves)


def _note_unreviewed(moves: Moves) -> None:
    from kg.query import unreviewed_among

    for note in unreviewed_among(moves.readings.store, {f"<{said.article}>" for said in moves.readings.statements.values()}):
        say(note)


def put_answer(store: Store, answer: Answer, form: str) -> None:
    from kg.query import corroboration, to_text, unreviewed

    put(to_text(store, answer, form, terminal_width()))
    say(f"{len(answer.rows)} row{'' if len(answer.rows) == 1 else 's'}")
    for note in (*corroboration(store, answer), *unreviewed(store, answer)) if answer.rows else ():
        say(note)
