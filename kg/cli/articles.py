"""Commands that read articles, and what is read in them: add, remove, annotate, review, check, eval."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.cli.terminal import (
    DEFAULT_STORE,
    EXIT_FINDINGS,
    EXIT_SOME_FAILED,
    STDIO,
    AnnotatorName,
    Format,
    Jobs,
    RegistryFile,
    StorePath,
    app,
    as_file,
    exit_by,
    is_address,
    known_registry,
    now,
    progress,
    put,
    put_outcomes,
    reported,
    require_format,
    say,
    say_error,
    store_at,
    terminal_width,
    writer_at,
)
from kg.errors import ProvisoError, ReadError, UsageError

if TYPE_CHECKING:
    from kg.annotate.automatic import Annotate
    from kg.articles import Reading
    from kg.check import Checked
    from kg.errors import Finding


def _readings(paths: Sequence[str], raw: bool = False) -> Iterator[Reading]:
    from kg.articles import Reading, find_files, read_articles, read_stream

    for given in paths:
        if given == STDIO:
            yield from read_stream(sys.stdin.buffer, raw, later=True)
        elif is_address(given):  # which a Path would write with one slash
            what = "this is an address, and articles are read from files"
            yield Reading(None, b"", ReadError(what, given, "save the page and give its file, or give it on stdin with -"), (), given)
        else:
            for file in find_files([Path(given)]):
                yield from read_articles(file, raw, later=True)


@app.command(short_help="Read, annotate, check and store articles.")
def add(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH…", help="Articles (.txt .md .html .jsonl .warc .warc.gz), folders of them, or - for stdin.")
    ],
    store: StorePath = DEFAULT_STORE,
    registry: RegistryFile = None,
    annotator: AnnotatorName = "rules",
    jobs: Jobs = 1,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on after a run that broke off: what is stored as it is now is not read again.")
    ] = False,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="The scheduler of a dask.distributed cluster that reads, one you trust.")
    ] = None,
    format: Format = "table",
) -> None:
    """\b
    kg add seeds/articles
    kg add article.txt --store talks
    kg add news.jsonl --registry my-actors.ttl --format json

    Read articles, annotate and check them, and store each as one transaction. Adding the same again changes nothing.
    """
    from kg import ingest
    from kg.analyse.derive import derive
    from kg.annotate.automatic import MODELS

    require_format(format)
    if cluster is not None and not cluster.strip():  # as of a variable that nobody has set
        raise UsageError("no scheduler is named", "option --cluster", "name it, such as tcp://127.0.0.1:8786; or leave --cluster out")
    if cluster and annotator in MODELS:
        raise UsageError(
            "the workers of a cluster ask no language model", "option --cluster", "leave it out; --jobs 8 asks about 8 passages at a time"
        )
    with _annotating(annotator, jobs) as (read, processes):
        known = known_registry(registry)
        with writer_at(store, "add", make=True) as held:
            outcomes = reported(ingest.add(held, _readings(paths), known, now(), read, processes, resume, cluster or ""))
            derive(held, now())
    put_outcomes(outcomes, format)
    exit_by([o.error is None for o in outcomes])


@contextmanager
def _annotating(name: str, jobs: int) -> Iterator[tuple[Annotate | None, int]]:
    """The annotator of this name (None for nobody) and how many processes it reads in; of one that asks a model, what it cost is said at the end."""
    from kg.annotate.automatic import MODELS, find_annotator

    if name not in MODELS:
        yield None if name == "file" else find_annotator(name), jobs
        return
    from kg.annotate.llm.reading import Reader, report
    from kg.annotate.llm.voting import Both
    from kg.endpoint import open_endpoint

    with open_endpoint(os.environ, say) as asker:
        reader = Reader(asker, jobs)
        try:
            yield Both(reader) if name == "both" else reader, 1  # its threads wait for the endpoint, which no second process makes faster
        finally:
            for line in report(asker):
                say(line)


@app.command(short_help="Drop an article's reading, or purge all of it.")
def remove(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="The article's id.")],
    store: StorePath = DEFAULT_STORE,
    purge: Annotated[bool, typer.Option("--purge", help="Leave nothing of it: no history, no kept source.")] = False,
) -> None:
    """\b
    kg remove 003-paraphrase
    kg remove 003-paraphrase --purge
    kg remove 003-paraphrase --store talks

    Drop an article's reading; its history stays, unless it is purged.
    """
    from kg import ingest

    with writer_at(store, "remove") as held:
        shared = ingest.remove(held, article, now(), purge=purge)
    say(f"{'purged' if purge else 'removed'} {article}")
    if shared and not is_address(store):  # which keeps no files
        say(f"a kept file of it stays, as these need it too: {', '.join(shared)}")
    if purge:
        from kg.endpoint import cache_folder

        answers = cache_folder(os.environ)
        if answers and answers.exists():
            say(
                f"what a language model answered about it may still stand in {answers}; deleting that folder costs nothing but asking again"
            )
    if purge and is_address(store):
        say("what the server's own files and logs still hold of it is its administrator's to clear")


@app.command(short_help="Print an article's annotation without storing it.")
def annotate(
    path: Annotated[str, typer.Argument(metavar="PATH", help="An article, a folder, a .jsonl collection, a web archive, or - for stdin.")],
    registry: RegistryFile = None,
    annotator: AnnotatorName = "rules",
    jobs: Jobs = 1,
    raw: Annotated[bool, typer.Option("--raw", help="Take the text as it is, nothing stripped: offsets are into the input.")] = False,
    format: Annotated[str, typer.Option("--format", help="json (one article), jsonl (a line each), or yaml to edit.")] = "",
) -> None:
    """\b
    kg annotate seeds/articles/000-euronews.txt
    kg annotate article.txt --format yaml > article.yaml
    kg annotate news.jsonl --format jsonl

    Print the annotation of an article without storing it: every span with its offsets.
    """
    if format not in ("", "json", "jsonl", "yaml"):
        raise UsageError(f"an annotation does not come as {format!r}", "option --format", "json, jsonl or yaml")
    from kg import ingest

    readings = list(_readings([path], raw))
    form = format or ("json" if len(readings) == 1 else "jsonl")
    if form != "jsonl" and len(readings) != 1:
        raise UsageError(f"{len(readings)} articles are not one {form} document", path, "--format jsonl gives a line each")
    known = known_registry(registry)
    with _annotating(annotator, jobs) as (read, processes):
        read_each = ingest.read_all(readings, known, read, processes)
        errors = [error for reading, made in progress(read_each, "articles") if (error := _print_annotation(reading, made, form))]
    if errors and form != "jsonl":
        raise errors[0]
    for error in errors:
        say_error(error)
    if errors:
        raise typer.Exit(EXIT_SOME_FAILED)


def _print_annotation(reading: Reading, made: Any, form: str) -> ProvisoError | None:
    """Prints what one reading says; what is wrong with it is returned, and for jsonl printed as a line too. Its notes are said."""
    from kg import listing
    from kg.annotate.to_file import to_json, to_yaml
    from kg.errors import LanguageError

    for note in reading.notes:
        say(f"{reading.name}: {note}")
    if isinstance(made, ProvisoError):
        if form == "jsonl":
            outcome = "refused" if isinstance(made, LanguageError) else "failed"
            failed = {"article": {"id": reading.id or reading.name}, "outcome": outcome, "reason": made.what, "statements": []}
            put(listing.to_json(failed) + "\n")
        return made
    article, _, checked = made
    put(
        to_yaml(article, checked.annotation)
        if form == "yaml"
        else to_json(article, checked.annotation, indent=2 if form == "json" else None) + "\n"
    )
    return None


@app.command(short_help="Go through what a machine has read, the most doubtful first.")
def review(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="An article, or its annotation file.", show_default=False)],
    registry: RegistryFile = None,
    annotator: AnnotatorName = "rules",
    web: Annotated[bool, typer.Option("--web", help="On a page of its own, on this machine, guarded by a token.")] = False,
    port: Annotated[int, typer.Option("--port", help="With --web: the port on 127.0.0.1; 0 for any that is free.")] = 0,
) -> None:
    """\b
    kg review article.txt
    kg review article.txt --annotator both
    kg review article.txt --web

    Go through the statements of an article, those first on which rules and a model differ, then the least sure: accept, reject, edit, skip. What is
    decided is kept at once in the annotation file beside the article; when nothing is left, that says reviewed: true.
    """
    from kg.review.files import open_review

    with _annotating(annotator, 1) as (read, _):
        session, kept = open_review(path, known_registry(registry), read)
    if web:
        from kg.reviewing import serve_review

        serve_review(session, kept, port, say)
    else:
        from kg.review.terminal import walk

        walk(session, kept, sys.stdin, _edit, _print_now, say)
    left = len(session.undecided())
    if not session.annotation.statements and kept.seen is None:
        say("nothing is told in this article that the annotator finds; write an annotation by hand")
    elif kept.seen is None:
        say(f"nothing was decided; {left} statements wait")
    else:
        say(f"{kept.path}: " + (f"{left} statements wait; kg review goes on with them" if left else "reviewed"))


def _print_now(text: str) -> None:
    put(text)
    sys.stdout.flush()


def _edit(text: str) -> str | None:
    """What a person makes of a text in VISUAL or EDITOR; raises UsageError where neither is set or it cannot be run."""
    import shlex
    import subprocess
    from tempfile import TemporaryDirectory

    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not named.strip():
        raise UsageError("no editor is named", "EDITOR", "set it to your editor: EDITOR=nano kg review …; what was decided is kept")
    with TemporaryDirectory(prefix="kg-review-") as place:
        file = Path(place, "statement.yaml")
        file.write_bytes(text.encode("utf-8", "surrogateescape"))  # in whatever encoding an editor has saved it
        try:
            done = subprocess.run([*shlex.split(named), str(file)], check=False)
        except (OSError, ValueError) as error:
            raise UsageError(f"the editor cannot be run: {error}", "EDITOR", "set it to your editor; what was decided is kept") from None
        if done.returncode:
            return None
        try:
            return file.read_bytes().decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        except OSError:
            return None


@app.command(short_help="Say what is wrong with annotation files and stores.")
def check(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH…", help="Annotation files, folders of them, or stores; the store if none.")
    ] = None,
    store: StorePath = DEFAULT_STORE,
    registry: RegistryFile = None,
    format: Format = "table",
) -> None:
    """\b
    kg check seeds/annotations
    kg check article.yaml --format json
    kg check .kg http://127.0.0.1:7878/query

    Say what is wrong with annotation files and stores: place, severity, code, what to do. Exit 3 if any is an error.
    """
    from kg.check import Checked, check_store
    from kg.listing import listing

    require_format(format)
    known = known_registry(registry)
    findings: list[Finding] = []
    errors: list[ProvisoError] = []
    checked = 0
    every = (found for path in paths for found in _checked(path, known)) if paths else [Checked(tuple(check_store(store_at(store))))]
    for found in progress(every, "checked"):
        checked += not found.error
        findings += found.findings
        errors += [found.error] if found.error else []
    if format == "table":
        put("".join(f"{finding}\n" for finding in findings))
    else:
        rows = [(f.code, f.severity, f.message, f.file, f.line, f.node) for f in findings]
        put(listing(("code", "severity", "message", "file", "line", "node"), rows, format))
    for error in errors:
        say(str(error))
    wrong = sum(f.severity == "error" for f in findings)
    say(f"checked {checked}: {wrong} errors, {len(findings) - wrong} warnings")
    if wrong or errors or not checked:
        raise typer.Exit(EXIT_FINDINGS if wrong else 1)


def _checked(given: str, registry: Any) -> Iterator[Checked]:
    from dataclasses import replace

    from kg.check import Checked, check_path, check_store

    if is_address(given):
        yield Checked(tuple(check_store(store_at(given))))
        return
    path = Path(given)
    with as_file(path, "yaml") as file:
        for found in check_path(file, registry):
            yield found if file == path else replace(found, findings=tuple(f._replace(file=STDIO) for f in found.findings))


@app.command(name="eval", short_help="Score an annotator, or annotations, against a gold set.")
def eval_(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="An annotation file, a folder of them, a collection (.jsonl), or GUM's folder.")
    ],
    annotations: Annotated[
        Path | None, typer.Argument(metavar="ANNOTATIONS", help="What is scored in place of an annotator: a file, folder or collection.")
    ] = None,
    annotator: Annotated[
        str | None, typer.Option("--annotator", help="Who reads the gold's articles: rules, llm or both.", show_default="rules")
    ] = None,
    registry: RegistryFile = None,
    jobs: Jobs = 1,
    misses: Annotated[bool, typer.Option("--misses", help="List what was missed or added, worst first, with the words.")] = False,
    format: Format = "table",
) -> None:
    """\b
    kg eval gold.jsonl --annotator rules --misses
    kg eval seeds/annotations-first seeds/annotations-second
    kg eval gold.jsonl mine.jsonl --format json

    Score an annotator, or annotations, on the articles of a gold set, layer by layer: exact, and by overlap of more than half.
    """
    from dataclasses import astuple, fields

    from kg.evaluate import Miss, compare_annotator, compare_files, to_rows
    from kg.listing import listing

    require_format(format)
    if annotations and annotator:
        raise UsageError("an annotator and annotations are two things to score", "option --annotator", "give one of them")
    known = known_registry(registry)
    if annotations:
        report = compare_files(gold, annotations, known)
    else:
        with _annotating(annotator or "rules", jobs) as (read, processes):
            if read is None:
                raise UsageError("nobody would read the gold's articles", "option --annotator", "rules, llm or both; or name annotations")
            report = compare_annotator(gold, read, known, processes)
    if not misses or format == "table":
        columns, rows = to_rows(report)
        shown = rows if format != "table" else [tuple("-" if cell is None else cell for cell in row) for row in rows]
        put(listing(columns, shown, format, terminal_width()))
    if misses:
        put(listing([field.name for field in fields(Miss)], [astuple(miss) for miss in report.misses], format, terminal_width()))
